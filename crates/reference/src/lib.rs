//! The book's reference: pages of Markdown from what the server itself goes by, in English and French.
//!
//! The declarations of the cmdlets give a page for each family, the directory's own defaults one of all settings; the shell's own
//! commands are given by whoever asks. Nothing is written here but what stands between them. The pages are in `docs/reference` and
//! `docs/fr/reference`; a test of `relais` holds them against what this gives (`make reference` writes them anew).

mod family;
mod markdown;
mod overview;
mod settings;
mod words;

use cmdlets::Cmdlet;
use texts::Language;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file, such as `send-connectors.md`.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// A command of the shell itself, with its short names.
pub type OwnCommand = (&'static Cmdlet, Vec<&'static str>);

/// All pages in a language; `own` are the shell's own commands.
#[must_use]
pub fn pages(language: Language, own: &[OwnCommand]) -> Vec<Page> {
    let page = |file: &str, text: String| Page { file: format!("{file}.md"), text };
    let mut pages = vec![page("cmdlets", overview::write(language))];
    pages
        .extend(cmdlets::families().iter().map(|one| page(one.slug, family::write(one, language))));
    pages.push(page("shell-commands", family::write_own(own, language)));
    pages.push(page("settings", settings::write(language)));
    pages
}

#[cfg(test)]
mod tests;
