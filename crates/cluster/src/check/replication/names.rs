//! `synchronous_standby_names`, as PostgreSQL reads it: `ANY 1 (a, b)`, `FIRST 1 (a, b)`, `1 (a, b)`, or a
//! plain list, which is `FIRST 1` of it. A name may stand in double quotes; `*` is anybody.

/// Whom commits wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Names {
    /// Nobody.
    None,
    /// Whoever comes, however he calls himself.
    Anyone,
    /// So many of these.
    These {
        /// How many.
        count: usize,
        /// Which, without those that are named twice.
        names: Vec<String>,
    },
}

/// Reads the setting; `None` where it cannot be understood.
pub(super) fn parse(setting: &str) -> Option<Names> {
    let text = setting.trim();
    if text.is_empty() {
        return Some(Names::None);
    }
    let (count, list) = match text.strip_suffix(')').and_then(|inner| inner.split_once('(')) {
        Some((head, list)) => (counted(head)?, list),
        None => (1, text),
    };
    let mut names: Vec<String> = Vec::new();
    for name in split(list)? {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            names.push(name);
        }
    }
    // In quotes as well: PostgreSQL compares what is in them.
    let is_anyone = names.iter().any(|name| name == "*");
    Some(if is_anyone { Names::Anyone } else { Names::These { count, names } })
}

/// A name as the setting takes it.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !["any", "first"].iter().any(|word| name.eq_ignore_ascii_case(word));
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn counted(head: &str) -> Option<usize> {
    let mut words = head.split_whitespace();
    let first = words.next()?;
    let number = match first.to_ascii_uppercase().as_str() {
        "ANY" | "FIRST" => words.next()?,
        _ => first,
    };
    let count = number.parse().ok().filter(|count| *count > 0);
    count.filter(|_| words.next().is_none())
}

fn split(list: &str) -> Option<Vec<String>> {
    let (mut names, mut rest) = (Vec::new(), list.trim());
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(inner) => quoted_name(inner)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let name = rest[..end].trim();
                if name.is_empty() || name.contains(['"', '(', ')', ' ']) {
                    return None;
                }
                (name.to_owned(), &rest[end..])
            }
        };
        names.push(name);
        match after.trim_start() {
            "" => return Some(names),
            more => rest = more.strip_prefix(',')?.trim_start(),
        }
    }
}

/// What stands before the closing quote, and what follows it. Two quotes are one.
fn quoted_name(inner: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut characters = inner.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '"' {
            name.push(character);
        } else if characters.next_if(|(_, next)| *next == '"').is_some() {
            name.push('"');
        } else {
            return Some((name, &inner[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn these(count: usize, names: &[&str]) -> Option<Names> {
        Some(Names::These { count, names: names.iter().map(|name| (*name).to_owned()).collect() })
    }

    #[test]
    fn every_form_of_the_setting_is_read() {
        assert_eq!(parse("  "), Some(Names::None));
        assert_eq!(parse("ANY 1 (s1, s2)"), these(1, &["s1", "s2"]));
        assert_eq!(parse("any 2(s1,s2 , \"s-3\")"), these(2, &["s1", "s2", "s-3"]));
        assert_eq!(parse("FIRST 1 (s1, S1)"), these(1, &["s1"]));
        assert_eq!(parse("2 (a, b)"), these(2, &["a", "b"]));
        assert_eq!(parse("a, \"b \"\"c\"\"\""), these(1, &["a", "b \"c\""]));
        for anyone in ["*", "\"*\"", "ANY 1 (*)", "FIRST 1 (*)", "FIRST 2 (s1, *)"] {
            assert_eq!(parse(anyone), Some(Names::Anyone), "{anyone}");
        }
        for wrong in ["ANY 1 (s1", "ANY (s1)", "ANY 0 (s1)", "s1,,s2", "\"s1", "ANY 1 2 (s1)"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_is_quoted_where_it_must_be() {
        assert_eq!(
            ["s1", "pg-1", "any", "a\"b"].map(quoted),
            ["s1", "\"pg-1\"", "\"any\"", "\"a\"\"b\""]
        );
    }
}
