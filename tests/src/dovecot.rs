//! Dovecot as who decides about passwords, the SASL service behind a Postfix that asks for a
//! sign-in, and as who has mailboxes, which it is given by LMTP. It has a configuration, users and directories of its own; like
//! Postfix it needs root.

use std::{
    fs,
    net::SocketAddr,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;

use crate::{
    process::{Process, privileged, said},
    wait::{SOON, until},
};

/// A Dovecot that authenticates, or has mailboxes.
pub struct Dovecot {
    directory: TempDir,
    master: Option<Process>,
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
        let mut dovecot = Self { directory, master: None };
        dovecot.resume();
        dovecot
    }

    /// Has the mailboxes of these users, by their addresses; with each what it may hold, such as `20K`, if
    /// that is limited. Takes mail by LMTP at [`lmtp_socket`](Self::lmtp_socket), and at `port` where one is
    /// given. Where `full_is_temporary` a full mailbox is asked for again. [`resume`](Self::resume) starts it.
    ///
    /// # Panics
    /// When its files cannot be written.
    pub fn with_mailboxes(
        users: &[(&str, Option<&str>)],
        port: Option<SocketAddr>,
        full_is_temporary: bool,
    ) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
        let line = |(user, quota): &(&str, Option<&str>)| {
            let rule = quota.map(|size| format!("userdb_quota_rule=*:storage={size}"));
            format!("{user}:{{PLAIN}}x::::::{}\n", rule.unwrap_or_default())
        };
        fs::write(path.join("users"), users.iter().map(line).collect::<String>()).expect("users");
        let mail = path.join("mail");
        fs::create_dir(&mail).expect("mail");
        // Whose they are is Dovecot's business: `nobody`.
        fs::set_permissions(&mail, fs::Permissions::from_mode(0o777)).expect("permissions");
        let settings = mailbox_settings(path, port, full_is_temporary);
        fs::write(path.join("dovecot.conf"), settings).expect("dovecot.conf");
        Self { directory, master: None }
    }

    /// Starts it, also again after [`stop`](Self::stop).
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume(&mut self) {
        let mut command = privileged("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(self.directory.path().join("dovecot.conf"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.master = Some(Process::start(&mut command));
        until("Dovecot answers", SOON, || {
            let sockets = [self.socket(), self.lmtp_socket()];
            sockets.iter().any(|path| UnixStream::connect(path).is_ok()).then_some(())
        });
    }

    /// Ends it; its mailboxes stay.
    ///
    /// # Panics
    /// When it does not end.
    pub fn stop(&mut self) {
        let Some(mut master) = self.master.take() else { return };
        self.ask_to_end();
        until("Dovecot ends", SOON, || master.ended());
    }

    /// The Unix socket at which it takes mail.
    pub fn lmtp_socket(&self) -> PathBuf {
        self.directory.path().join("lmtp")
    }

    /// The messages in a mailbox as its files are, with the line ends of mail.
    ///
    /// # Panics
    /// When there is neither root nor sudo.
    pub fn messages(&self, user: &str) -> Vec<String> {
        let mail = self.directory.path().join("mail");
        // Dovecot moves files meanwhile: one that is gone is looked at next time, under its new name.
        let _ = privileged("chmod").arg("-R").arg("a+rX").arg(&mail).output().expect("chmod");
        let files = ["new", "cur"].map(|part| fs::read_dir(mail.join(user).join(part)));
        let files =
            files.into_iter().flatten().flatten().filter_map(|file| Some(file.ok()?.path()));
        // It keeps lines as Unix does.
        let text = |file| Some(fs::read_to_string(file).ok()?.replace('\n', "\r\n"));
        files.filter_map(text).collect()
    }

    /// Takes everything out of a mailbox, as its user would.
    ///
    /// # Panics
    /// When Dovecot does not do it.
    pub fn empty(&self, user: &str) {
        let mut command = privileged("/usr/bin/doveadm");
        command.arg("-c").arg(self.directory.path().join("dovecot.conf"));
        let emptied = command.args(["expunge", "-u", user, "mailbox", "INBOX", "all"]).output();
        let emptied = emptied.expect("doveadm");
        assert!(emptied.status.success(), "doveadm: {}", said(&emptied));
    }

    fn ask_to_end(&self) {
        let pid = self.directory.path().join("run/master.pid");
        let master = fs::read_to_string(pid).unwrap_or_default();
        let _ = privileged("kill").arg(master.trim()).output();
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
        if self.master.is_some() {
            // Its master asks its daemons to end; nobody needs to wait for that.
            self.ask_to_end();
        }
        // What its own users made is not ours to remove without root.
        let made = ["run", "state", "mail"].map(|name| path.join(name));
        let _ = privileged("rm").arg("-rf").args(made).output();
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

/// LMTP and nothing else, into Maildirs with quotas; a user's mailbox is known by his address.
fn mailbox_settings(directory: &Path, port: Option<SocketAddr>, full_is_temporary: bool) -> String {
    let path = directory.display();
    let port = port.map_or_else(String::new, |at| {
        format!(
            "  inet_listener lmtp {{\n    address = {}\n    port = {}\n  }}\n",
            at.ip(),
            at.port()
        )
    });
    let tempfail = if full_is_temporary { "yes" } else { "no" };
    format!(
        "base_dir = {path}/run\n\
         state_dir = {path}/state\n\
         log_path = {path}/log\n\
         protocols = lmtp\n\
         ssl = no\n\
         mail_location = maildir:{path}/mail/%u\n\
         mail_uid = nobody\n\
         mail_gid = nogroup\n\
         mail_plugins = quota\n\
         quota_full_tempfail = {tempfail}\n\
         plugin {{\n  quota = maildir:User quota\n  quota_grace = 0\n}}\n\
         passdb {{\n  driver = passwd-file\n  args = username_format=%u {path}/users\n}}\n\
         userdb {{\n  driver = passwd-file\n  args = username_format=%u {path}/users\n  \
         default_fields = home={path}/mail/%u\n}}\n\
         service stats {{\n  unix_listener stats-writer {{\n    mode = 0666\n  }}\n}}\n\
         protocol lmtp {{\n  postmaster_address = postmaster@contoso.com\n}}\n\
         service lmtp {{\n  unix_listener {path}/lmtp {{\n    mode = 0666\n  }}\n{port}}}\n"
    )
}
