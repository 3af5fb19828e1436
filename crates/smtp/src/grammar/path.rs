//! Paths of MAIL and RCPT (RFC 5321 section 4.1.2): `<…>` with quoted local parts, and source
//! routes, which are read over (section 4.1.1.3).

use model::AddressDomain;

/// Splits `<inner> rest` at the bracket that closes the path; quoted strings may hold brackets.
/// The rest is empty or starts with a blank. A source route is left out of the inner part.
///
/// An address without brackets, as devices send it, is one word: up to the first blank. It may
/// hold neither brackets nor quotes, with which it could be read in two ways.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let Some(text) = text.strip_prefix('<') else { return bare(text) };
    let end = closing_bracket(text.as_bytes())?;
    let (inner, rest) = (&text[..end], &text[end + 1..]);
    (rest.is_empty() || rest.starts_with(' ')).then_some((without_route(inner)?, rest))
}

fn bare(text: &str) -> Option<(&str, &str)> {
    let end = text.find(' ').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let is_plain =
        !word.is_empty() && !word.starts_with('@') && !word.contains(['<', '>', '"', '\\']);
    is_plain.then_some((word, rest))
}

fn closing_bracket(text: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (i, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(i),
            _ => {}
        }
    }
    None
}

fn without_route(inner: &str) -> Option<&str> {
    if !inner.starts_with('@') {
        return Some(inner);
    }
    let (route, mailbox) = inner.split_once(':')?;
    let hop = |hop: &str| {
        hop.strip_prefix('@').is_some_and(|domain| domain.parse::<AddressDomain>().is_ok())
    };
    route.split(',').all(hop).then_some(mailbox)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn finds_the_end_of_a_path() {
        assert_eq!(split("<>"), Some(("", "")));
        assert_eq!(split("<a@b> SIZE=1"), Some(("a@b", " SIZE=1")));
        assert_eq!(split("<\"a>\\\"b\"@c> X"), Some(("\"a>\\\"b\"@c", " X")));
        assert_eq!(split("<@x.y,@z:a@b>"), Some(("a@b", "")));
        assert_eq!(split("a@b"), Some(("a@b", "")));
        assert_eq!(split("a@b SIZE=1"), Some(("a@b", " SIZE=1")));
        for bad in [
            "",
            "a@b>",
            "a<a@b>",
            "\"a\"@b",
            "a\\@b",
            "@x:a@b",
            "<a@b",
            "<a@b>x",
            "<\"a>@b",
            "<@x",
            "<@x y:a@b>",
            "<@:a@b>",
        ] {
            assert_eq!(split(bad), None, "{bad:?}");
        }
    }
}
