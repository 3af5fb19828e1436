//! A web server that gives out MTA-STS policies: Python's, with TLS and one answer for each name.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    Issued,
    process::Process,
    smtp::Smtp,
    wait::{SOON, until},
};

/// Answers `/.well-known/mta-sts.txt` by the Host field; what is posted is kept, once it is taken: the first
/// is refused.
const PROGRAM: &str = r#"
import http.server, os, ssl, sys
address, port, key, chain, files = sys.argv[1:]

class Policies(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        file = os.path.join(files, os.path.basename(self.headers.get("Host", "")))
        known = self.path == "/.well-known/mta-sts.txt" and os.path.isfile(file)
        body = open(file, "rb").read() if known else b"not here"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        posted = os.path.join(files, "posted")
        refused = not os.path.exists(posted)
        if refused:
            os.mkdir(posted)
        else:
            name = f"{len(os.listdir(posted))} {self.headers.get('Content-Type', '').replace('/', ' ')}"
            open(os.path.join(posted, name), "wb").write(body)
        self.send_response(503 if refused else 201)
        self.send_header("Content-Length", "0")
        self.end_headers()

server = http.server.ThreadingHTTPServer((address, int(port)), Policies)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(chain, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"#;

/// A running web server; ends when dropped.
pub struct PolicyWeb {
    files: TempDir,
    _process: Process,
}

impl PolicyWeb {
    /// The port at which it listens.
    pub const PORT: u16 = 8443;

    /// Gives out these policies, each by the name of the host that is asked (`mta-sts.a.test`).
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(at: Ipv4Addr, certificate: &Issued, policies: &[(&str, &str)]) -> Self {
        let files = tempfile::tempdir().expect("temporary directory");
        for (host, policy) in policies {
            std::fs::write(files.path().join(host), policy).expect("a policy");
        }
        let (key, chain) = certificate.files();
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-c", PROGRAM, &at.to_string(), &Self::PORT.to_string()]);
        command.arg(key).arg(chain).arg(files.path());
        command.stderr(std::process::Stdio::null());
        let process = Process::start(&mut command);
        let address = SocketAddr::from((at, Self::PORT));
        until("the web server listens", SOON, || Smtp::listens(address).then_some(()));
        Self { files, _process: process }
    }

    /// What was posted and taken, with its media type.
    pub fn posted(&self) -> Vec<(String, Vec<u8>)> {
        let listed = std::fs::read_dir(self.files.path().join("posted"));
        let files = listed.into_iter().flatten().flatten();
        let mut posted: Vec<(String, Vec<u8>)> = files
            .map(|file| {
                let name = file.file_name().to_string_lossy().into_owned();
                (name, std::fs::read(file.path()).unwrap_or_default())
            })
            .collect();
        posted.sort();
        posted
    }

    /// Whether the first that was posted has been refused.
    pub fn has_refused(&self) -> bool {
        self.files.path().join("posted").exists()
    }
}
