//! Wildcards as in `-like` and property lists: `*`, `?`, `[a-z]`, without regard to case.

/// Whether `text` matches `pattern` as a whole.
pub(crate) fn matches(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    let fold = |s: &str| if case_sensitive { s.to_owned() } else { s.to_lowercase() };
    let pattern = parts(&fold(pattern));
    let text: Vec<char> = fold(text).chars().collect();
    search(&pattern, &text)
}

/// Whether a text contains wildcards at all.
pub(crate) fn has_wildcards(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

enum Part {
    Any,
    One,
    Set(Vec<(char, char)>),
    Exactly(char),
}

impl Part {
    fn accepts(&self, c: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Set(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)),
            Self::Exactly(wanted) => *wanted == c,
        }
    }
}

fn parts(pattern: &str) -> Vec<Part> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match chars[i] {
            '*' => parts.push(Part::Any),
            '?' => parts.push(Part::One),
            '`' if i + 1 < chars.len() => {
                i += 1;
                parts.push(Part::Exactly(chars[i]));
            }
            '[' => match set(&chars[i + 1..]) {
                Some((ranges, length)) => {
                    parts.push(Part::Set(ranges));
                    i += length;
                }
                None => parts.push(Part::Exactly('[')),
            },
            c => parts.push(Part::Exactly(c)),
        }
        i += 1;
    }
    parts
}

/// After `[`: the ranges and how many characters up to and with `]`.
fn set(chars: &[char]) -> Option<(Vec<(char, char)>, usize)> {
    let end = chars.iter().position(|c| *c == ']').filter(|end| *end > 0)?;
    let mut ranges = Vec::new();
    let mut i = 0;
    while i < end {
        if i + 2 < end && chars[i + 1] == '-' {
            ranges.push((chars[i], chars[i + 2]));
            i += 3;
        } else {
            ranges.push((chars[i], chars[i]));
            i += 1;
        }
    }
    Some((ranges, end + 1))
}

/// Linear in pattern times text: only the last `*` is ever gone back to.
fn search(pattern: &[Part], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Part::Any) => {
                star = Some((p, t));
                p += 1;
            }
            Some(part) if part.accepts(text[t]) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, t));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|part| matches!(part, Part::Any))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text) in [
            ("*DSN*", "ExternalDsnMaxSize"),
            ("Max*Size", "MaxMessageSize"),
            ("*", ""),
            ("a?c", "ABC"),
            ("[a-c]x", "bx"),
            ("*@contoso.com", "jean@contoso.com"),
            ("[10.0.0.1]", "1"),
        ] {
            assert!(matches(pattern, text, false), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "ba"), ("", "a"), ("a?c", "ac"), ("[a-c]x", "dx")] {
            assert!(!matches(pattern, text, false), "{pattern} {text}");
        }
        assert!(!matches("a", "A", true));
    }

    #[test]
    fn many_stars_are_quick() {
        let pattern = "*a".repeat(40);
        assert!(!matches(&pattern, &"a".repeat(39), false));
        assert!(!matches(&format!("{pattern}b"), &"a".repeat(2000), false));
    }
}
