//! A browser as far as the interface can tell: curl with a cookie jar, headers in both directions.

use std::{
    io::Write,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Relais, process::said};

/// One browser.
pub struct Browser {
    home: TempDir,
    authority: PathBuf,
    url: String,
    /// What the page has to repeat in requests that change something.
    pub csrf: String,
}

/// What it was answered.
#[derive(Debug)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Page {
    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Browser {
    /// Opens one that looks at this server.
    ///
    /// # Panics
    /// When there is no place for its cookies.
    pub fn of(relais: &Relais) -> Self {
        Self {
            home: tempfile::tempdir().expect("temporary directory"),
            authority: relais.authority(),
            url: relais.url(),
            csrf: String::new(),
        }
    }

    /// Signs in; the answer. A later request that changes something has the token.
    pub fn sign_in(&mut self, user: &str, password: &str) -> Page {
        let body = serde_json::json!({ "user": user, "password": password });
        let page = self.send("POST", "/api/v1/session", &[], Some(&body));
        self.csrf = page.json()["csrf"].as_str().unwrap_or_default().to_owned();
        page
    }

    /// Runs a cmdlet.
    pub fn run(&self, cmdlet: &str, parameters: &Value) -> Page {
        self.send("POST", &format!("/api/v1/cmdlets/{cmdlet}"), &[], Some(parameters))
    }

    /// One request with the browser's cookies, and with the token where it has one.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: Option<&Value>) -> Page {
        let mut command = self.curl(path);
        command.args(["--max-time", "30", "--request", method, "--include"]);
        if method != "GET" {
            let csrf = format!("Relais-CSRF: {}", self.csrf);
            command.args(["--header", &csrf, "--header", "Sec-Fetch-Site: same-origin"]);
        }
        if body.is_some() {
            command.args(["--header", "Content-Type: application/json", "--data-binary", "@-"]);
        }
        for header in headers {
            command.args(["--header", header]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("curl");
        let mut input = child.stdin.take().expect("piped");
        if let Some(body) = body {
            let _ = input.write_all(body.to_string().as_bytes());
        }
        drop(input);
        let output = child.wait_with_output().expect("curl");
        assert!(output.status.success(), "curl: {}", said(&output));
        read(&output.stdout)
    }

    /// Follows a stream; its text goes to the child's standard output.
    ///
    /// # Panics
    /// When curl is not there.
    pub fn follow(&self, path: &str) -> Child {
        let mut command = self.curl(path);
        command.args(["--no-buffer", "--max-time", "60"]).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("curl")
    }

    fn curl(&self, path: &str) -> Command {
        let jar = self.home.path().join("cookies");
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--path-as-is", "--cacert"]).arg(&self.authority);
        command.arg("--cookie").arg(&jar).arg("--cookie-jar").arg(&jar);
        command.arg(format!("{}{path}", self.url));
        command
    }
}

fn read(answer: &[u8]) -> Page {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a header");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let fields = lines.filter_map(|line| line.split_once(": "));
    let headers = fields.map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
    Page { status: status.expect("a status"), headers, body: answer[end + 4..].to_vec() }
}
