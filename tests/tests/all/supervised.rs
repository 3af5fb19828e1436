//! What a supervisor (systemd) is told by a server, over the socket it names (sd_notify(3)).

use std::{
    fs,
    os::unix::net::UnixDatagram,
    process::Command,
    time::{Duration, Instant},
};

use end_to_end::{Relais, SOON, Settings};

/// What is told next that has this word in it.
fn told(socket: &UnixDatagram, word: &str) -> String {
    let end = Instant::now() + SOON;
    let mut message = [0; 4096];
    while Instant::now() < end {
        let Ok(length) = socket.recv(&mut message) else { continue };
        let text = String::from_utf8_lossy(&message[..length]).into_owned();
        if text.contains(word) {
            return text;
        }
    }
    panic!("nobody was told {word}")
}

fn signal(relais: &Relais, name: &str) {
    let sent = Command::new("kill").args([name, &relais.process_id().to_string()]).status();
    assert!(sent.expect("kill").success());
}

#[test]
fn a_supervisor_is_told_how_the_server_is() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_millis(200))).expect("a limit");
    let relais = Relais::start(Settings { supervisor: Some(path), ..Settings::default() });
    told(&socket, "READY=1");
    told(&socket, "WATCHDOG=1");

    signal(&relais, "-HUP");
    assert!(told(&socket, "RELOADING=1").contains("MONOTONIC_USEC="));
    told(&socket, "READY=1");
    assert!(relais.log().contains("has not changed since the start"), "{}", relais.log());

    // A file that is not in order does not end a server that runs.
    let file = relais.config();
    let text = fs::read_to_string(&file).expect("relais.toml");
    fs::write(&file, format!("unheard_of = 1\n{text}")).expect("written");
    signal(&relais, "-HUP");
    told(&socket, "READY=1");
    let log = relais.log();
    assert!(log.contains("is not in order") && log.contains("unheard_of"), "{log}");

    signal(&relais, "-TERM");
    told(&socket, "STOPPING=1");
}
