//! Catalogues of phrases as gettext has them: the English phrase is the key.
//!
//! In the English `{}` stands for an argument, `{phrase}` for one that is a phrase itself, `{phrases}` for several that `; `
//! separates; in the French `{0}`, `{1}` stand where they go.

/// Pairs of English and French.
pub(crate) type Catalogue = [(&'static str, &'static str)];

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The same in every language.
    Verbatim,
    /// A phrase.
    Phrase,
    /// Phrases, separated by `; `.
    Phrases,
}

/// How the kinds are written.
const MARKS: [(&str, Kind); 3] =
    [("{}", Kind::Verbatim), ("{phrase}", Kind::Phrase), ("{phrases}", Kind::Phrases)];

/// The phrase in French, as a catalogue has it; phrases within it may also be known `elsewhere`.
pub(crate) fn translated(
    catalogue: &Catalogue,
    phrase: &str,
    elsewhere: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    catalogue.iter().find_map(|(english, french)| {
        let inner =
            |phrase: &str| translated(catalogue, phrase, elsewhere).or_else(|| elsewhere(phrase));
        let arguments = matched(english, phrase, &inner)?;
        Some(filled(french, &arguments))
    })
}

/// What the phrase has in place of the pattern's arguments, in order, in French where they are phrases.
fn matched(
    pattern: &str,
    phrase: &str,
    french: &dyn Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let (mut pattern, mut rest) = (pattern, phrase);
    loop {
        let Some((literal, kind, after)) = next_argument(pattern) else {
            return (pattern == rest).then_some(arguments);
        };
        rest = rest.strip_prefix(literal)?;
        // Up to the next literal; the last argument takes what is left.
        let stop = next_argument(after).map_or(after, |(literal, ..)| literal);
        let end = match (stop.is_empty(), next_argument(after)) {
            (true, _) => rest.len(),
            (false, None) => rest.len().checked_sub(stop.len())?,
            (false, Some(_)) => rest.find(stop)?,
        };
        let argument = rest.get(..end)?;
        arguments.push(match kind {
            Kind::Verbatim => argument.to_owned(),
            Kind::Phrase => french(argument)?,
            Kind::Phrases => each(argument, "; ", " ; ", french)?,
        });
        (pattern, rest) = (after, &rest[end..]);
    }
}

/// How many parts one phrase may be cut into, at most, by what separates phrases.
const MOST_PARTS: usize = 8;

/// Phrases one after the other. One may hold what separates them; the shortest that is known counts, and what was found once
/// stands: what others wrote into a text cannot make this long.
pub(crate) fn each(
    text: &str,
    separator: &str,
    in_french: &str,
    french: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut said = Vec::new();
    let mut rest = text;
    loop {
        let cuts = rest.match_indices(separator).take(MOST_PARTS).map(|(at, _)| at);
        let mut ends = cuts.chain([rest.len()]).take(MOST_PARTS);
        let (end, found) = ends.find_map(|end| Some((end, french(rest.get(..end)?)?)))?;
        said.push(found);
        match rest.get(end + separator.len()..) {
            Some(after) => rest = after,
            None => return Some(said.join(in_french)),
        }
    }
}

/// The literal before the first argument, what that is, and what follows it.
fn next_argument(pattern: &str) -> Option<(&str, Kind, &str)> {
    let found =
        MARKS.iter().filter_map(|(mark, kind)| Some((pattern.find(mark)?, *kind, mark.len())));
    let (at, kind, length) = found.min_by_key(|(at, ..)| *at)?;
    Some((&pattern[..at], kind, &pattern[at + length..]))
}

/// The arguments put into their places, in one pass: none of them is looked into.
pub(crate) fn filled(french: &str, arguments: &[String]) -> String {
    let mut text = String::with_capacity(french.len() + 64);
    let mut rest = french;
    while let Some(at) = rest.find('{') {
        let argument = rest
            .as_bytes()
            .get(at + 1)
            .filter(|_| rest.as_bytes().get(at + 2) == Some(&b'}'))
            .and_then(|digit| char::from(*digit).to_digit(10))
            .and_then(|index| arguments.get(index as usize));
        text.push_str(&rest[..at]);
        match argument {
            Some(argument) => {
                text.push_str(argument);
                rest = &rest[at + 3..];
            }
            None => {
                text.push('{');
                rest = &rest[at + 1..];
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_verbatim_phrases_or_several() {
        let catalogue: &Catalogue = &[
            ("Left out: {phrases}.", "Omis : {0}."),
            ("\"{}\" {phrase}", "« {0} » {1}"),
            ("is empty", "est vide"),
        ];
        let elsewhere = |phrase: &str| (phrase == "is odd").then(|| "est étrange".to_owned());
        let french = |phrase: &str| translated(catalogue, phrase, &elsewhere);
        let both = "Left out: \"a\" is empty; \"b\" is odd.";
        assert_eq!(french(both).unwrap(), "Omis : « a » est vide ; « b » est étrange.");
        assert_eq!(french("Left out: \"a\" is strange."), None);
        let held = "Left out: \"a; b\" is empty; \"; \" is odd.";
        assert_eq!(french(held).unwrap(), "Omis : « a; b » est vide ; « ;  » est étrange.");
        let long = format!("Left out: {}.", ["\"a\" is empty"; 5000].join("; "));
        assert_eq!(french(&long).unwrap().matches("est vide").count(), 5000);
    }
}
