//! `relais import`: reads what another mail system was configured with, says of each setting what becomes of it, and runs the
//! cmdlets that carry it over. What is read and said is in `migration`; here are files, options and the shell.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Component, Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail, ensure};
use migration::{MAX_FILE, Options, Outcome, Plan, exchange, postfix};
use texts::{Language, Sentence, imports};

use crate::{
    language,
    reach::{Reach, exit},
};

/// Which system is left.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Send connectors of Exchange: what Get-SendConnector was exported to (Export-Clixml, Export-Csv, Format-List).
    Exchange(Exchange),
    /// A configuration of Postfix: main.cf and the text files it names.
    Postfix(Postfix),
}

/// Options of `relais import exchange`.
#[derive(Debug, clap::Args)]
pub(crate) struct Exchange {
    /// The exports; which of the three forms each has is found out.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    run: Run,
}

/// Options of `relais import postfix`.
#[derive(Debug, clap::Args)]
pub(crate) struct Postfix {
    /// The directory with main.cf, or a copy of it. Only files below it are read.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    #[command(flatten)]
    run: Run,
}

/// What is done with what was found.
#[derive(Debug, clap::Args)]
struct Run {
    /// Show what would be done, and do nothing (also -WhatIf).
    #[arg(long)]
    what_if: bool,
    /// Run the cmdlets although some settings need a decision: what is said to be so as it stands, is done (also
    /// -Force). What is marked NOT RUN is not run with it either.
    #[arg(long)]
    force: bool,
    /// Write the cmdlets as a script, with what was found as comments, and run nothing. The file must be new.
    #[arg(long, value_name = "FILE.ps1", conflicts_with = "force")]
    script: Option<PathBuf>,
    /// Show also the settings that need nothing.
    #[arg(long)]
    all: bool,
    /// Relais's servers that are to send (SourceTransportServers), separated by commas; without it the server that the
    /// cmdlets run on.
    #[arg(long, value_name = "SERVERS", value_delimiter = ',')]
    source_servers: Vec<String>,
    /// Language of what is said: en or fr; that of the environment (LC_ALL, LC_MESSAGES, LANG) unless given.
    #[arg(long, value_parser = language::parsed)]
    language: Option<Language>,
    #[command(flatten)]
    reach: Reach,
}

impl Command {
    /// Reads, says and runs. The exit status: failure when a cmdlet was refused, or not everything was run.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Exchange(Exchange { files, run }) => {
                let plan = of_exchange(&files, &run.options())?;
                run.carry_out(&plan)
            }
            Self::Postfix(Postfix { directory, run }) => {
                let tree = Directory::open(&directory)?;
                let plan = postfix::import(&tree, &run.options())?;
                run.carry_out(&plan)
            }
        }
    }
}

fn of_exchange(files: &[PathBuf], options: &Options) -> Result<Plan> {
    let mut read = Vec::new();
    for path in files {
        let bytes = bounded(path).with_context(|| format!("{} cannot be read", path.display()))?;
        read.push((path.display().to_string(), bytes));
    }
    let files: Vec<_> = read.iter().map(|(name, bytes)| exchange::File { name, bytes }).collect();
    Ok(exchange::import(&files, options)?)
}

impl Run {
    fn options(&self) -> Options {
        let servers = self.source_servers.iter().map(|name| name.trim().to_owned());
        Options { source_servers: servers.filter(|name| !name.is_empty()).collect() }
    }

    fn carry_out(self, plan: &Plan) -> Result<ExitCode> {
        let language = self.language.unwrap_or_else(language::of_environment);
        print!("{}", plan.report(self.all, language));
        if let Some(path) = &self.script {
            write_new(path, &plan.script(language))
                .with_context(|| format!("{} cannot be written", path.display()))?;
            let written = Sentence::new(imports::WRITTEN).with(path.display());
            println!("{}", written.said(language));
            return Ok(ExitCode::SUCCESS);
        }
        if self.what_if {
            println!("{}", imports::WHAT_IF.get(language));
            return Ok(ExitCode::SUCCESS);
        }
        let open = plan.count(Outcome::Decision) + plan.blocked();
        if open > 0 && !self.force {
            println!("{}", Sentence::new(imports::OPEN).with(open).said(language));
            return Ok(ExitCode::FAILURE);
        }
        let commands = plan.commands();
        if commands.is_empty() {
            println!("{}", imports::NOTHING_TO_RUN.get(language));
            return Ok(whole(plan, 0));
        }
        let status = self.reach.shell(Some(commands), None);
        Ok(whole(plan, status))
    }
}

/// Success when the shell met no error and nothing was left out.
fn whole(plan: &Plan, status: i32) -> ExitCode {
    match status {
        0 if plan.blocked() == 0 => ExitCode::SUCCESS,
        0 => ExitCode::FAILURE,
        status => exit(status),
    }
}

/// What administrators of Exchange type, `-WhatIf` and `-Force`, as this command line has it. Only after `import`.
pub(crate) fn as_typed(
    arguments: impl Iterator<Item = std::ffi::OsString>,
) -> Vec<std::ffi::OsString> {
    let mut typed: Vec<_> = arguments.collect();
    if typed.get(1).is_none_or(|command| command != "import") {
        return typed;
    }
    for argument in typed.iter_mut().skip(2) {
        let word = argument.to_string_lossy().to_ascii_lowercase();
        match word.as_str() {
            "-whatif" | "-wi" => *argument = "--what-if".into(),
            "-force" => *argument = "--force".into(),
            _ => {}
        }
    }
    typed
}

/// Files below one directory, by the paths that `main.cf` names them with.
#[derive(Debug)]
struct Directory {
    root: PathBuf,
}

impl Directory {
    /// `path` is the directory, or `main.cf` in it.
    fn open(path: &Path) -> Result<Self> {
        let path = match path.file_name() {
            Some(name) if name == "main.cf" => path.parent().unwrap_or(path),
            _ => path,
        };
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let root =
            fs::canonicalize(path).with_context(|| format!("{} cannot be read", path.display()))?;
        ensure!(root.is_dir(), "{} is no directory", path.display());
        Ok(Self { root })
    }

    /// Where a file may be: as below `/etc/postfix`, as in a copy of the whole machine, or by its name alone.
    fn candidates(&self, path: &Path) -> Vec<PathBuf> {
        let below = path.strip_prefix(postfix::CONFIG_DIRECTORY).ok();
        let here = path.strip_prefix(&self.root).ok();
        let whole = path.strip_prefix("/").unwrap_or(path);
        let name = path.file_name().map(Path::new);
        let all = [below, here, Some(whole), name].into_iter().flatten();
        let plain = |path: &&Path| path.components().all(|c| matches!(c, Component::Normal(_)));
        all.filter(plain).map(|path| self.root.join(path)).collect()
    }
}

impl postfix::Tree for Directory {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let candidates = self.candidates(Path::new(path));
        let Some(found) = candidates.into_iter().find(|path| path.is_file()) else {
            return Ok(None);
        };
        let real = fs::canonicalize(&found).map_err(|error| error.to_string())?;
        if !real.starts_with(&self.root) {
            return Err(format!("{} leads out of the directory", found.display()));
        }
        bounded(&real).map(Some).map_err(|error| format!("{error:#}"))
    }
}

/// A file's bytes, and one more than are allowed when there are too many.
fn bounded(path: &Path) -> Result<Vec<u8>> {
    // Something else than a file may never end, or never answer.
    if !fs::metadata(path)?.is_file() {
        bail!("it is no file");
    }
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use migration::postfix::Tree;

    use super::*;

    #[test]
    fn only_files_below_the_directory_are_read() {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("postfix");
        fs::create_dir_all(root.join("var/lib")).unwrap();
        fs::write(root.join("main.cf"), "a = 1\n").unwrap();
        fs::write(root.join("transport"), "a :\n").unwrap();
        fs::write(root.join("var/lib/relay"), "b\n").unwrap();
        fs::write(base.path().join("secret"), "s\n").unwrap();
        std::os::unix::fs::symlink(base.path().join("secret"), root.join("link")).unwrap();
        let tree = Directory::open(&root.join("main.cf")).unwrap();
        let read = |path: &str| tree.read(path);
        assert_eq!(read("main.cf").unwrap().unwrap(), b"a = 1\n");
        assert_eq!(read("/etc/postfix/transport").unwrap().unwrap(), b"a :\n");
        assert_eq!(read("/var/lib/relay").unwrap().unwrap(), b"b\n");
        assert_eq!(read("/somewhere/transport").unwrap().unwrap(), b"a :\n");
        assert_eq!(read("../secret").unwrap(), None);
        assert_eq!(read("/etc/postfix/../secret").unwrap(), None);
        assert_eq!(read("/etc/postfix/nothing").unwrap(), None);
        assert!(read("link").is_err());
    }

    #[test]
    fn words_of_the_shell_are_understood_after_import() {
        let typed = |words: &[&str]| -> Vec<String> {
            let words = words.iter().map(Into::into);
            as_typed(words).into_iter().filter_map(|word| word.into_string().ok()).collect()
        };
        assert_eq!(
            typed(&["relais", "import", "-WhatIf", "-force"]),
            ["relais", "import", "--what-if", "--force"]
        );
        assert_eq!(typed(&["relais", "shell", "-WhatIf"]), ["relais", "shell", "-WhatIf"]);
    }
}
