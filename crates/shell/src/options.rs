//! How the shell is started: a command, a script, standard input, or a terminal.

use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;

use tls::Fingerprint;
use zeroize::Zeroizing;

use crate::client::{KnownServers, Trust};
use crate::evaluator::{Evaluator, Outcome};
use crate::host::{Host, Language};
use crate::session::{Session, Settings, read_text};
use crate::source::Source;
use crate::terminal::{Console, Line, LineEditor, Vocabulary};

/// Where a server is looked for when none was named: a sandbox, then a production server.
const DEFAULT_SERVERS: [&str; 2] = ["https://127.0.0.1:10443", "https://127.0.0.1:443"];
/// The stack scripts run on, in bytes; only what is used is taken from memory.
pub(crate) const STACK: usize = 64 << 20;
/// The largest script read from standard input, in bytes.
const MAX_INPUT: u64 = 64 << 20;

/// Options of `relais shell`. What is left out comes from the environment: `RELAIS_SERVER`,
/// `RELAIS_USER`, `RELAIS_PASSWORD`, `RELAIS_TOKEN`, `RELAIS_FINGERPRINT`.
#[derive(Debug, Clone, Default)]
pub struct ShellOptions {
    /// The server's address, `https://host[:port]`.
    pub server: Option<String>,
    /// Who signs in.
    pub user: Option<String>,
    /// Commands to run instead of reading them.
    pub command: Option<String>,
    /// A script file to run.
    pub script: Option<PathBuf>,
    /// SHA-256 fingerprint of the server's certificate authority (or certificate) to trust.
    pub fingerprint: Option<String>,
    /// The data directory of a server on this machine, whose authority is trusted.
    pub data_dir: Option<PathBuf>,
}

/// Runs the shell to its end.
///
/// Returns the exit status: 0, 1 after an error, or what the script gave to `exit`.
pub fn run(options: ShellOptions) -> i32 {
    let shell = std::thread::Builder::new().name("shell".into()).stack_size(STACK);
    let running = shell.spawn(move || {
        let console = Console::new();
        start(options, &console).unwrap_or_else(|message| {
            console.write_error(&message);
            1
        })
    });
    match running {
        Ok(shell) => shell.join().unwrap_or(1),
        Err(error) => {
            Console::new().write_error(&format!("The shell cannot start: {error}."));
            1
        }
    }
}

fn start(options: ShellOptions, console: &Console) -> Result<i32, String> {
    let settings = settings(&options)?;
    let language = settings.language;
    let mut session = Session::new(settings, Console::new())
        .map_err(|error| format!("The shell cannot start: {error}."))?;
    let source = match (options.command, options.script) {
        (Some(_), Some(_)) => return Err("Give either a command or a script, not both.".into()),
        (Some(command), None) => Source::typed(command),
        (None, Some(path)) => Source::script(path.display().to_string(), read_text(&path)?),
        (None, None) if console.input_is_terminal() => return interact(&mut session, language),
        (None, None) => Source::typed(standard_input()?),
    };
    Ok(run_once(&mut session, &source))
}

fn run_once(session: &mut Session, source: &Rc<Source>) -> i32 {
    match Evaluator::new(session).run(source) {
        Outcome::Exit(status) => status,
        Outcome::Done { failed } => i32::from(failed),
    }
}

fn standard_input() -> Result<String, String> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MAX_INPUT).read_to_string(&mut text);
    read.map(|_| text).map_err(|error| format!("Standard input cannot be read: {error}."))
}

/// Lines from the terminal until the end.
fn interact(session: &mut Session, language: Language) -> Result<i32, String> {
    let who = session.sign_in().map_err(|error| error.message)?;
    session.catch_interrupts();
    session.write(language.choose(
        "Get-Command lists the commands, Get-Help explains one, Tab completes, exit ends.\n",
        "Get-Command liste les commandes, Get-Help en explique une, Tab complète, exit termine.\n",
    ));
    let vocabulary = Vocabulary { permitted: Some(who.cmdlets), variables: Vec::new(), language };
    let history = own_directory().map(|directory| directory.join("history"));
    let mut editor = LineEditor::new(&who.server, vocabulary, history.as_deref());
    let mut evaluator = Evaluator::new(session);
    loop {
        match editor.read() {
            Ok(Line::Text(text)) if text.trim().is_empty() => {}
            Ok(Line::Text(text)) => {
                if let Outcome::Exit(status) = evaluator.run(&Source::typed(text)) {
                    return Ok(status);
                }
                editor.know_variables(evaluator.variable_names());
            }
            Ok(Line::Dropped) => {}
            Ok(Line::End) => return Ok(0),
            Err(error) => return Err(format!("The terminal cannot be read: {error}.")),
        }
    }
}

fn settings(options: &ShellOptions) -> Result<Settings, String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let addresses = match options.server.clone().or_else(|| variable("RELAIS_SERVER")) {
        Some(server) => vec![server.parse()?],
        None => DEFAULT_SERVERS.iter().map(|s| s.parse()).collect::<Result<_, String>>()?,
    };
    let fingerprint = |text: Option<String>| -> Result<Option<Fingerprint>, String> {
        text.map(|t| t.parse().map_err(|error: model::ValueError| error.to_string())).transpose()
    };
    let trust = Trust {
        option: fingerprint(options.fingerprint.clone())?,
        environment: fingerprint(variable("RELAIS_FINGERPRINT"))?,
        data_dir: options.data_dir.clone(),
        known: KnownServers::new(own_directory().map(|d| d.join("known_servers"))),
    };
    let language = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name));
    Ok(Settings {
        addresses,
        trust,
        user: options.user.clone().or_else(|| variable("RELAIS_USER")),
        password: variable("RELAIS_PASSWORD").map(Zeroizing::new),
        token: variable("RELAIS_TOKEN").map(Zeroizing::new),
        language: Language::of_locale(language.as_deref().unwrap_or("")),
    })
}

/// Where the user's own files are: `~/.config/relais`.
fn own_directory() -> Option<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(config.join("relais"))
}
