//! `/usr/sbin/sendmail`, `mailq` and `newaliases`: the real program under these names, called as cron, PHP, git and mailx
//! call it, by a user without rights and by root, with the server running and not; each message once, whatever dies.

use std::{
    fs::{self, Permissions},
    io::Write,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, symlink},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use end_to_end::{Relais, SOON, Settings, consistently, program, until};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{PORT, World};

/// A user without rights.
const NOBODY: u32 = 65534;
const LETTER: &str = "Subject: hello\n\nHello.\n";

/// A host's maildrop, and the program under its other names.
struct Host {
    home: TempDir,
}

impl Host {
    fn new() -> Self {
        let host = Self { home: tempfile::tempdir().expect("a directory") };
        fs::set_permissions(host.home.path(), Permissions::from_mode(0o755)).expect("open");
        fs::create_dir(host.maildrop()).expect("a maildrop");
        fs::set_permissions(host.maildrop(), Permissions::from_mode(0o3733)).expect("its mode");
        // A copy: the build's own directory may be closed to others.
        // Not by this process, whose children would hold it open for writing for a moment.
        let copied = Command::new("cp").arg(program()).arg(host.path("relais")).status();
        assert!(copied.is_ok_and(|status| status.success()), "the program");
        for name in ["sendmail", "mailq", "newaliases"] {
            symlink("relais", host.path(name)).expect("a link");
        }
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn maildrop(&self) -> PathBuf {
        self.path("maildrop")
    }

    /// A server that takes what is put there.
    fn settings(&self) -> Settings {
        let toml = format!("[sendmail]\nmaildrop = \"{}\"\n", self.maildrop().display());
        Settings { toml: toml.leak(), ..Settings::default() }
    }

    fn command(&self, name: &str, arguments: &[&str], user: u32) -> Command {
        let mut command = Command::new(self.path(name));
        command.args(arguments).env("RELAIS_MAILDROP", self.maildrop()).current_dir("/");
        if user != 0 {
            command.uid(user).gid(user);
        }
        command
    }

    /// Calls it with something on its standard input.
    fn call(&self, name: &str, arguments: &[&str], user: u32, input: &str) -> Output {
        let mut child = self
            .command(name, arguments, user)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        // Whoever refuses does not read to the end.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    fn sendmail(&self, arguments: &[&str], user: u32, input: &str) {
        let output = self.call("sendmail", arguments, user, input);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    }

    /// Names in the maildrop.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.maildrop()).expect("a directory");
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    fn wait_until_taken(&self) {
        until("the maildrop is empty", SOON, || self.names().is_empty().then_some(()));
    }

    fn mailq(&self, relais: &Relais, user: u32) -> Output {
        let data = relais.data();
        self.call("mailq", &["--data", data.to_str().expect("a path")], user, "")
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn what_callers_send_arrives_with_the_envelope_they_asked_for() {
    let host = Host::new();
    let world = World::of_with(&["a"], host.settings());
    world.relais.send_connector("All", "*", PORT);
    let sink = world.sink(PORT);
    // cron
    let cron = "From: root (Cron Daemon)\nTo: u@a.test\nSubject: Cron <root@h> true\n\
                MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\nD\u{e9}j\u{e0} vu.\n.\nEnd.\n";
    host.sendmail(&["-i", "-FCronDaemon", "-B8BITMIME", "-oem", "u@a.test"], 0, cron);
    // PHP's mail(): sendmail -t -i, and its fifth parameter
    let php = "To: v@a.test\nBcc: hidden@a.test\nSubject: php\nFrom: Web <web@contoso.com>\n\nHi\n";
    host.sendmail(&["-t", "-i", "-fbounces@contoso.com"], NOBODY, php);
    // bsd-mailx, at: recipients as arguments, nothing but text
    host.sendmail(&["-i", "--", "Anna <w@a.test>, x@a.test"], NOBODY, "just text\n");
    let received = sink.wait_for(3, SOON);
    let of = |to: &str| {
        let found = received.iter().find(|r| r.recipients.iter().any(|r| r.contains(to)));
        found.unwrap_or_else(|| panic!("nothing for {to}"))
    };
    let cron = of("u@a.test");
    assert!(cron.mail.contains("<root@contoso.com>"), "{}", cron.mail);
    for part in [
        "From: root@contoso.com (Cron Daemon)\r\n",
        "Subject: Cron <root@h> true\r\n",
        "\r\nMessage-ID: <",
        "\r\nDate: ",
        "(Relais, from userid 0)",
        "\r\n\r\nD\u{e9}j\u{e0} vu.\r\n.\r\nEnd.\r\n",
    ] {
        assert!(cron.text().contains(part), "{part:?} is missing in {}", cron.text());
    }
    for to in ["v@a.test", "hidden@a.test"] {
        let php = of(to);
        assert!(php.mail.contains("<bounces@contoso.com>"), "{}", php.mail);
        assert!(
            !php.text().contains("hidden") && php.text().contains("From: Web <web@contoso.com>")
        );
        assert!(php.text().contains("(Relais, from userid 65534)"), "{}", php.text());
    }
    let plain = of("w@a.test").text();
    assert!(plain.contains("From: \"nobody\" <nobody@contoso.com>\r\n"), "{plain}");
    assert!(plain.contains("\r\n\r\njust text\r\n"), "{plain}");
    host.wait_until_taken();
    world.relais.wait_until_empty(SOON);
    let rows = world.relais.run("Get-MessageTrackingLog", json!({ "EventId": "RECEIVE" }));
    let who: Vec<&Value> = rows.iter().filter(|row| row["ConnectorId"] == "Maildrop").collect();
    assert_eq!(who.len(), 3, "{rows:?}");
    let uids = who.iter().filter(|row| row["ClientHostname"] == "uid 65534").count();
    assert_eq!(uids, 2, "{who:?}");
}

#[test]
fn git_send_email_sends() {
    let host = Host::new();
    let world = World::of_with(&["a"], host.settings());
    world.relais.send_connector("All", "*", PORT);
    let sink = world.sink(PORT);
    let patch = "From 1234 Mon Sep 17 00:00:00 2001\nFrom: Jean <jean@contoso.com>\n\
                 Date: Mon, 30 Nov 2026 12:00:00 +0100\nSubject: [PATCH] one\n\n---\n-a\n+b\n";
    let file = host.path("0001-one.patch");
    fs::write(&file, patch).expect("a patch");
    let sendmail = host.path("sendmail");
    let has_git = Command::new("git")
        .args(["send-email", "-h"])
        .env("HOME", host.home.path())
        .output()
        .is_ok_and(|o| text(&o).contains("--smtp-server"));
    if has_git {
        let output = Command::new("git")
            .args(["send-email", "--to=u@a.test", "--from=jean@contoso.com", "--confirm=never"])
            .args(["--envelope-sender=jean@contoso.com", "--suppress-cc=all"])
            .arg(format!("--smtp-server={}", sendmail.display()))
            .arg(&file)
            .current_dir(host.home.path())
            .env("HOME", host.home.path())
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Jean")))
            .envs(
                ["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "jean@contoso.com")),
            )
            .env("RELAIS_MAILDROP", host.maildrop())
            .output()
            .expect("git");
        assert!(output.status.success(), "{}", text(&output));
    } else {
        // As git-send-email(1) calls a program.
        host.sendmail(&["-i", "-f", "jean@contoso.com", "u@a.test"], 0, patch);
    }
    let received = sink.wait_for(1, SOON).remove(0);
    assert!(received.mail.contains("<jean@contoso.com>"), "{}", received.mail);
    assert!(received.text().contains("Subject: [PATCH] one\r\n"), "{}", received.text());
    assert!(!received.text().contains("From 1234"), "{}", received.text());
}

#[test]
fn mail_is_safe_while_the_server_is_down_and_mailq_shows_it() {
    let host = Host::new();
    let mut world = World::of_with(&[], host.settings());
    let jean = world.sender("jean", &[]);
    let empty = host.mailq(&world.relais, 0);
    assert_eq!(text(&empty), "Mail queue is empty\n");
    host.sendmail(&["u@nowhere.test"], NOBODY, LETTER);
    world.relais.wait_for_unreachable(1);
    let running = text(&host.mailq(&world.relais, 0));
    assert!(running.contains(" nobody@contoso.com\n"), "{running}");
    assert!(running.contains("u@nowhere.test\n"), "{running}");
    assert!(running.ends_with("-- 1 Kbytes in 1 Request.\n"), "{running}");
    world.relais.stop();
    host.sendmail(&[&jean], NOBODY, LETTER);
    let down = text(&host.mailq(&world.relais, 0));
    for part in [
        "nobody (uid 65534)",
        "(not yet taken by the server)",
        &jean,
        "(the server does not run)",
        "u@nowhere.test",
        "in 2 Requests.\n",
    ] {
        assert!(down.contains(part), "{part:?} is missing in {down}");
    }
    let refused = host.mailq(&world.relais, NOBODY);
    assert_eq!(refused.status.code(), Some(77), "{refused:?}");
    assert!(text(&refused).contains("root and the server's user only"), "{refused:?}");
    world.relais.resume();
    world.relais.wait_for_mail(&jean, 1, SOON);
    host.wait_until_taken();
    consistently("once", Duration::from_secs(2), || world.relais.maildir(&jean).len() == 1);
}

#[test]
fn what_is_wrong_is_said_with_the_status_that_callers_know() {
    let host = Host::new();
    let missing = "To: u@a.test\nBcc: a b c\n\nx\n";
    for (name, arguments, input, status, said) in [
        ("sendmail", &[][..], LETTER, 64, "nobody is named. Needed: "),
        ("sendmail", &["-Z"], LETTER, 64, "'-Z'"),
        ("sendmail", &["-f", "a b", "u"], LETTER, 64, "\"a b\" is not an address. Allowed: "),
        ("sendmail", &["-N", "maybe", "u"], LETTER, 64, "\"maybe\""),
        ("sendmail", &["-t"], LETTER, 65, "nobody is named. Needed with -t"),
        ("sendmail", &["-t"], missing, 65, "\"a b c\" is not an address"),
        ("sendmail", &["-bs"], "", 69, "not offered"),
        ("sendmail", &["-bd", "-oX"], "", 69, "systemctl start relais"),
        ("sendmail", &["-q"], "", 0, "tries by itself"),
        ("sendmail", &["-bi"], "", 0, "no alias file"),
        ("newaliases", &["-v"], "", 0, "no alias file"),
        ("sendmail", &["--help"], "", 0, "RECIPIENT"),
    ] {
        let output = host.call(name, arguments, NOBODY, input);
        assert_eq!(output.status.code(), Some(status), "{arguments:?} {output:?}");
        assert!(text(&output).contains(said), "{arguments:?} {output:?}");
        assert_eq!(output.stderr.is_empty(), status == 0, "{arguments:?} {output:?}");
    }
    assert!(host.names().is_empty(), "nothing was put there");
    for (mode, status) in [(0o755, 77), (0o700, 77)] {
        fs::set_permissions(host.maildrop(), Permissions::from_mode(mode)).expect("its mode");
        let output = host.call("sendmail", &["u"], NOBODY, LETTER);
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert!(text(&output).contains("Needed: mode 3733"), "{output:?}");
    }
    fs::remove_dir(host.maildrop()).expect("gone");
    let output = host.call("sendmail", &["u"], NOBODY, LETTER);
    assert_eq!(output.status.code(), Some(73), "{output:?}");
}

#[test]
fn users_cannot_read_change_or_take_away_what_others_have_put_there() {
    let host = Host::new();
    host.sendmail(&["u@a.test"], 0, LETTER);
    let name = host.names().remove(0);
    let path = host.maildrop().join(&name);
    let metadata = fs::metadata(&path).expect("there");
    assert_eq!((metadata.uid(), metadata.mode() & 0o777), (0, 0o640));
    let as_nobody = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(host.home.path()).uid(NOBODY).gid(NOBODY);
        command.output().expect("sh").status.success()
    };
    assert!(!as_nobody("ls maildrop"), "it can be listed");
    assert!(!as_nobody(&format!("cat maildrop/{name}")), "it can be read");
    assert!(!as_nobody(&format!("echo x >> maildrop/{name}")), "it can be changed");
    assert!(!as_nobody(&format!("rm -f maildrop/{name}")), "it can be removed");
    assert!(!as_nobody(&format!("mv maildrop/{name} maildrop/y")), "it can be renamed");
    assert_eq!(host.names(), [name]);
}

#[test]
fn nothing_hostile_is_taken_and_nothing_stops_the_others() {
    let host = Host::new();
    let world = World::of_with(&[], host.settings());
    let jean = world.sender("jean", &[]);
    let put = |name: &str, content: &[u8]| {
        let hidden = host.maildrop().join(".hidden");
        fs::write(&hidden, content).expect("written");
        fs::rename(hidden, host.maildrop().join(name)).expect("its name");
    };
    symlink("/etc/passwd", host.maildrop().join("link.eml")).expect("a link");
    fs::write(host.path("twice"), "x").expect("a file");
    fs::hard_link(host.path("twice"), host.maildrop().join("twice.eml")).expect("a hard link");
    fs::create_dir(host.maildrop().join("folder.eml")).expect("a directory");
    put("rubbish.eml", &[0xff; 3000]);
    put("pickup.eml", b"From: a@b.c\nTo: d@e.f\n\nx\n");
    put("cut.eml", b"Relais-Maildrop: 1\nSender: <>\nRecipient: <jean>\nSize: 99\n\nx\n");
    let huge = fs::File::create(host.maildrop().join(".huge")).expect("a file");
    huge.set_len(1 << 30).expect("a size");
    fs::rename(host.maildrop().join(".huge"), host.maildrop().join("huge.eml")).expect("its name");
    host.sendmail(&[&jean], NOBODY, LETTER);
    world.relais.wait_for_mail(&jean, 1, SOON);
    let expected = {
        let bad = ["cut", "folder", "huge", "link", "pickup", "rubbish"];
        let files = bad.iter().flat_map(|name| [format!("{name}.bad"), format!("{name}.bad.txt")]);
        let mut all: Vec<String> = files.chain(["twice.eml".to_owned()]).collect();
        all.sort();
        all
    };
    until("the others are set aside", SOON, || {
        let mut names = host.names();
        names.sort();
        (names == expected).then_some(())
    });
    let reason = |name: &str| {
        fs::read_to_string(host.maildrop().join(format!("{name}.bad.txt"))).expect("a reason")
    };
    assert!(reason("pickup").contains("only sendmail writes"), "{}", reason("pickup"));
    assert!(reason("cut").contains("the file is cut"), "{}", reason("cut"));
    assert!(reason("huge").contains("the largest that is read"), "{}", reason("huge"));
    assert!(world.relais.log().contains("twice.eml has another name as well"));
    assert_eq!(world.relais.maildir(&jean).len(), 1);
}

#[test]
fn a_maildrop_that_is_open_to_everybody_is_not_used() {
    let host = Host::new();
    fs::set_permissions(host.maildrop(), Permissions::from_mode(0o777)).expect("its mode");
    let world = World::of_with(&[], host.settings());
    host.sendmail(&["jean"], NOBODY, LETTER);
    until("it is said", SOON, || {
        world.relais.log().contains("take away each other's").then_some(())
    });
    consistently("it is left", Duration::from_secs(2), || host.names().len() == 1);
}

#[test]
fn many_at_once_and_kills_lose_and_double_nothing() {
    const CALLERS: usize = 4;
    const EACH: usize = 15;
    let host = Host::new();
    let settings = Settings { faulty: true, ..host.settings() };
    let mut world = World::of_with(&[], settings);
    for round in 0..3 {
        // No file can be deleted: each kill comes between taking and deleting.
        world.relais.fault("enable name=posix/io/dir/unlink,failinfo=5");
        std::thread::scope(|scope| {
            for caller in 0..CALLERS {
                let host = &host;
                scope.spawn(move || {
                    for number in 0..EACH {
                        let letter = format!("Subject: {round}-{caller}-{number}\n\nx\n");
                        host.sendmail(&["-i", "u@nowhere.test"], NOBODY, &letter);
                    }
                });
            }
        });
        world.relais.wait_for_unreachable(CALLERS * EACH * (round + 1));
        let left = host.names();
        assert!(
            left.len() == CALLERS * EACH && left.iter().all(|n| n.ends_with(".tmp")),
            "{left:?}"
        );
        world.relais.kill();
        world.relais.resume();
        host.wait_until_taken();
    }
    let waiting = world.relais.wait_for_unreachable(CALLERS * EACH * 3);
    let mut subjects: Vec<&str> = waiting.iter().filter_map(|m| m["Subject"].as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!((waiting.len(), subjects.len()), (CALLERS * EACH * 3, CALLERS * EACH * 3));
    assert!(waiting.iter().all(|m| m["MessageSourceName"] == "Maildrop:65534"), "{:?}", waiting[0]);
}

/// A sendmail that is killed leaves no message that looks whole.
#[test]
fn a_caller_that_is_cut_off_leaves_nothing() {
    let host = Host::new();
    let mut child = host
        .command("sendmail", &["-i", "u@a.test"], NOBODY)
        .stdin(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(&vec![b'x'; 1 << 20]).expect("it reads");
    child.kill().expect("killed");
    child.wait().expect("it ended");
    let is_nothing = |path: &Path| fs::read_dir(path).expect("a directory").count() == 0;
    assert!(is_nothing(&host.maildrop()));
}
