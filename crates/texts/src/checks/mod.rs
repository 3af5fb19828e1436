//! What `relais check` says of what a server depends on: subjects, findings, and what to type.
//!
//! Names of commands, keys and files are the same in every language; so is what others say (the system, the DNS, greetings).

mod machine;
mod network;
mod server;

use crate::Text;

pub use machine::*;
pub use network::*;
pub use server::*;

/// Declares texts, and the list of all for the test.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $fr:literal;)*) => {
        $(
            #[allow(missing_docs, reason = "the English text says it; values and what is no sentence are named")]
            $(#[$doc])*
            pub const $name: $crate::Text = $crate::Text { en: $en, fr: $fr };
        )*
        #[cfg(test)]
        pub(super) const ALL: &[(&str, $crate::Text)] = &[$((stringify!($name), $name)),*];
    };
}
use texts;

/// How something is: as wide in one line as in the other.
pub const GOOD: Text = Text { en: "good   ", fr: "bon    " };
/// How something is.
pub const NOTICE: Text = Text { en: "notice ", fr: "à noter" };
/// How something is.
pub const BAD: Text = Text { en: "BAD    ", fr: "MAUVAIS" };

/// The last line.
pub const ALL_GOOD: Text =
    Text { en: "Everything is as it should be.", fr: "Tout est comme il faut." };
/// The last line. Values: how many.
pub const NOTHING_BAD: Text =
    Text { en: "Nothing is BAD; {0} to notice.", fr: "Rien n’est MAUVAIS ; {0} à noter." };
/// The last line. Values: how many are bad, how many to notice.
pub const SOME_BAD: Text = Text { en: "{0} BAD, {1} to notice.", fr: "{0} MAUVAIS, {1} à noter." };

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (&'static str, Text)> {
        [machine::ALL, network::ALL, server::ALL].into_iter().flatten().copied()
    }

    /// The numbers of the values of a text.
    fn values(text: &str) -> Vec<char> {
        let bytes: Vec<char> = text.chars().collect();
        let is_value = |w: &[char]| w[0] == '{' && w[1].is_ascii_digit() && w[2] == '}';
        let mut found: Vec<char> = bytes.windows(3).filter(|w| is_value(w)).map(|w| w[1]).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn both_languages_have_the_same_values() {
        for (name, text) in all() {
            assert_eq!(values(text.en), values(text.fr), "{name}");
            assert!(!text.en.is_empty() && !text.fr.is_empty(), "{name}");
        }
    }

    /// Words that French sentences do not have.
    #[test]
    fn french_is_french() {
        const ENGLISH: [&str; 12] = [
            " the ", " is ", " are ", " of ", " not ", " and ", " it ", " for ", " to ", " with ",
            " has ", " by ",
        ];
        for (name, text) in all() {
            for word in ENGLISH {
                assert!(!format!(" {} ", text.fr).contains(word), "{name}: {}", text.fr);
            }
            assert!(!text.fr.contains('\''), "{name}: ’ in {}", text.fr);
        }
    }

    #[test]
    fn verdicts_are_equally_wide() {
        for text in [GOOD, NOTICE, BAD] {
            assert_eq!((text.en.chars().count(), text.fr.chars().count()), (7, 7), "{text:?}");
        }
    }
}
