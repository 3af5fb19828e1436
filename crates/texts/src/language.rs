//! The languages we speak, and a sentence in both.

use model::Timestamp;

/// A language we have texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English: what is used when nothing is known.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// The language of a culture or language tag (`fr`, `fr-FR`, `fr_CA`, `en-US`), without
    /// regard to case; `None` when we have no texts in it.
    pub fn of_culture(culture: &str) -> Option<Self> {
        let primary = culture.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            _ => None,
        }
    }

    /// The first of the cultures that we have texts in; English when there is none.
    pub fn choose<S: AsRef<str>>(cultures: impl IntoIterator<Item = S>) -> Self {
        cultures.into_iter().find_map(|c| Self::of_culture(c.as_ref())).unwrap_or_default()
    }

    /// The language of a locale (`fr_FR.UTF-8`), English where there is none or we have no texts in it. `variable` gives those of
    /// the environment; the first that is set of LC_ALL, LC_MESSAGES and LANG counts (POSIX).
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
        let locale = set.find(|value| !value.is_empty()).unwrap_or_default();
        Self::of_culture(locale.split(['.', '@']).next().unwrap_or_default()).unwrap_or_default()
    }

    /// The language tag (RFC 5646).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

/// A text in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// In English.
    pub en: &'static str,
    /// In French.
    pub fr: &'static str,
}

impl Text {
    /// The text in a language.
    pub fn get(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::French => self.fr,
        }
    }
}

/// A moment as people read it, in UTC: `14 November 2023 at 22:13 UTC`,
/// `14 novembre 2023 à 22:13 (UTC)`.
pub fn date(language: Language, at: Timestamp) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const FRENCH: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let moment = at.date_time();
    let (day, year) = (moment.day(), moment.year());
    let (hour, minute) = (moment.hour(), moment.minute());
    let month = usize::from(u8::from(moment.month())).saturating_sub(1);
    match language {
        Language::English => {
            let month = ENGLISH.get(month).unwrap_or(&"");
            format!("{day} {month} {year} at {hour:02}:{minute:02} UTC")
        }
        Language::French => {
            let month = FRENCH.get(month).unwrap_or(&"");
            let day = if day == 1 { "1er".to_owned() } else { day.to_string() };
            format!("{day}\u{a0}{month} {year} à {hour:02}:{minute:02} (UTC)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_follow_cultures() {
        assert_eq!(Language::of_culture("fr-FR"), Some(Language::French));
        assert_eq!(Language::of_culture("EN_us"), Some(Language::English));
        for other in ["", "de-DE", "french", "f", "*"] {
            assert_eq!(Language::of_culture(other), None, "{other:?}");
        }
        assert_eq!(Language::choose(["de", "fr-CA", "en"]), Language::French);
        assert_eq!(Language::choose(Vec::<String>::new()), Language::English);
    }

    #[test]
    fn the_environment_says_it() {
        let of = |set: &[(&str, &str)]| {
            Language::of_environment(|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "fr_FR.UTF-8")]), Language::French);
        assert_eq!(of(&[("LANG", "fr.UTF-8@euro")]), Language::French);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "fr_CA")]), Language::French);
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "fr_FR")]), Language::English);
        assert_eq!(of(&[]), Language::English);
    }

    #[test]
    fn dates_are_written_out() {
        let at = Timestamp::from_millis(1_700_000_000_000);
        assert_eq!(date(Language::English, at), "14 November 2023 at 22:13 UTC");
        assert_eq!(date(Language::French, at), "14\u{a0}novembre 2023 à 22:13 (UTC)");
        let first = Timestamp::from_millis(0);
        assert_eq!(date(Language::French, first), "1er\u{a0}janvier 1970 à 00:00 (UTC)");
    }
}
