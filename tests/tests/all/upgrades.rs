//! The data directories that released versions have left (`tests/fixtures`): this version's program
//! starts on each, shows the message that waits in it, and delivers it once a connector is made.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use end_to_end::{Relais, SOON, Settings, Sink, address};
use serde_json::json;

use crate::world::PORT;

/// Gives the copy what a test needs: the password that tests know, addresses of its own, and time: the
/// message was accepted when the version was young.
const ADAPT: &str = "import sqlite3, sys
known, old, address = sys.argv[1:]
with sqlite3.connect(known) as fresh:
    password, = fresh.execute(\"SELECT json_extract(json, '$.Password') FROM object \"
                              \"WHERE class = 'Mailbox' AND name = 'Administrator'\").fetchone()
with sqlite3.connect(old) as copy:
    copy.execute(\"UPDATE object SET json = json_set(json, '$.Password', json(?)) \"
                 \"WHERE class = 'Mailbox' AND name = 'Administrator'\", (password,))
    copy.execute(\"UPDATE object SET json = json_set(json, \"
                 \"'$.TransportService.MessageExpirationTimeout', '24855.00:00:00') WHERE class = 'Server'\")
    for old in ('127.0.0.1:', '127.9.9.9:'):
        copy.execute(\"UPDATE object SET json = replace(json, ?, ?) WHERE class = 'ReceiveConnector'\",
                     (old, address + ':'))
";

/// A copy of a fixture that may be written.
fn copy(version: &str, to: &Path) {
    let from = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")).join(version);
    for directory in ["keys", "spool", "spool/content"] {
        // Contents are in files since 0.3.0.
        if !from.join(directory).exists() {
            continue;
        }
        fs::create_dir_all(to.join(directory)).expect("a directory");
        for entry in fs::read_dir(from.join(directory)).expect("a fixture") {
            let entry = entry.expect("an entry");
            if entry.path().is_dir() {
                continue;
            }
            let name = Path::new(directory).join(entry.file_name());
            fs::copy(from.join(&name), to.join(&name)).expect("copied");
            let owner_only = fs::Permissions::from_mode(0o600);
            fs::set_permissions(to.join(&name), owner_only).expect("a mode");
        }
    }
    fs::copy(from.join("directory.db"), to.join("directory.db")).expect("copied");
    fs::set_permissions(to.join("directory.db"), fs::Permissions::from_mode(0o600))
        .expect("a mode");
}

fn starts_and_delivers(version: &str) {
    let place = tempfile::tempdir().expect("a directory");
    let data = place.path().join("data");
    copy(version, &data);
    let known = Relais::start(Settings::default());
    let output = Command::new("python3")
        .args(["-c", ADAPT])
        .args([known.data().join("directory.db"), data.join("directory.db")])
        .arg(address().to_string())
        .output()
        .expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(known);

    let relais = Relais::start(Settings { data: Some(data), ..Settings::default() });
    let waiting = relais.wait_for_unreachable(1);
    assert_eq!(waiting[0]["Subject"], "Été");
    assert_eq!(waiting[0]["FromAddress"], "jean@contoso.com");
    assert_eq!(waiting[0]["Priority"], "Normal");
    let recipients = waiting[0]["Recipients"].as_array().expect("recipients");
    assert_eq!(recipients.len(), 2);
    let sink = Sink::start(address(), PORT);
    let connector = json!({
        "AddressSpaces": ["*"],
        "DNSRoutingEnabled": false,
        "SmartHosts": [format!("[{}]", sink.address().ip())],
        "SmartHostAuthMechanism": "None",
        "Port": PORT,
    });
    relais.send_connector_with("Out", connector);
    let received = sink.wait_for(1, SOON);
    assert_eq!(received[0].recipients, ["TO:<someone@example.net>", "TO:<other@example.org>"]);
    assert!(received[0].text().contains("Message-ID: <"), "{}", received[0].text());
    relais.wait_until_empty(SOON);
}

#[test]
fn data_of_0_1_0_is_taken_over() {
    starts_and_delivers("0.1.0");
}

#[test]
fn data_of_0_2_0_is_taken_over() {
    starts_and_delivers("0.2.0");
}

#[test]
fn data_of_0_3_0_is_taken_over() {
    starts_and_delivers("0.3.0");
}

#[test]
fn data_of_0_4_0_is_taken_over() {
    starts_and_delivers("0.4.0");
}

#[test]
fn data_of_0_5_0_is_taken_over() {
    starts_and_delivers("0.5.0");
}

#[test]
fn data_of_0_6_0_is_taken_over() {
    starts_and_delivers("0.6.0");
}

#[test]
fn data_of_0_7_0_is_taken_over() {
    starts_and_delivers("0.7.0");
}

#[test]
fn data_of_0_8_0_is_taken_over() {
    starts_and_delivers("0.8.0");
}

#[test]
fn data_of_0_9_0_is_taken_over() {
    starts_and_delivers("0.9.0");
}
