//! `relais generate`: manual pages and shell completions for a package, made from the declaration of the command line, and the
//! reference of the book (`reference`). Hidden: whoever has the package has them already.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap_complete::Shell;
use texts::Language;

use crate::{host, language};

/// Shells that get completions.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// What can be made.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    Man,
    Completions,
    Reference,
}

/// Options of `relais generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// What to write.
    #[arg(value_enum)]
    what: What,
    /// Where to; the directory is made where it is missing.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Language of the reference: en or fr.
    #[arg(long, default_value = "en", value_parser = language::parsed)]
    language: Language,
}

impl Options {
    /// Writes the files for a command line.
    pub(crate) fn run(&self, command: clap::Command) -> Result<()> {
        let place = self.directory.as_path();
        std::fs::create_dir_all(place)
            .with_context(|| format!("cannot make {}", place.display()))?;
        let written = match self.what {
            What::Man => by_other_names(&command, place)
                .and_then(|()| clap_mangen::generate_to(command, place)),
            What::Completions => completions(command, place),
            What::Reference => reference(self.language, place),
        };
        written.with_context(|| format!("cannot write into {}", place.display()))
    }
}

/// Pages of what the program does under other names: sendmail.1 and so on.
fn by_other_names(command: &clap::Command, place: &Path) -> io::Result<()> {
    for name in host::NAMES {
        if let Some(page) = command.find_subcommand(name) {
            let page = page.clone().version(env!("CARGO_PKG_VERSION"));
            clap_mangen::Man::new(page).generate_to(place)?;
        }
    }
    Ok(())
}

fn completions(mut command: clap::Command, place: &Path) -> io::Result<()> {
    let name = command.get_name().to_owned();
    for shell in SHELLS {
        clap_complete::generate_to(shell, &mut command, name.as_str(), place)?;
    }
    Ok(())
}

fn reference(language: Language, place: &Path) -> io::Result<()> {
    for page in pages(language) {
        std::fs::write(place.join(page.file), page.text)?;
    }
    Ok(())
}

fn pages(language: Language) -> Vec<reference::Page> {
    let own: Vec<_> = shell::own_commands().collect();
    reference::pages(language, &own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_gets_a_page_and_each_shell_a_file() {
        let place = tempfile::tempdir().unwrap();
        let made: [(What, &[&str]); 2] = [
            (What::Man, &["relais.1", "relais-serve.1", "relais-sendmail.1"]),
            (What::Completions, &["relais.bash", "_relais", "relais.fish"]),
        ];
        for (what, files) in made {
            let directory = place.path().join(format!("{what:?}"));
            let serve = clap::Command::new("serve").about("Run a server.");
            let sendmail = clap::Command::new("sendmail").about("Puts mail into relais.");
            let command = clap::Command::new("relais").subcommand(serve).subcommand(sendmail);
            let language = Language::English;
            Options { what, directory: directory.clone(), language }.run(command).unwrap();
            for file in files {
                let text = std::fs::read_to_string(directory.join(file)).unwrap();
                assert!(text.contains("relais"), "{file}: {text}");
            }
            assert_eq!(directory.join("sendmail.1").exists(), matches!(what, What::Man));
        }
    }

    /// What lies in docs/ is what would be written: nobody changes it by hand, and no declaration without it.
    #[test]
    fn the_reference_in_the_book_is_of_today() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        for (language, place) in
            [(Language::English, "reference"), (Language::French, "fr/reference")]
        {
            let place = docs.join(place);
            let pages = pages(language);
            for page in &pages {
                let there = std::fs::read_to_string(place.join(&page.file)).unwrap_or_default();
                assert!(
                    there == page.text,
                    "{place:?} {} is not of today: make reference",
                    page.file
                );
            }
            for entry in std::fs::read_dir(&place).unwrap() {
                let file = entry.unwrap().file_name();
                let is_page = pages.iter().any(|page| *page.file == *file);
                assert!(is_page, "{place:?} has {file:?}, which nothing makes: remove it");
            }
        }
    }
}
