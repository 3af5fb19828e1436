//! The real world of a shell: terminal, server, files, mail.
//!
//! The server is connected to when it is first needed: a script that only computes needs none. Sign-in
//! comes from the environment, else it is asked for on the terminal.

use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cmdlets::Cmdlet;
use model::{Clock, SystemClock};
use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use tls::Fingerprint;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::client::{
    Api, ApiError, ConnectError, KnownServers, Question, ServerAddress, SignIn, Trust, WhoAmI, dial,
};
use crate::host::{CallError, Colour, Host, Language, Mail, Reply};
use crate::mail::{Submission, compose, submit};
use crate::progress::Watch;
use crate::terminal::{Console, ask_line};

/// How often a wrong password may be corrected on a terminal.
const ATTEMPTS: usize = 3;
/// How long connections that were given up may take to be closed.
const CLOSING: Duration = Duration::from_millis(50);
const INTERRUPTED: &str = "Interrupted. What the server had begun may be carried out all the same.";
/// The largest script or text file read.
const MAX_FILE: u64 = 64 << 20;

/// Where the server is and how to sign in there.
pub(crate) struct Settings {
    /// Tried one after the other.
    pub(crate) addresses: Vec<ServerAddress>,
    pub(crate) trust: Trust,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Zeroizing<String>>,
    pub(crate) token: Option<Zeroizing<String>>,
    pub(crate) language: Language,
}

/// The world of one run of the shell.
pub(crate) struct Session {
    settings: Settings,
    console: Console,
    runtime: Runtime,
    api: Option<Api>,
    who: Option<WhoAmI>,
    /// Set by Ctrl+C where that ends a command and not the shell.
    interrupted: Option<Arc<AtomicBool>>,
}

impl Session {
    pub(crate) fn new(settings: Settings, console: Console) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { settings, console, runtime, api: None, who: None, interrupted: None })
    }

    /// From now on Ctrl+C ends what runs, not the shell.
    pub(crate) fn catch_interrupts(&mut self) {
        let flag = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&flag);
        let listener = std::thread::Builder::new().name("interrupts".into());
        if listener.spawn(move || listen(&set)).is_ok() {
            self.interrupted = Some(flag);
        }
    }

    /// Connects and signs in, unless that was done.
    ///
    /// # Errors
    /// A whole sentence.
    pub(crate) fn sign_in(&mut self) -> Result<WhoAmI, CallError> {
        if let Some(who) = &self.who {
            return Ok(who.clone());
        }
        if self.api.is_none() {
            let mut api = self.connect().map_err(shown)?;
            api.speak(self.settings.language);
            self.api = Some(api);
        }
        let given = self.settings.token.is_some() || self.settings.password.is_some();
        let attempts = if given { 1 } else { ATTEMPTS };
        let mut last = CallError::new("Nobody signed in.");
        for attempt in 0..attempts {
            let proof = self.proof()?;
            let Some(api) = &mut self.api else { break };
            match self.runtime.block_on(api.sign_in(&proof)) {
                Ok(who) => {
                    self.who = Some(who.clone());
                    return Ok(who);
                }
                Err(error @ ApiError::SignIn(_)) => {
                    last = shown(error);
                    if attempt + 1 < attempts {
                        self.console.write_error(&last.message);
                    }
                }
                Err(other) => return Err(shown(other)),
            }
        }
        Err(last)
    }

    fn connect(&mut self) -> Result<Api, ApiError> {
        let console = &self.console;
        let known = &self.settings.trust.known;
        let mut question = |address: &ServerAddress, fingerprint: Fingerprint| {
            confirm_server(console, known, address, fingerprint)
        };
        let ask: Option<Question<'_>> = if console.can_ask() { Some(&mut question) } else { None };
        let connecting = Api::connect(&self.settings.addresses, self.settings.trust.clone(), ask);
        self.runtime.block_on(connecting)
    }

    fn proof(&mut self) -> Result<SignIn, CallError> {
        if let Some(token) = &self.settings.token {
            return Ok(SignIn::Token(token.clone()));
        }
        let nobody = || {
            CallError::new(
                "Sign-in is needed: set RELAIS_USER and RELAIS_PASSWORD, or RELAIS_TOKEN, or run the shell on a terminal.",
            )
        };
        let user = match &self.settings.user {
            Some(user) => user.clone(),
            None => {
                let answer = self.console.ask("User name [Administrator]: ").ok_or_else(nobody)?;
                let answer = answer.trim();
                if answer.is_empty() { "Administrator".to_owned() } else { answer.to_owned() }
            }
        };
        let password = match &self.settings.password {
            Some(password) => password.clone(),
            None => {
                let prompt = format!("Password for {user}: ");
                Zeroizing::new(self.console.ask_secret(&prompt).ok_or_else(nobody)?)
            }
        };
        Ok(SignIn::Password { user, password })
    }

    /// Runs something that waits for others; Ctrl+C ends it where the shell goes on, with the
    /// error `ended`.
    fn wait<T>(
        runtime: &Runtime,
        interrupted: Option<&AtomicBool>,
        ended: &str,
        work: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        runtime.block_on(async {
            let Some(flag) = interrupted else {
                return work.await;
            };
            let result = tokio::select! {
                result = work => Some(result),
                _ = tokio::signal::ctrl_c() => None,
            };
            if let Some(result) = result {
                return result;
            }
            flag.store(true, Ordering::Relaxed);
            // What was given up is closed by its task: the server is to see that now, not when
            // the next command runs.
            tokio::time::sleep(CLOSING).await;
            Err(CallError::new(ended))
        })
    }

    /// Where a message goes: candidates tried one after the other.
    fn mail_servers(&mut self, mail: &Mail) -> Result<Vec<ServerAddress>, CallError> {
        if let Some(host) = &mail.server {
            let port = mail.port.unwrap_or(if mail.credential.is_some() { 587 } else { 25 });
            return Ok(vec![ServerAddress::new(host, port)]);
        }
        let who = self.sign_in()?;
        let endpoint = if mail.credential.is_some() { who.submission } else { who.relay };
        let Some(api) = &self.api else {
            return Err(CallError::new("There is no connection to a server."));
        };
        let session_host = api.address().host.clone();
        let Some(port) = mail.port.or(endpoint.as_ref().map(|e| e.port)) else {
            return Err(CallError::new(
                "This server takes mail only from users who sign in: add -Credential, or name another server with -SmtpServer.",
            ));
        };
        let own = endpoint.map(|e| e.host).filter(|host| {
            host.parse().is_ok_and(|ip: std::net::IpAddr| !ip.is_unspecified())
                || host.parse::<std::net::IpAddr>().is_err()
        });
        let mut servers: Vec<ServerAddress> =
            own.iter().map(|host| ServerAddress::new(host, port)).collect();
        if own.as_deref() != Some(session_host.as_str()) {
            servers.push(ServerAddress::new(&session_host, port));
        }
        Ok(servers)
    }
}

impl Host for Session {
    fn call(
        &mut self,
        cmdlet: &'static Cmdlet,
        parameters: Map<String, Json>,
    ) -> Result<Reply, CallError> {
        self.sign_in()?;
        let Some(api) = &mut self.api else {
            return Err(CallError::new("There is no connection to a server."));
        };
        let what_if = parameters.get("WhatIf") == Some(&Json::Bool(true));
        let repeatable = !cmdlet.changes || what_if;
        if !repeatable && let Some(Json::String(filter)) = parameters.get("Filter") {
            let server = parameters.get("Server").cloned();
            let watch = Watch::new(api, &self.console, cmdlet.name, filter.clone(), server);
            let work = watch.until(api.action(cmdlet.name, parameters));
            let work = async { work.await.map_err(shown) };
            let interrupted = "Interrupted: the server ends the action; what has been done stays \
                               done. Get-QueueAction shows how far it came.";
            return Self::wait(&self.runtime, self.interrupted.as_deref(), interrupted, work);
        }
        let work = async { api.cmdlet(cmdlet.name, parameters, repeatable).await.map_err(shown) };
        Self::wait(&self.runtime, self.interrupted.as_deref(), INTERRUPTED, work)
    }

    fn send_mail(&mut self, mail: Mail) -> Result<(), CallError> {
        let id = uuid::Uuid::new_v4().to_string();
        let message = compose(&mail, SystemClock.now(), &id)?;
        let servers = self.mail_servers(&mail)?;
        let tls = if mail.use_tls {
            self.sign_in()?;
            self.api.as_ref().map(|api| api.anchor().policy())
        } else {
            None
        };
        let work = async {
            let mut failures = Vec::new();
            for server in servers {
                match dial(&server).await {
                    Ok(stream) => {
                        let credential = mail.credential.clone();
                        let submission = Submission { server, tls, credential, hello: host_name() };
                        return submit(&submission, stream, message).await.map_err(CallError::new);
                    }
                    Err(ConnectError::Unreachable { address, problem }) => {
                        failures.push(format!("{address}: {problem}"));
                    }
                    Err(other) => return Err(CallError::new(other.to_string())),
                }
            }
            let problem = failures.join("; ");
            Err(CallError::new(format!("There is no connection to the mail server ({problem}).")))
        };
        Self::wait(&self.runtime, self.interrupted.as_deref(), INTERRUPTED, work)
    }

    fn write(&mut self, text: &str) {
        self.console.write(text);
    }

    fn write_coloured(&mut self, text: &str, colour: Option<Colour>) {
        self.console.write_coloured(text, colour);
    }

    fn write_error(&mut self, text: &str) {
        self.console.write_error(text);
    }

    fn write_warning(&mut self, text: &str) {
        self.console.write_warning(text);
    }

    fn is_interactive(&self) -> bool {
        self.console.is_interactive()
    }

    fn width(&self) -> Option<usize> {
        self.console.width()
    }

    fn ask(&mut self, prompt: &str) -> Option<String> {
        let Some(flag) = &self.interrupted else {
            return self.console.ask(prompt);
        };
        // What stands above the line of the answer is no business of the line editor.
        let at = prompt.rfind('\n').map_or(0, |end| end + 1);
        self.console.write(&prompt[..at]);
        let answer = ask_line(&prompt[at..]);
        if answer.is_none() {
            flag.store(true, Ordering::Relaxed);
        }
        answer
    }

    fn ask_secret(&mut self, prompt: &str) -> Option<String> {
        self.console.ask_secret(prompt)
    }

    fn interrupted(&mut self) -> bool {
        self.interrupted.as_ref().is_some_and(|flag| flag.swap(false, Ordering::Relaxed))
    }

    fn clear(&mut self) {
        self.console.clear();
    }

    fn sleep(&mut self, span: Duration) {
        let work = async {
            tokio::time::sleep(span).await;
            Ok(())
        };
        // What ended it early is told by `interrupted`.
        let _ = Self::wait(&self.runtime, self.interrupted.as_deref(), INTERRUPTED, work);
    }

    fn file_exists(&self, path: &str) -> bool {
        PathBuf::from(path).exists()
    }

    fn environment(&self, name: &str) -> Option<String> {
        // The sign-in of this process is not for scripts to show.
        let secret = ["RELAIS_PASSWORD", "RELAIS_TOKEN"].contains(&name);
        if secret { None } else { std::env::var(name).ok() }
    }

    fn now(&self) -> OffsetDateTime {
        SystemClock.now().date_time()
    }

    fn language(&self) -> Language {
        self.settings.language
    }

    fn read_file(&mut self, path: &str) -> Result<String, CallError> {
        read_text(&PathBuf::from(path)).map_err(CallError::new)
    }

    fn write_file(&mut self, path: &str, text: &str, append: bool) -> Result<(), CallError> {
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        let result = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
        result.map_err(|error| CallError::new(format!("Cannot write '{path}': {error}.")))
    }

    fn read_bytes(&mut self, path: &str) -> Result<Vec<u8>, CallError> {
        read_file(&PathBuf::from(path)).map_err(CallError::new)
    }

    fn write_bytes(&mut self, path: &str, bytes: &[u8]) -> Result<(), CallError> {
        std::fs::write(path, bytes)
            .map_err(|error| CallError::new(format!("Cannot write '{path}': {error}.")))
    }

    fn permitted(&mut self) -> Option<Vec<String>> {
        self.sign_in().ok().map(|who| who.cmdlets)
    }
}

/// Notes every Ctrl+C until the process ends.
fn listen(flag: &AtomicBool) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    runtime.block_on(async {
        while tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
}

/// Reads a text file; the error is a whole sentence.
pub(crate) fn read_text(path: &PathBuf) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("Cannot read '{}': {error}.", path.display());
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MAX_FILE {
        return Err(format!("'{}' is too large: {size} bytes.", path.display()));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Reads a file of bytes; the error is a whole sentence.
fn read_file(path: &PathBuf) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("Cannot read '{}': {error}.", path.display());
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MAX_FILE {
        return Err(format!("'{}' is too large: {size} bytes.", path.display()));
    }
    std::fs::read(path).map_err(failed)
}

fn shown(error: ApiError) -> CallError {
    match error {
        ApiError::Refused(problem) => problem,
        other => CallError::new(other.to_string()),
    }
}

fn confirm_server(
    console: &Console,
    known: &KnownServers,
    address: &ServerAddress,
    fingerprint: Fingerprint,
) -> bool {
    let prompt = format!(
        "The server at {address} is not known.\nFingerprint of its certificate authority (SHA-256):\n  {fingerprint}\nCompare it with the one the server shows at its start.\nTrust this server from now on? (yes/no) "
    );
    let Some(answer) = console.ask(&prompt) else { return false };
    let yes = ["yes", "y", "oui", "o"].contains(&answer.trim().to_lowercase().as_str());
    if yes && let Err(error) = known.add(address, fingerprint) {
        console.write_warning(&format!("The server could not be remembered: {error}."));
    }
    yes
}

/// This machine's name for EHLO.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !name.is_empty() && name.len() <= 255 && name.chars().all(valid) {
        name.to_owned()
    } else {
        "[127.0.0.1]".to_owned()
    }
}
