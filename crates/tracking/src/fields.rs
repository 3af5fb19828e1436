//! Reading rows back: the fields of a line, the elements of a list. What is not well formed is
//! refused, never guessed at.

/// The fields of one line, unquoted; `None` when the quoting is not right.
pub fn split(line: &str, separator: u8) -> Option<Vec<String>> {
    let (bytes, mut fields, mut at) = (line.as_bytes(), Vec::new(), 0);
    loop {
        let (field, end) = if bytes.get(at) == Some(&b'"') {
            quoted(line, at + 1)?
        } else {
            let end =
                bytes[at..].iter().position(|b| *b == separator).map_or(bytes.len(), |n| at + n);
            (line[at..end].to_owned(), end)
        };
        fields.push(field);
        match bytes.get(end) {
            None => return Some(fields),
            Some(b) if *b == separator => at = end + 1,
            Some(_) => return None,
        }
    }
}

/// A quoted field whose text begins at `at`; with the position after the closing quote.
fn quoted(line: &str, at: usize) -> Option<(String, usize)> {
    let (mut field, mut from) = (String::new(), at);
    loop {
        let quote = from + line.as_bytes().get(from..)?.iter().position(|b| *b == b'"')?;
        field.push_str(&line[from..quote]);
        if line.as_bytes().get(quote + 1) != Some(&b'"') {
            return Some((field, quote + 1));
        }
        field.push('"');
        from = quote + 2;
    }
}

/// The elements of a list field. One that is not well formed is a single element.
pub fn list(field: &str) -> Vec<String> {
    if field.is_empty() {
        return Vec::new();
    }
    split(field, b';').unwrap_or_else(|| vec![field.to_owned()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_well_formed_is_refused() {
        assert_eq!(split("a,\"b\"c", b','), None);
        assert_eq!(split("a,\"b", b','), None);
        assert_eq!(split("", b','), Some(vec![String::new()]));
        assert_eq!(split("a,", b','), Some(vec!["a".to_owned(), String::new()]));
        assert_eq!(split("\"a,\"\"b\",c", b','), Some(vec!["a,\"b".to_owned(), "c".to_owned()]));
    }

    proptest! {
        #[test]
        fn no_line_breaks_the_reader(line in "\\PC*") {
            let _ = split(&line, b',');
            let _ = list(&line);
        }
    }
}
