//! The page of settings: what each kind of object can be told, and what a new one has.

use cmdlets::{Cmdlet, Kind, families};
use management::{SettingShape, Settings};
use texts::{Language, Text};

use crate::{
    family::{of, type_of},
    markdown::{anchor, code, codes, head, plain, row, value},
    words,
};

pub(crate) fn write(language: Language) -> String {
    let word = |text: Text| text.get(language);
    let mut page = format!(
        "# {}\n\n{} {}\n\n{}\n",
        word(words::SETTINGS_TITLE),
        word(words::SETTINGS_ABOUT),
        word(words::SETTINGS_FILE),
        word(words::MADE_OF)
    );
    for settings in management::settings() {
        page.push_str(&section(&settings, language));
    }
    page
}

fn section(settings: &Settings, language: Language) -> String {
    let noun = settings.shown_by.noun();
    let set = format!("Set-{noun}");
    let shown = filled(words::SHOWN_BY, &[&link(settings.shown_by.name), &link(&set)], language);
    let mut text = format!("\n## {noun}\n\n{shown}\n\n");
    text.push_str(&head(&[
        words::PROPERTY.get(language),
        words::DEFAULT.get(language),
        words::HELP.get(language),
    ]));
    for property in &settings.properties {
        text.push_str(&row(&[
            &format!("{}<br>{}", code(&property.name), type_of(&property.parameter.kind)),
            &default(property, language),
            &explained(property, language),
        ]));
    }
    if !settings.only_shown.is_empty() {
        let names = codes(&settings.only_shown);
        text.push_str(&format!("\n{} {names}.\n", words::ONLY_SHOWN.get(language)));
    }
    text
}

fn default(property: &SettingShape, language: Language) -> String {
    let Some(usual) = &property.default else {
        return words::OWN_VALUE.get(language).to_owned();
    };
    let shown = |one| value(one).unwrap_or_else(|| words::NONE.get(language).to_owned());
    let mut text = shown(usual);
    for (usage, other) in &property.by_usage {
        let with = filled(words::WITH_USAGE, &[usage], language);
        text.push_str(&format!("; {with} {}", shown(other)));
    }
    text
}

fn explained(property: &SettingShape, language: Language) -> String {
    let mut text = plain(of(property.parameter.help, language));
    let is_said = |bounds: &&[String; 2]| bounds.iter().all(|bound| has_word(&text, bound));
    if let Some([low, high]) = property.range.as_ref().filter(|bounds| !is_said(bounds)) {
        let (low, high) = (code(low), code(high));
        text.push_str(&format!(" {}", filled(words::FROM_TO, &[&low, &high], language)));
    }
    if let Kind::Enum(all) | Kind::Flags(all) = property.parameter.kind {
        let label = match language {
            Language::English => "Allowed:",
            Language::French => "Valeurs :",
        };
        text.push_str(&format!(" *{label}* {}.", codes(all)));
    }
    text
}

/// Whether a text has this word, and not only within another.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// A cmdlet, leading to where it is explained.
fn link(name: &str) -> String {
    let has = |cmdlet: &Cmdlet| cmdlet.name == name;
    let family = families().iter().find(|family| family.cmdlets().any(has));
    let slug = family.map_or("cmdlets", |family| family.slug);
    format!("[`{name}`]({slug}.md#{})", anchor(name))
}

/// The text with the values where `{}` is, one after the other.
fn filled(text: Text, values: &[&str], language: Language) -> String {
    values.iter().fold(text.get(language).to_owned(), |text, value| text.replacen("{}", value, 1))
}
