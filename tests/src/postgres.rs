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
    loopback::address,
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
        let mut node = Self::place();
        let data = node.data();
        let initdb = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
        node.tool("initdb", initdb.into_iter().chain(["--username", OWNER, "-D", &data]));
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
        let mut node = Self::place();
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
        let primary = Self::start_with(&[]);
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

    /// How Relais reaches it.
    pub fn connection(&self) -> String {
        Self::connection_to(&[self])
    }

    /// How Relais reaches whichever of these is the primary.
    pub fn connection_to(nodes: &[&Self]) -> String {
        let hosts: Vec<String> = nodes.iter().map(|node| node.at.to_string()).collect();
        let ports = vec![PORT.to_string(); nodes.len()].join(",");
        format!("host={} port={ports} user={RELAIS} dbname={RELAIS}", hosts.join(","))
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

    fn sql_in(&self, user: &str, statement: &str) {
        let output = self.psql(user, OWNER, statement);
        assert!(output.status.success(), "{statement}: {}", said(&output));
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

    /// What it wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    fn place() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let node = Self { at: address(), directory, process: None };
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
        let path = Path::new("/usr/lib/postgresql/15/bin").join(program);
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid", OWNER, "--regid", OWNER, "--clear-groups", "--"]).arg(path);
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
