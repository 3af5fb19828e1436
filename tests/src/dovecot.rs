//! Dovecot as who decides about passwords: the SASL service behind a Postfix that asks for a
//! sign-in. It has a configuration, users and directories of its own; like Postfix it needs root.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;

use crate::{
    process::{Process, privileged},
    wait::{SOON, until},
};

/// A running Dovecot that authenticates and does nothing else.
pub struct Dovecot {
    directory: TempDir,
    _master: Process,
}

impl Dovecot {
    /// Knows these users with their passwords; offers SCRAM-SHA-256, CRAM-MD5, PLAIN and LOGIN.
    ///
    /// # Panics
    /// When there is neither root nor sudo, when Dovecot is not there (tests/setup), or when it
    /// does not start.
    pub fn start(users: &[(&str, &str)]) -> Self {
        Self::with(users, None)
    }

    /// Asks this address, with an access token behind it, whose token it is; offers XOAUTH2 and
    /// OAUTHBEARER and nothing else.
    ///
    /// # Panics
    /// As above.
    pub fn for_tokens(information_url: &str) -> Self {
        Self::with(&[], Some(information_url))
    }

    fn with(users: &[(&str, &str)], information_url: Option<&str>) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path();
        // Postfix's and Dovecot's daemons are other users and must get through.
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
        let line = |(user, password): &(&str, &str)| format!("{user}:{{PLAIN}}{password}\n");
        fs::write(path.join("users"), users.iter().map(line).collect::<String>()).expect("users");
        fs::write(path.join("oauth2.conf"), oauth2(information_url)).expect("oauth2.conf");
        let how = if information_url.is_some() { Passwords::Tokens } else { Passwords::Users };
        fs::write(path.join("dovecot.conf"), settings(path, &how)).expect("dovecot.conf");
        let mut command = privileged("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(path.join("dovecot.conf"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let master = Process::start(&mut command);
        let dovecot = Self { directory, _master: master };
        until("Dovecot answers", SOON, || {
            std::os::unix::net::UnixStream::connect(dovecot.socket()).is_ok().then_some(())
        });
        dovecot
    }

    /// The lines of Postfix's main.cf that ask this Dovecot, offer these mechanisms of it
    /// (`login`, …; all when empty), and take mail from nobody who has not signed in.
    pub fn for_postfix(&self, mechanisms: &str) -> String {
        let filter = if mechanisms.is_empty() { "static:all" } else { mechanisms };
        format!(
            "smtpd_sasl_auth_enable = yes\n\
             smtpd_sasl_type = dovecot\n\
             smtpd_sasl_path = {}\n\
             smtpd_sasl_mechanism_filter = {filter}\n\
             smtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
            self.socket().display()
        )
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("auth")
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let path = self.directory.path();
        if std::thread::panicking() {
            eprintln!(
                "--- Dovecot's log\n{}",
                fs::read_to_string(path.join("log")).unwrap_or_default()
            );
        }
        // Its master asks its daemons to end; nobody needs to wait for that.
        let master = fs::read_to_string(path.join("run/master.pid")).unwrap_or_default();
        let _ = privileged("kill").arg(master.trim()).output();
        // What its own users made is not ours to remove without root.
        let _ = privileged("rm").arg("-rf").arg(path.join("run")).arg(path.join("state")).output();
    }
}

/// Who knows what lets a user in.
enum Passwords {
    /// A file.
    Users,
    /// A token endpoint.
    Tokens,
}

fn oauth2(information_url: Option<&str>) -> String {
    format!(
        "tokeninfo_url = {}\nusername_attribute = username\n",
        information_url.unwrap_or("http://127.0.0.1:1/")
    )
}

/// Without the growing delay after wrong passwords, which are what some tests are about.
fn settings(directory: &Path, passwords: &Passwords) -> String {
    let path = directory.display();
    let (mechanisms, passdb) = match passwords {
        Passwords::Users => (
            "scram-sha-256 cram-md5 plain login",
            format!("driver = passwd-file\n  args = username_format=%u {path}/users"),
        ),
        Passwords::Tokens => (
            "oauthbearer xoauth2",
            format!(
                "driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {path}/oauth2.conf"
            ),
        ),
    };
    format!(
        "base_dir = {path}/run\n\
         state_dir = {path}/state\n\
         log_path = {path}/log\n\
         protocols =\n\
         ssl = no\n\
         disable_plaintext_auth = no\n\
         auth_mechanisms = {mechanisms}\n\
         auth_failure_delay = 0\n\
         passdb {{\n  {passdb}\n}}\n\
         service anvil {{\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n\
         userdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home=/nonexistent\n}}\n\
         service auth {{\n  unix_listener {path}/auth {{\n    mode = 0666\n  }}\n}}\n"
    )
}
