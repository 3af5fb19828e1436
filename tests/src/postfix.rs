//! Postfix as a real destination: an instance of its own with its own spool, on an address of its
//! own, that takes mail for some domains into one Maildir. Postfix starts as root only; where the
//! tests are not root they go through sudo.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    process::{Process, is_root, privileged, run, said},
    smtp::Smtp,
    wait::{SOON, until},
};

/// A running Postfix.
pub struct Postfix {
    directory: TempDir,
    address: SocketAddr,
    _master: Process,
}

impl Postfix {
    /// Starts an instance that takes mail for `domains` and offers STARTTLS with a certificate of
    /// its own making.
    ///
    /// # Panics
    /// When there is neither root nor sudo, when Postfix is not there (tests/setup), or when it does
    /// not start.
    pub fn start(at: Ipv4Addr, port: u16, domains: &[&str]) -> Self {
        Self::with(at, port, domains, "smtpd_tls_security_level = may\n")
    }

    /// The same with further lines of main.cf.
    ///
    /// # Panics
    /// As above.
    pub fn with(at: Ipv4Addr, port: u16, domains: &[&str], extra: &str) -> Self {
        Self::listening(domains, extra, &[(SocketAddr::from((at, port)), "")])
    }

    /// One instance that listens at several addresses, each with lines of main.cf of its own: what
    /// takes Postfix long is to start.
    ///
    /// # Panics
    /// As above.
    pub fn listening(domains: &[&str], extra: &str, listeners: &[(SocketAddr, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let address = listeners.first().expect("a listener").0;
        prepare(directory.path(), listeners, domains, extra);
        let mut command = privileged("/usr/sbin/postfix");
        command.arg("-c").arg(directory.path().join("conf")).arg("start-fg");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let master = Process::start(&mut command);
        let postfix = Self { directory, address, _master: master };
        for (address, _) in listeners {
            until("Postfix listens", SOON, || Smtp::listens(*address).then_some(()));
        }
        postfix
    }

    /// Where it listens; the first of several.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The messages in its Maildir. Postfix keeps lines with LF and adds `Return-Path`,
    /// `X-Original-To` and `Delivered-To` at the top.
    pub fn messages(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.directory.path().join("mail/box/new")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = files.filter_map(|f| f.ok().map(|f| f.path())).collect();
        paths.sort();
        let text = |path: PathBuf| {
            fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        paths.into_iter().filter_map(|path| text(path).ok()).collect()
    }

    /// Waits for the `number`th message; all of them.
    pub fn wait_for(&self, number: usize, limit: Duration) -> Vec<String> {
        until(&format!("message {number} in Postfix's Maildir"), limit, || {
            Some(self.messages()).filter(|messages| messages.len() >= number)
        })
    }

    /// Its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("maillog")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- Postfix's log\n{}", self.log());
        }
        // Its daemons are not ours to kill one by one.
        let path = self.directory.path();
        // A test that is over must not wait for a master that does not end.
        let _ = privileged("timeout")
            .args(["-k", "1", "20", "/usr/sbin/postfix", "-c"])
            .arg(path.join("conf"))
            .arg("abort")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        // What Postfix's own users made is not ours to remove without root.
        let _ = privileged("rm").arg("-rf").arg(path.join("queue")).arg(path.join("data")).output();
    }
}

fn prepare(directory: &Path, listeners: &[(SocketAddr, &str)], domains: &[&str], extra: &str) {
    for name in ["conf", "queue", "data", "mail"] {
        fs::create_dir(directory.join(name)).expect("a fresh directory");
    }
    // Postfix's daemons are other users and must get through.
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).expect("permissions");
    own(directory.join("data"), "postfix");
    if is_root() {
        own(directory.join("mail"), "nobody");
    }
    certificate(&directory.join("conf"));
    fs::write(directory.join("conf/main.cf"), main_cf(directory, domains, extra)).expect("main.cf");
    fs::write(directory.join("conf/master.cf"), master_cf(listeners)).expect("master.cf");
}

fn own(path: PathBuf, user: &str) {
    let output: Output = privileged("chown").arg(user).arg(path).output().expect("chown");
    assert!(output.status.success(), "Postfix needs root or sudo: {}", said(&output));
}

/// Who gets the mail: somebody harmless, or ourselves when that is us.
fn recipient() -> (String, String) {
    let of = |what| if is_root() { id(what, &["nobody"]) } else { id(what, &[]) };
    (of("-u"), of("-g"))
}

fn id(what: &str, user: &[&str]) -> String {
    let output = run("id", [&[what], user].concat()).expect("id");
    said(&output).trim().to_owned()
}

fn certificate(conf: &Path) {
    let (key, certificate) = (conf.join("key.pem"), conf.join("cert.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=mx.test"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", said(&made));
}

fn main_cf(directory: &Path, domains: &[&str], extra: &str) -> String {
    let path = directory.display();
    let (domains, (uid, gid)) = (domains.join(", "), recipient());
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {path}/queue\n\
         data_directory = {path}/data\n\
         command_directory = /usr/sbin\n\
         daemon_directory = /usr/lib/postfix/sbin\n\
         maillog_file = {path}/maillog\n\
         maillog_file_prefixes = {path}\n\
         myhostname = mx.test\n\
         mydestination =\n\
         mynetworks =\n\
         alias_maps =\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         virtual_mailbox_domains = {domains}\n\
         virtual_mailbox_base = {path}/mail\n\
         virtual_mailbox_maps = static:box/\n\
         virtual_uid_maps = static:{uid}\n\
         virtual_gid_maps = static:{gid}\n\
         virtual_mailbox_limit = 0\n\
         message_size_limit = 0\n\
         smtpd_relay_restrictions = reject_unauth_destination\n\
         smtpd_client_connection_rate_limit = 0\n\
         smtpd_tls_key_file = {path}/conf/key.pem\n\
         smtpd_tls_cert_file = {path}/conf/cert.pem\n\
         smtpd_tls_received_header = yes\n\
         smtpd_forbid_bare_newline = yes\n\
         {extra}\n"
    )
}

fn master_cf(listeners: &[(SocketAddr, &str)]) -> String {
    let smtpd = |(address, settings): &(SocketAddr, &str)| {
        let options = settings.lines().map(|line| format!(" -o {{ {line} }}"));
        format!("{address} inet n - n - - smtpd{}\n", options.collect::<String>())
    };
    let smtpds: String = listeners.iter().map(smtpd).collect();
    format!(
        "{smtpds}\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         proxymap unix - - n - - proxymap\n\
         error unix - - n - - error\n\
         retry unix - - n - - error\n\
         virtual unix - n n - - virtual\n\
         anvil unix - - n - 1 anvil\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    )
}
