//! What an administrator says to the program: cmdlets over the API, and the shell.

use std::{
    fmt,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{ADMIN_PASSWORD, ADMINISTRATOR, Relais, SERVER, program};
use crate::process::said;

/// A refused cmdlet: the status and the body of the answer.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// `application/problem+json`.
    pub body: Value,
}

impl Problem {
    /// A field of the body as text.
    pub fn field(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}

impl Relais {
    /// Runs a cmdlet as the administrator.
    ///
    /// # Errors
    /// What the server refuses it with.
    pub fn try_run(&self, cmdlet: &str, parameters: Value) -> Result<Vec<Value>, Problem> {
        self.run_as((ADMINISTRATOR, ADMIN_PASSWORD), cmdlet, parameters)
    }

    /// Runs a cmdlet as the administrator.
    ///
    /// # Panics
    /// When it is refused.
    pub fn run(&self, cmdlet: &str, parameters: Value) -> Vec<Value> {
        self.try_run(cmdlet, parameters).unwrap_or_else(|problem| panic!("{cmdlet}: {problem}"))
    }

    /// Runs a cmdlet as somebody.
    ///
    /// # Errors
    /// What the server refuses it with.
    pub fn run_as(
        &self,
        (user, password): (&str, &str),
        cmdlet: &str,
        parameters: Value,
    ) -> Result<Vec<Value>, Problem> {
        let path = format!("/api/v1/cmdlets/{cmdlet}");
        let (status, body) = self.http("POST", &path, Some((user, password)), Some(&parameters));
        let value: Value =
            serde_json::from_str(&body).unwrap_or_else(|_| json!({ "detail": body }));
        match (status, value) {
            (200, Value::Array(objects)) => Ok(objects),
            (status, body) => Err(Problem { status, body }),
        }
    }

    /// One HTTP request by curl, which checks our certificate: status and body.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn http(
        &self,
        method: &str,
        path: &str,
        sign_in: Option<(&str, &str)>,
        body: Option<&Value>,
    ) -> (u16, String) {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--max-time", "30", "--request", method]);
        command.arg("--cacert").arg(self.authority());
        command.args(["--write-out", "\n%{http_code}"]);
        if let Some((user, password)) = sign_in {
            command.args(["--user", &format!("{user}:{password}")]);
        }
        if body.is_some() {
            command.args(["--header", "Content-Type: application/json", "--data-binary", "@-"]);
        }
        command.arg(format!("{}{path}", self.url()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("curl");
        let mut input = child.stdin.take().expect("piped");
        if let Some(body) = body {
            let _ = input.write_all(body.to_string().as_bytes());
        }
        drop(input);
        let output = child.wait_with_output().expect("curl");
        assert!(output.status.success(), "curl: {}\n{}", said(&output), self.log());
        let text = String::from_utf8_lossy(&output.stdout);
        let (body, status) = text.rsplit_once('\n').expect("the status follows the body");
        (status.parse().expect("a status"), body.to_owned())
    }

    /// `relais shell -c COMMANDS` as the administrator: exit status and both outputs.
    ///
    /// # Panics
    /// When the shell cannot be started.
    pub fn shell(&self, commands: &str) -> (bool, String) {
        let output = Command::new(program())
            .args(["shell", "--server", &self.url(), "-c", commands, "--data"])
            .arg(self.data())
            .env("RELAIS_USER", ADMINISTRATOR)
            .env("RELAIS_PASSWORD", ADMIN_PASSWORD)
            .stdin(Stdio::null())
            .output()
            .expect("relais shell");
        (output.status.success(), said(&output))
    }

    /// The same at a terminal (a pseudo-terminal of `script`), where `answers` are typed: exit
    /// status and what the terminal shows.
    ///
    /// # Panics
    /// When the shell cannot be started.
    pub fn shell_at_terminal(&self, commands: &str, answers: &str) -> (bool, String) {
        let line = r#"exec "$PROGRAM" shell --server "$URL" --data "$DATA" -c "$COMMANDS""#;
        let mut child = Command::new("script")
            .args(["-qec", line, "/dev/null"])
            .env("PROGRAM", program())
            .env("URL", self.url())
            .env("DATA", self.data())
            .env("COMMANDS", commands)
            .env("RELAIS_USER", ADMINISTRATOR)
            .env("RELAIS_PASSWORD", ADMIN_PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("script");
        let mut input = child.stdin.take().expect("standard input");
        input.write_all(answers.as_bytes()).expect("the answers are typed");
        let output = child.wait_with_output().expect("relais shell");
        drop(input);
        (output.status.success(), said(&output))
    }

    /// `relais shell FILE` as the administrator, beside the file: exit status and both outputs.
    ///
    /// # Panics
    /// When the shell cannot be started.
    pub fn shell_script(&self, file: &Path) -> (bool, String) {
        let output = Command::new(program())
            .args(["shell", "--server", &self.url(), "--data"])
            .arg(self.data())
            .arg(file)
            .current_dir(file.parent().expect("a directory"))
            .env("RELAIS_USER", ADMINISTRATOR)
            .env("RELAIS_PASSWORD", ADMIN_PASSWORD)
            .stdin(Stdio::null())
            .output()
            .expect("relais shell");
        (output.status.success(), said(&output))
    }

    /// The same, which must succeed; its output.
    ///
    /// # Panics
    /// When it fails.
    pub fn shell_ok(&self, commands: &str) -> String {
        let (good, text) = self.shell(commands);
        assert!(good, "relais shell -c '{commands}':\n{text}");
        text
    }

    /// A Send connector for `space` by MX on `port`.
    pub fn send_connector(&self, name: &str, space: &str, port: u16) {
        self.send_connector_with(name, json!({ "AddressSpaces": [space], "Port": port }));
    }

    /// A Send connector with these parameters; for this server unless they say otherwise.
    pub fn send_connector_with(&self, name: &str, settings: Value) {
        let mut parameters =
            json!({ "Name": name, "Custom": true, "SourceTransportServers": [SERVER] });
        for (key, value) in settings.as_object().into_iter().flatten() {
            parameters[key.as_str()] = value.clone();
        }
        self.run("New-SendConnector", parameters);
    }

    /// A mailbox; its address is `name` at the organization's domain.
    pub fn mailbox(&self, name: &str, password: &str) {
        self.run("New-Mailbox", json!({ "Name": name, "Password": password }));
    }

    /// Lifts the organization's message size limits, as tests of connector sizes do.
    pub fn lift_organization_limits(&self) {
        self.run(
            "Set-TransportConfig",
            json!({ "MaxSendSize": "unlimited", "MaxReceiveSize": "unlimited" }),
        );
    }
}
