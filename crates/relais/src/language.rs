//! In which language the program speaks to who runs it: as told, else as the environment has it.

use texts::Language;

/// Of the environment: the first of LC_ALL, LC_MESSAGES and LANG that is set says it, as in the shell.
pub(crate) fn of_environment() -> Language {
    Language::of_environment(|name| std::env::var(name).ok())
}

/// Of an option: `en`, `fr`.
pub(crate) fn parsed(tag: &str) -> Result<Language, String> {
    Language::of_culture(tag).ok_or_else(|| format!("{tag:?} is not known. Allowed: en, fr."))
}
