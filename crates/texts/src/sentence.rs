//! A sentence in both languages with the values that belong into it.

use crate::{
    language::{Language, Text},
    phrases::filled,
    refusals::french,
};

/// A [`Text`] with its values: `{0}`, `{1}` and so on are where they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    text: Text,
    values: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// The same in every language: a name, an address, what somebody else wrote.
    Verbatim(String),
    /// A phrase of ours, which may have French.
    Phrase(String),
    /// A part of the sentence that is one itself.
    Sentence(Sentence),
}

/// What is the same in every language.
const VERBATIM: Text = Text { en: "{0}", fr: "{0}" };

impl Sentence {
    /// A sentence without values yet.
    #[must_use]
    pub fn new(text: Text) -> Self {
        Self { text, values: Vec::new() }
    }

    /// What is the same in every language: a command, what somebody else wrote.
    #[must_use]
    pub fn verbatim(text: impl ToString) -> Self {
        Self::new(VERBATIM).with(text)
    }

    /// A phrase of ours, in French where [`french`] knows it.
    #[must_use]
    pub fn phrase(phrase: impl ToString) -> Self {
        Self::new(VERBATIM).with_phrase(phrase)
    }

    /// The same with the next value, which is the same in every language.
    #[must_use]
    pub fn with(mut self, value: impl ToString) -> Self {
        self.values.push(Value::Verbatim(value.to_string()));
        self
    }

    /// The same with the next value, which is said in French where [`french`] knows it.
    #[must_use]
    pub fn with_phrase(mut self, phrase: impl ToString) -> Self {
        self.values.push(Value::Phrase(phrase.to_string()));
        self
    }

    /// The same with the next value, which is a sentence or a text of its own.
    #[must_use]
    pub fn with_part(mut self, part: impl Into<Self>) -> Self {
        self.values.push(Value::Sentence(part.into()));
        self
    }

    /// Whether it says this, whatever its values are.
    #[must_use]
    pub fn says(&self, text: Text) -> bool {
        self.text == text
    }

    /// The whole sentence in a language.
    #[must_use]
    pub fn said(&self, language: Language) -> String {
        let value = |value: &Value| match value {
            Value::Phrase(phrase) if language == Language::French => {
                french(phrase).unwrap_or_else(|| phrase.clone())
            }
            Value::Phrase(text) | Value::Verbatim(text) => text.clone(),
            Value::Sentence(part) => part.said(language),
        };
        let values: Vec<String> = self.values.iter().map(value).collect();
        filled(self.text.get(language), &values)
    }
}

impl From<Text> for Sentence {
    fn from(text: Text) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_each_language_has_them() {
        let text = Text { en: "{0} of {1}.", fr: "Pour {1} : {0}." };
        let sentence = Sentence::new(text).with_phrase("its p= is another key").with("mailbox");
        assert_eq!(sentence.said(Language::English), "its p= is another key of mailbox.");
        assert_eq!(sentence.said(Language::French), "Pour mailbox : son p= est une autre clé.");
        let nested = Sentence::new(text).with("{1}").with("{0}");
        assert_eq!(nested.said(Language::English), "{1} of {0}.", "values are not looked into");
        assert!(nested.says(text));
        let part = Sentence::new(text).with_part(Text { en: "it", fr: "lui" }).with(7);
        let whole = Sentence::new(Text { en: "See {0}", fr: "Voir {0}" }).with_part(part);
        assert_eq!(whole.said(Language::English), "See it of 7.");
        assert_eq!(whole.said(Language::French), "Voir Pour 7 : lui.");
        assert_eq!(Sentence::verbatim("ip route").said(Language::French), "ip route");
    }
}
