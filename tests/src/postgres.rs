//! PostgreSQL from Debian, as the engine that several servers share: one node, or a primary with standbys
//! that are made from it. Each has a loopback address of its own and the usual port; a node can be killed,
//! promoted, halted and started again.

use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::{
    false_time,
    loopback::address,
    namespaces::{Host, NETWORKS, Network, command_on},
    process::{Process, is_root, run, said},
    wait::{SOON, until},
};

const PORT: u16 = 5432;
/// Who owns what the nodes write; PostgreSQL refuses to run as root.
const OWNER: &str = "postgres";
/// The user and the database of Relais.
const RELAIS: &str = "relais";

/// One node.
pub struct Postgres {
    at: Ipv4Addr,
    host: Option<Host>,
    has_false_time: bool,
    directory: TempDir,
    process: Option<Process>,
}

impl Postgres {
    /// Starts a single node, quick and careless: it does not sync.
    ///
    /// # Panics
    /// When Debian's package postgresql is not there (tests/setup), or does not start.
    pub fn start() -> Self {
        Self::start_with(&["fsync=off", "full_page_writes=off"])
    }

    /// Starts a single node with these settings (`name=value`).
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn start_with(settings: &[&str]) -> Self {
        Self::begin(Self::place(None), settings)
    }

    /// The same on a host of its own.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn start_on(network: &Network, settings: &[&str]) -> Self {
        Self::begin(Self::place(Some(network)), settings)
    }

    /// The same with a clock that can be set ([`Postgres::set_clock`]).
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn with_false_time() -> Self {
        let mut node = Self::place(None);
        node.has_false_time = true;
        node.set_clock(0);
        Self::begin(node, &["fsync=off", "full_page_writes=off"])
    }

    fn begin(mut node: Self, settings: &[&str]) -> Self {
        let data = node.data();
        let initdb = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
        node.tool("initdb", initdb.into_iter().chain(["--username", OWNER, "-D", &data]));
        let who = fs::read_to_string(node.file("data/pg_hba.conf")).expect("pg_hba.conf");
        let more =
            format!("host all all {NETWORKS} trust\nhost replication all {NETWORKS} trust\n");
        node.write("data/pg_hba.conf", &(who + &more));
        node.set(settings);
        node.revive();
        node.sql_in(OWNER, &format!("CREATE ROLE {RELAIS} LOGIN"));
        node.sql_in(OWNER, &format!("CREATE DATABASE {RELAIS} OWNER {RELAIS}"));
        node
    }

    /// Starts a standby of `primary` that calls itself `name` there.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn standby_of(primary: &Self, name: &str) -> Self {
        let mut node = Self::place(primary.host.as_ref().map(Host::network));
        let (host, port) = (primary.at.to_string(), PORT.to_string());
        let data = node.data();
        let from = ["-h", &host, "-p", &port, "-U", OWNER, "-D", &data];
        let how = ["-X", "stream", "-c", "fast", "--no-sync", "-C", "-S", name];
        node.tool("pg_basebackup", from.into_iter().chain(how));
        node.set(&["synchronous_standby_names="]);
        node.follow(primary, name);
        node.revive();
        node
    }

    /// A primary with two standbys, of which one at least has whatever is committed: what `relais cluster
    /// check` calls redundant. They sync as they do in production.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn trio() -> [Self; 3] {
        Self::three(Self::start_with(&[]))
    }

    /// The same on hosts of their own.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn trio_on(network: &Network) -> [Self; 3] {
        Self::three(Self::start_on(network, &[]))
    }

    fn three(primary: Self) -> [Self; 3] {
        let standbys = ["s1", "s2"].map(|name| Self::standby_of(&primary, name));
        primary.want_standbys("ANY 1 (s1, s2)");
        let [first, second] = standbys;
        [primary, first, second]
    }

    /// Has commits wait for these standbys from now on.
    ///
    /// # Panics
    /// When it refuses.
    pub fn want_standbys(&self, names: &str) {
        self.sql_in(OWNER, &format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'"));
        self.sql_in(OWNER, "SELECT pg_reload_conf()");
    }

    /// Has commits wait for a standby that is not there, which they do when this returns.
    ///
    /// # Panics
    /// When it refuses.
    pub fn want_missing_standby(&self, name: &str) {
        self.want_standbys(&format!("ANY 1 ({name})"));
        // Settings count when each of its processes has read them; no one of them says so.
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE application_name = 'probe' AND wait_event = 'SyncRep'";
        let mut probe = self.probe();
        until("commits wait", SOON, || {
            if self.sql_in(OWNER, end) == "1" {
                return Some(());
            }
            if probe.ended().is_some() {
                probe = self.probe();
            }
            None
        });
    }

    /// A commit that nobody has a use for.
    fn probe(&self) -> Process {
        let (host, port) = (self.at.to_string(), PORT.to_string());
        let commit = "SELECT pg_logical_emit_message(true, 'probe', '')";
        Process::start(
            Command::new("psql")
                .args(["-h", &host, "-p", &port, "-U", OWNER, "-d", OWNER, "-X", "-c", commit])
                .env("PGAPPNAME", "probe")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )
    }

    /// How Relais reaches it.
    pub fn connection(&self) -> String {
        Self::connection_to(&[self])
    }

    /// How Relais reaches whichever of these is the primary.
    pub fn connection_to(nodes: &[&Self]) -> String {
        let hosts: Vec<String> = nodes.iter().map(|node| node.at.to_string()).collect();
        let ports = vec![PORT.to_string(); nodes.len()].join(",");
        // Nothing protects the way, where it is one.
        let plain =
            if nodes.iter().any(|node| node.host.is_some()) { " sslmode=disable" } else { "" };
        format!("host={} port={ports} user={RELAIS} dbname={RELAIS}{plain}", hosts.join(","))
    }

    /// Whether it answers and is no standby.
    pub fn is_primary(&self) -> bool {
        let asked = self.psql(RELAIS, RELAIS, "SELECT pg_is_in_recovery()");
        asked.status.success() && String::from_utf8_lossy(&asked.stdout).trim() == "f"
    }

    /// How far a standby has what its primary wrote, in bytes.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn received(&self) -> u64 {
        let lsn = "SELECT pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), '0/0'), '0/0')";
        self.sql(lsn).parse().expect("a number")
    }

    /// Its address.
    pub fn address(&self) -> Ipv4Addr {
        self.at
    }

    /// Asks Relais's database; rows in lines, columns apart by `|`.
    ///
    /// # Panics
    /// When it refuses.
    pub fn sql(&self, statement: &str) -> String {
        let output = self.psql(RELAIS, RELAIS, statement);
        assert!(output.status.success(), "{statement}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Has its administrator do something.
    ///
    /// # Panics
    /// When it refuses.
    pub fn administer(&self, statement: &str) {
        self.sql_in(OWNER, statement);
    }

    /// The same as its administrator.
    ///
    /// # Panics
    /// When it refuses.
    pub fn sql_as_owner(&self, statement: &str) -> String {
        self.sql_in(OWNER, statement)
    }

    fn sql_in(&self, user: &str, statement: &str) -> String {
        let output = self.psql(user, OWNER, statement);
        assert!(output.status.success(), "{statement}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn psql(&self, user: &str, database: &str, statement: &str) -> Output {
        let (host, port) = (self.at.to_string(), PORT.to_string());
        let whom = ["-h", &host, "-p", &port, "-U", user, "-d", database];
        let how = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement];
        run("psql", whom.into_iter().chain(how)).expect("psql")
    }

    /// SIGKILL, to it and to all of its processes.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        self.signal("-KILL");
        process.kill();
        // Those it left behind end by themselves; a start before that fails.
        until("the node's processes are gone", SOON, || {
            let ids = fs::read_to_string(self.file("processes")).unwrap_or_default();
            let lives = |id: &str| Path::new("/proc").join(id).exists();
            (!ids.split_whitespace().any(lives)).then_some(())
        });
        let _ = fs::remove_file(self.file("data/postmaster.pid"));
    }

    /// Stops all of its processes where they are, until [`Postgres::go_on`].
    pub fn halt(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    /// Sends a signal to the node and its children, and notes who they were.
    fn signal(&self, signal: &str) {
        let text = fs::read_to_string(self.file("data/postmaster.pid")).unwrap_or_default();
        let Some(main) = text.lines().next().map(str::trim).filter(|id| !id.is_empty()) else {
            return;
        };
        let children = run("pgrep", ["-P", main]).map(|o| said(&o)).unwrap_or_default();
        let all: Vec<&str> = std::iter::once(main).chain(children.split_whitespace()).collect();
        fs::write(self.file("processes"), all.join(" ")).expect("processes");
        let _ = run("kill", std::iter::once(signal).chain(all));
    }

    /// An orderly end.
    ///
    /// # Panics
    /// When it does not end.
    pub fn stop(&mut self) {
        let data = self.data();
        self.tool("pg_ctl", ["stop", "-m", "fast", "-w", "-D", &data]);
        self.process = None;
    }

    /// Starts it again, with what it has on its disk.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn revive(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.file("log"));
        let log = log.expect("log");
        let mut command = self.owned("postgres");
        command.args(["-D", &self.data()]).args(["-c", &format!("listen_addresses={}", self.at)]);
        command.args(["-c", "unix_socket_directories=", "-c", &format!("port={PORT}")]);
        let errors = log.try_clone().expect("log");
        self.process = Some(Process::start(command.stdout(log).stderr(errors)));
        let (host, port) = (self.at.to_string(), PORT.to_string());
        until("the node answers", SOON, || {
            let asked = run("pg_isready", ["-q", "-h", &host, "-p", &port]).ok()?;
            asked.status.success().then_some(())
        });
    }

    /// Makes a standby the primary. As its administrator's tools do, it is told which standbys it has then.
    ///
    /// # Panics
    /// When it is none.
    pub fn promote(&self, standbys: &str) {
        let data = self.data();
        self.tool("pg_ctl", ["promote", "-w", "-D", &data]);
        self.want_standbys(standbys);
    }

    /// Follows another primary from its next start on, by the slot `name`, which is made there.
    ///
    /// # Panics
    /// When that cannot be written down.
    pub fn follow(&self, primary: &Self, name: &str) {
        let made = format!(
            "SELECT pg_create_physical_replication_slot('{name}') WHERE NOT EXISTS (SELECT 1 FROM \
             pg_replication_slots WHERE slot_name = '{name}')"
        );
        primary.sql_in(OWNER, &made);
        let from = format!(
            "primary_conninfo=host={} port={PORT} user={OWNER} application_name={name}",
            primary.at
        );
        self.set(&[&from, &format!("primary_slot_name={name}")]);
        self.write("data/standby.signal", "");
    }

    /// Sets its clock ahead by so many seconds against the machine's, or back ([`Postgres::with_false_time`]).
    pub fn set_clock(&self, seconds: i64) {
        false_time::set(&self.file("clock"), seconds);
    }

    /// Keeps what is on its disk as a backup, in place of an earlier one; it must be stopped.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub fn back_up(&self) {
        assert!(self.process.is_none(), "it runs");
        self.copy("data", "backup");
    }

    /// Puts the backup in the place of what is on its disk; it must be stopped, or killed.
    ///
    /// # Panics
    /// When there is none.
    pub fn restore(&self) {
        assert!(self.process.is_none(), "it runs");
        self.copy("backup", "data");
    }

    fn copy(&self, from: &str, to: &str) {
        let (from, to) = (self.file(from), self.file(to));
        let _ = fs::remove_dir_all(&to);
        let copied = run("cp", ["-a", &from.display().to_string(), &to.display().to_string()]);
        assert!(
            copied.is_ok_and(|output| output.status.success()),
            "the copy of {}",
            from.display()
        );
    }

    /// Stops the process of a standby that takes what its primary writes, until [`Postgres::go_on`]: it lags, and
    /// answers.
    ///
    /// # Panics
    /// When there is none.
    pub fn halt_receiver(&self) {
        let receiver = self.sql_in(OWNER, "SELECT pid FROM pg_stat_wal_receiver");
        let sent = run("kill", ["-STOP", &receiver]).expect("kill");
        assert!(sent.status.success(), "no receiver: {}", said(&sent));
        fs::write(self.file("receiver"), receiver).expect("receiver");
    }

    /// Ends the process that [`Postgres::halt_receiver`] stopped, with what it had not written.
    ///
    /// # Panics
    /// When there is none.
    pub fn end_receiver(&self) {
        let receiver = fs::read_to_string(self.file("receiver")).expect("a receiver was halted");
        let _ = run("kill", ["-TERM", &receiver]);
        let _ = run("kill", ["-CONT", &receiver]);
    }

    /// Its host, when it has one of its own.
    ///
    /// # Panics
    /// When it has none.
    pub fn host(&self) -> &Host {
        self.host.as_ref().expect("a host of its own")
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    fn place(network: Option<&Network>) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let host = network.map(Network::host);
        let at = host.as_ref().map_or_else(address, Host::address);
        let node = Self { at, host, has_false_time: false, directory, process: None };
        if is_root() {
            own(node.directory.path());
        }
        node
    }

    /// Adds settings (`name=value`) to its file; the last of a name counts.
    fn set(&self, settings: &[&str]) {
        let path = self.file("data/postgresql.auto.conf");
        let mut text = fs::read_to_string(&path).unwrap_or_default();
        for setting in settings {
            let (name, value) = setting.split_once('=').expect("name=value");
            text.push_str(&format!("{name} = '{value}'\n"));
        }
        self.write("data/postgresql.auto.conf", &text);
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.file(name);
        fs::write(&path, text).expect("a file of the node");
        if is_root() {
            own(&path);
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn data(&self) -> String {
        self.file("data").display().to_string()
    }

    /// A program of PostgreSQL's, as whoever may run it.
    fn owned(&self, program: &str) -> Command {
        let mut words: Vec<String> = Vec::new();
        if is_root() {
            let other = ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups", "--"];
            words.extend(other.map(str::to_owned));
        }
        if self.has_false_time && program == "postgres" {
            words.extend(false_time::environment(&self.file("clock")));
        }
        words.push(format!("/usr/lib/postgresql/15/bin/{program}"));
        let mut command = command_on(self.host.as_ref(), &words[0]);
        command.args(&words[1..]);
        command
    }

    fn tool<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a str>) {
        let mut command = self.owned(program);
        command.args(arguments).current_dir("/").stdin(Stdio::null());
        let output = command.output().expect("PostgreSQL is installed");
        assert!(output.status.success(), "{program}: {}", said(&output));
    }
}

/// Gives a file to the nodes' owner.
fn own(path: &Path) {
    let owner = format!("{OWNER}:{OWNER}");
    let given = run("chown", [owner.as_str(), &path.display().to_string()]).expect("chown");
    assert!(given.status.success(), "{}", said(&given));
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.char_indices().rev().nth(3000).map_or(0, |(i, _)| i);
            eprintln!("--- the end of PostgreSQL's log at {}\n{}", self.at, &log[from..]);
        }
        self.go_on();
        self.kill();
    }
}
