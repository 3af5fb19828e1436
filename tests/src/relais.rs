//! The program under test: a real `relais serve` with a data directory and an address of its own.

mod administrator;
mod outside;

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

pub use administrator::Problem;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    false_time, loopback,
    namespaces::{Host, NETWORKS, Network, command_on},
    process::{Process, run, said},
    recorder::Recorder,
    wait::{SOON, until},
};

/// The organization's domain.
pub const DOMAIN: &str = "contoso.com";
/// The server's name.
pub const SERVER: &str = "MBX01";
/// The first administrator.
pub const ADMINISTRATOR: &str = "Administrator";
/// His password.
pub const ADMIN_PASSWORD: &str = "an administrator's Secret 1";
/// The password of jean@contoso.com, the sandbox's mailbox.
pub const SANDBOX_PASSWORD: &str = "le Secret de Jean 2";

const DEFAULT_FRONTEND: u16 = 10024;
const SANDBOX_RELAY: u16 = 10025;
const RELAY: u16 = 10026;
const SUBMISSION: u16 = 10587;
const IMPLICIT_TLS: u16 = 10465;
const OUTBOUND_PROXY: u16 = 10717;
const SERVER_TO_SERVER: u16 = 12525;
const ADMIN: u16 = 10443;

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `--sandbox`.
    pub sandbox: bool,
    /// The server's name.
    pub server: &'static str,
    /// The organization's first domain, which the server is in.
    pub domain: &'static str,
    /// The machine's DNS server; the sandbox has its own.
    pub dns: Option<SocketAddr>,
    /// Whether the zones of a signed [`crate::NameServer`] show if that DNS server validates.
    pub shows_validation: bool,
    /// What the built-in validator believes, where that is to validate: records as in a zone file.
    pub trust_anchor: Option<String>,
    /// QueueGlitchRetryCount.
    pub glitch_retry_count: u32,
    /// Whether mail exchangers may be on loopback, where those of the tests are.
    pub loopback_next_hops: bool,
    /// QueueGlitchRetryInterval.
    pub glitch_retry_interval: &'static str,
    /// Authorities trusted besides the machine's.
    pub trusted_ca_files: Vec<PathBuf>,
    /// The port at which MTA-STS policies are fetched, where that is not 443.
    pub policy_port: Option<u16>,
    /// The data directory, where it is not to be beside `relais.toml`.
    pub data: Option<PathBuf>,
    /// Whether its system calls can be made to fail: [`Relais::fault`].
    pub faulty: bool,
    /// Writes down what it does to its spool.
    pub recorder: Option<Recorder>,
    /// The network on which it gets a host of its own; otherwise it has an address on loopback.
    pub network: Option<Network>,
    /// Whether its clock can be set: [`Relais::set_clock`].
    pub false_time: bool,
    /// The socket at which it tells how it is, every 200 ms too, as systemd asks (sd_notify(3)).
    pub supervisor: Option<PathBuf>,
    /// Another program than the one of these tests: an older version's. [`Relais::upgrade`] ends that.
    pub program: Option<PathBuf>,
    /// Further keys of `[delivery]`, then further sections of relais.toml.
    pub toml: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sandbox: false,
            server: SERVER,
            domain: DOMAIN,
            dns: None,
            shows_validation: false,
            trust_anchor: None,
            loopback_next_hops: true,
            glitch_retry_count: 15,
            glitch_retry_interval: "00:00:01",
            trusted_ca_files: Vec::new(),
            policy_port: None,
            data: None,
            faulty: false,
            recorder: None,
            network: None,
            false_time: false,
            supervisor: None,
            program: None,
            toml: "",
        }
    }
}

/// A running server.
pub struct Relais {
    home: TempDir,
    address: Ipv4Addr,
    host: Option<Host>,
    settings: Settings,
    process: Option<Process>,
    welcome: String,
}

impl Relais {
    /// A server with the sandbox's Internet.
    pub fn sandbox() -> Self {
        Self::start(Settings { sandbox: true, ..Settings::default() })
    }

    /// The same; its refusals do not wait, and one source may do as much as it likes.
    pub fn prompt_sandbox() -> Self {
        let relais = Self::sandbox();
        for connector in relais.run("Get-ReceiveConnector", json!({})) {
            let parameters = json!({
                "Identity": connector["Identity"],
                "TarpitInterval": "00:00:00",
                "MaxProtocolErrors": "unlimited",
                "MaxInboundConnectionPerSource": "unlimited",
            });
            relais.run("Set-ReceiveConnector", parameters);
        }
        relais
    }

    /// A server with a relay for everybody on loopback.
    pub fn relaying(settings: Settings) -> Self {
        let relais = Self::start(settings);
        relais.make_relay();
        relais
    }

    /// Starts a server and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn start(settings: Settings) -> Self {
        let mut relais = Self::unstarted(settings);
        relais.resume();
        relais
    }

    /// A server that has its settings and no data yet; [`resume`](Self::resume) starts it.
    ///
    /// # Panics
    /// When its settings cannot be written down.
    pub fn unstarted(settings: Settings) -> Self {
        let home = tempfile::tempdir().expect("temporary directory");
        let host = settings.network.as_ref().map(Network::host);
        let address = host.as_ref().map_or_else(loopback::address, Host::address);
        let relais = Self { home, address, host, settings, process: None, welcome: String::new() };
        fs::write(relais.home.path().join("relais.toml"), relais.toml()).expect("relais.toml");
        if relais.settings.false_time {
            relais.set_clock(0);
        }
        if let Some(anchor) = &relais.settings.trust_anchor {
            fs::write(relais.anchor_file(), anchor).expect("the trust anchor");
        }
        relais
    }

    /// Starts it again after [`kill`](Self::kill) or [`stop`](Self::stop), with the same data.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn resume(&mut self) {
        let mut process = self.launch();
        let output = process.child().stdout.take().expect("piped");
        match wait_for_ready(output) {
            Ok(welcome) => self.welcome = welcome,
            Err(why) => panic!("relais {why}\n{}", self.log()),
        }
        self.process = Some(process);
    }

    /// Starts it, and kills it after `span`, ready or not.
    pub fn start_and_kill(&mut self, span: Duration) {
        let mut process = self.launch();
        std::thread::sleep(span);
        process.kill();
    }

    fn launch(&self) -> Process {
        let log =
            fs::File::options().create(true).append(true).open(self.log_file()).expect("log file");
        let program = self.settings.program.clone().unwrap_or_else(program);
        let mut command = if self.settings.faulty {
            let mut command = command_on(self.host.as_ref(), "fiu-run");
            command.arg("-x").arg("-f").arg(self.home.path().join("fiu")).arg(program);
            command
        } else if self.settings.false_time {
            let environment = false_time::environment(&self.clock_file());
            let mut command = command_on(self.host.as_ref(), &environment[0]);
            command.args(&environment[1..]).arg(program);
            command
        } else {
            command_on(self.host.as_ref(), program)
        };
        command.arg("serve").arg("--config").arg(self.home.path().join("relais.toml"));
        command.arg("--data").arg(self.data());
        if self.settings.sandbox {
            command.arg("--sandbox");
        }
        command
            .env("RELAIS_ADMIN_PASSWORD", ADMIN_PASSWORD)
            .env("RELAIS_SANDBOX_PASSWORD", SANDBOX_PASSWORD);
        if let Some(socket) = &self.settings.supervisor {
            command.env("NOTIFY_SOCKET", socket).env("WATCHDOG_USEC", "600000");
        }
        if let Some(recorder) = &self.settings.recorder {
            recorder.attach(&mut command, &self.data().join("spool"));
        }
        command.stdout(Stdio::piped()).stderr(log);
        Process::start(&mut command)
    }

    /// Is of the version of these tests from its next start on.
    pub fn upgrade(&mut self) {
        self.settings.program = None;
    }

    /// Tells libfiu in the running program what is to fail, as in
    /// `enable name=posix/io/sync/fsync,failinfo=5`.
    ///
    /// # Panics
    /// When it does not listen.
    pub fn fault(&self, command: &str) {
        let home = self.home.path().join("fiu");
        let output = Command::new("fiu-ctrl")
            .arg("-f")
            .arg(home)
            .args(["-c", command, &self.process_id().to_string()])
            .output()
            .expect("fiu-ctrl");
        assert!(output.status.success() && output.stdout.is_empty(), "{}", said(&output));
    }

    /// Sets its clock ahead by so many seconds against the machine's, or back ([`Settings::false_time`]).
    pub fn set_clock(&self, seconds: i64) {
        false_time::set(&self.clock_file(), seconds);
    }

    fn clock_file(&self) -> PathBuf {
        self.home.path().join("clock")
    }

    /// SIGSTOP: it stops where it is, until [`go_on`](Self::go_on).
    pub fn halt(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = run("kill", [signal, &self.process_id().to_string()]).expect("kill");
        assert!(sent.status.success(), "kill {signal}: {}", said(&sent));
    }

    /// Whether it runs, as far as the machine knows.
    pub fn runs(&self) -> bool {
        self.process.is_some()
    }

    /// Its host, when it has one of its own.
    ///
    /// # Panics
    /// When it has none.
    pub fn host(&self) -> &Host {
        self.host.as_ref().expect("a host of its own")
    }

    /// Its address.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// SIGTERM, as the service manager does.
    ///
    /// # Panics
    /// When it takes longer than half a minute or ends with an error.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let status = process.terminate(Duration::from_secs(30));
            assert!(status.success(), "relais ended with {status}\n{}", self.log());
        }
    }

    /// Waits until it has ended by itself, well.
    ///
    /// # Panics
    /// When it does not, or with an error.
    pub fn wait_for_end(&mut self) {
        let mut process = self.process.take().expect("running");
        let status = until("relais ends by itself", SOON, || process.ended());
        assert!(status.success(), "relais ended with {status}\n{}", self.log());
    }

    /// Has `relais` do something that is not `serve`, with these variables: exit status and both outputs.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
        let output = Command::new(program())
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("relais");
        (output.status.success(), said(&output))
    }

    /// What it printed until it was ready.
    pub fn welcome(&self) -> &str {
        &self.welcome
    }

    /// What it logs.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Its process number.
    ///
    /// # Panics
    /// When it does not run.
    pub fn process_id(&self) -> u32 {
        self.process.as_ref().expect("running").id()
    }

    fn log_file(&self) -> PathBuf {
        self.home.path().join("log")
    }

    /// Its settings, relais.toml.
    pub fn config(&self) -> PathBuf {
        self.home.path().join("relais.toml")
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.settings.data.clone().unwrap_or_else(|| self.home.path().join("data"))
    }

    /// The certificate of the organization's authority.
    pub fn authority(&self) -> PathBuf {
        self.data().join("keys/authority.pem")
    }

    fn anchor_file(&self) -> PathBuf {
        self.home.path().join("anchor.key")
    }

    fn toml(&self) -> String {
        let at = |port: u16| format!("{}:{port}", self.address);
        let dns =
            self.settings.dns.map_or_else(String::new, |dns| format!("servers = [\"{dns}\"]\n"));
        let probes = match self.settings.shows_validation {
            true => {
                "signed_name = \"test\"\nunsigned_name = \"plain.test\"\nbogus_name = \"bogus.test\"\n"
            }
            false => "",
        };
        let validator = match &self.settings.trust_anchor {
            Some(_) => {
                format!("validator = \"built-in\"\ntrust_anchor_file = {:?}\n", self.anchor_file())
            }
            None => String::new(),
        };
        format!(
            "domain = \"{}\"\nserver = \"{}\"\norganization = \"Contoso\"\n\
             [listen]\n\
             default_frontend = [\"{}\"]\n\
             client_frontend = [\"{}\"]\n\
             client_frontend_implicit_tls = [\"{}\"]\n\
             outbound_proxy = [\"{}\"]\n\
             server_to_server = [\"{}\"]\n\
             sandbox_relay = [\"{}\"]\n\
             admin = \"{}\"\n\
             [dns]\n\
             {dns}{probes}{validator}\
             [queue]\n\
             glitch_retry_count = {}\n\
             glitch_retry_interval = \"{}\"\n\
             mailbox_delivery_queue_retry_interval = \"00:00:01\"\n\
             [tls]\n\
             trusted_ca_files = {:?}\n\
             mta_sts_port = {}\n\
             [delivery]\n\
             loopback_next_hops = {}\n\
             {}\n",
            self.settings.domain,
            self.settings.server,
            at(DEFAULT_FRONTEND),
            at(SUBMISSION),
            at(IMPLICIT_TLS),
            at(OUTBOUND_PROXY),
            at(SERVER_TO_SERVER),
            at(SANDBOX_RELAY),
            at(ADMIN),
            self.settings.glitch_retry_count,
            self.settings.glitch_retry_interval,
            self.settings.trusted_ca_files,
            self.settings.policy_port.unwrap_or(443),
            self.settings.loopback_next_hops,
            self.settings.toml,
        )
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.settings.server
    }

    /// Its name in the network.
    pub fn fqdn(&self) -> String {
        format!("{}.{}", self.settings.server.to_lowercase(), self.settings.domain)
    }

    fn at(&self, port: u16) -> SocketAddr {
        SocketAddr::from((self.address, port))
    }

    /// Default Frontend: as the Internet sees us.
    pub fn front(&self) -> SocketAddr {
        self.at(DEFAULT_FRONTEND)
    }

    /// Client Frontend: submission with STARTTLS.
    pub fn submission(&self) -> SocketAddr {
        self.at(SUBMISSION)
    }

    /// Client Frontend: submission with TLS from the start.
    pub fn implicit_tls(&self) -> SocketAddr {
        self.at(IMPLICIT_TLS)
    }

    /// The sandbox's relay, or the one of [`relaying`](Self::relaying).
    pub fn relay(&self) -> SocketAddr {
        self.at(if self.settings.sandbox { SANDBOX_RELAY } else { RELAY })
    }

    /// Default: for other servers only.
    pub fn server_to_server(&self) -> SocketAddr {
        self.at(SERVER_TO_SERVER)
    }

    /// Outbound Proxy Frontend.
    pub fn outbound_proxy(&self) -> SocketAddr {
        self.at(OUTBOUND_PROXY)
    }

    /// Management.
    pub fn url(&self) -> String {
        format!("https://{}", self.at(ADMIN))
    }

    /// Makes a Receive connector on a port of its own.
    pub fn receive_connector(&self, name: &str, port: u16, settings: Value) -> SocketAddr {
        let mut parameters = json!({
            "Name": name,
            "Custom": true,
            "Bindings": [self.at(port).to_string()],
            "RemoteIPRanges": ["127.0.0.0/8", NETWORKS],
            "PermissionGroups": "AnonymousUsers",
            "TarpitInterval": "00:00:00",
        });
        for (key, value) in settings.as_object().into_iter().flatten() {
            parameters[key.as_str()] = value.clone();
        }
        self.run("New-ReceiveConnector", parameters);
        let address = self.at(port);
        until("the new Receive connector listens", SOON, || {
            crate::smtp::Smtp::listens(address).then_some(())
        });
        address
    }

    /// Makes the relay of [`relaying`](Self::relaying).
    pub fn make_relay(&self) {
        let rights = [
            "ms-Exch-SMTP-Accept-Any-Recipient",
            "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
        ];
        self.receive_connector(
            "Relay",
            RELAY,
            json!({
                "ExtendedRights": rights,
                "MaxInboundConnectionPerSource": "unlimited",
                "MaxInboundConnectionPercentagePerSource": 100,
            }),
        );
    }
}

impl Drop for Relais {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.char_indices().rev().nth(8000).map_or(0, |(i, _)| i);
            eprintln!("--- the end of relais's log\n{}", &log[from..]);
        }
    }
}

/// Reads until the line `ready`; what came before it. Later output is read and dropped.
fn wait_for_ready(output: impl std::io::Read + Send + 'static) -> Result<String, &'static str> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut welcome = String::new();
    loop {
        match lines.recv_timeout(Duration::from_secs(60)) {
            Ok(line) if line == "ready" => return Ok(welcome),
            Ok(line) => {
                welcome.push_str(&line);
                welcome.push('\n');
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err("ended before it was ready"),
            Err(mpsc::RecvTimeoutError::Timeout) => return Err("was not ready within a minute"),
        }
    }
}

/// The binary that was built with these tests: in the same target directory. `RELAIS_BINARY` names
/// another.
///
/// # Panics
/// When it has not been built.
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("RELAIS_BINARY") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("this test's own path");
    let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps");
    let path = profile.join("relais");
    assert!(path.exists(), "{} is not built: cargo build -p relais", path.display());
    path
}
