//! The page that leads to all others: how syntax is read, how values are written, every cmdlet, every role.

use std::collections::BTreeMap;

use cmdlets::{BUILT_IN_ROLE_GROUPS, Cmdlet, Family, families};
use texts::Language;

use crate::{
    family::of,
    markdown::{anchor, code, head, plain, row},
    words,
};

pub(crate) fn write(language: Language) -> String {
    let word = |text: texts::Text| text.get(language);
    format!(
        "# {}\n\n{}\n\n{}\n\n## {}\n\n{}\n\n## {}\n\n{}\n## {}\n\n{}\n## {}\n\n{}\n\n{}",
        word(words::OVERVIEW_TITLE),
        word(words::OVERVIEW_ABOUT),
        word(words::MADE_OF),
        word(words::HOW_TO_READ),
        word(words::HOW_TO_READ_TEXT),
        word(words::TYPES),
        types(language),
        word(words::ALL_CMDLETS),
        all(language),
        word(words::ROLES_TITLE),
        word(words::ROLES_ABOUT),
        roles(language)
    )
}

fn types(language: Language) -> String {
    let mut table = head(&[words::TYPE.get(language), words::FORM.get(language)]);
    for (name, form) in words::FORMS {
        table.push_str(&row(&[&code(name), form.get(language)]));
    }
    table
}

/// By name, each with the page it stands on.
fn all(language: Language) -> String {
    let both = |family: &'static Family| {
        family.cmdlets().map(move |cmdlet| (cmdlet.name, (family, cmdlet)))
    };
    let sorted: BTreeMap<&str, (&Family, &Cmdlet)> = families().iter().flat_map(both).collect();
    let mut table = head(&[words::CMDLET.get(language), words::MEANING.get(language)]);
    for (name, (family, cmdlet)) in sorted {
        let link = format!("[`{name}`]({}.md#{})", family.slug, anchor(name));
        table.push_str(&row(&[&link, &plain(of(cmdlet.synopsis, language))]));
    }
    table
}

fn roles(language: Language) -> String {
    let mut table = head(&[words::ROLE_GROUP.get(language), words::ITS_ROLES.get(language)]);
    for group in BUILT_IN_ROLE_GROUPS {
        table.push_str(&row(&[group.name, &group.roles.join(", ")]));
    }
    table
}
