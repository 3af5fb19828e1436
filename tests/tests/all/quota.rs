//! Maildirs with a quota, as administrators set it and senders and users see it.

use end_to_end::{Relais, SOON, Settings, Smtp, message};
use serde_json::json;

use crate::world::STRANGER;

/// Twelve kilobytes and more.
fn send(relais: &Relais, from: &str, to: &str, subject: &str) {
    let content = message(from, to, subject) + &format!("{}\r\n", "x".repeat(70)).repeat(170);
    let reply = Smtp::hello(relais.relay()).deliver(from, &[to], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
}

#[test]
fn a_mailbox_takes_what_its_quota_lets_in() {
    let toml = "[mailboxes]\nquota = \"20 KB\"\n";
    let mut relais = Relais::relaying(Settings { toml, ..Settings::default() });
    let (jean, anna) = ("jean@contoso.com", "anna@contoso.com");
    for name in ["jean", "anna"] {
        relais.mailbox(name, "a Secret of a User 3");
    }
    // That of the file is Anna's; Jean has his own.
    relais.shell_ok("Set-Mailbox jean -ProhibitSendReceiveQuota 1GB");
    let shown = relais.shell_ok("Get-Mailbox jean | Format-List ProhibitSendReceiveQuota");
    assert!(shown.contains("1 GB (1,073,741,824 bytes)"), "{shown}");
    for subject in ["first", "second"] {
        send(&relais, jean, anna, subject);
        relais.wait_until_empty(SOON);
    }
    let report = relais.wait_for_mail(jean, 1, SOON).remove(0);
    assert!(report.contains("554 5.2.2 mailbox full; STOREDRV.Deliver"), "{report}");
    assert!(report.contains("Status: 5.2.2"), "{report}");
    let failed = relais.run("Get-MessageTrackingLog", json!({ "EventId": "FAIL" }));
    assert_eq!(
        (&failed[0]["Source"], &failed[0]["Recipients"]),
        (&json!("STOREDRIVER"), &json!([anna]))
    );
    assert_eq!(relais.maildir(anna).len(), 1);

    // After a restart it is counted anew.
    relais.stop();
    relais.resume();
    send(&relais, jean, anna, "third");
    relais.wait_for_mail(jean, 2, SOON);
    let new = relais.data().join("mailboxes").join(anna).join("new");
    for file in std::fs::read_dir(&new).expect("new") {
        let file = file.expect("file").path();
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let size = std::fs::metadata(&file).expect("metadata").len();
        assert!(name.ends_with(&format!(".relais,S={size}")), "{name}: {size}");
    }
    relais.shell_ok("Set-Mailbox anna -ProhibitSendReceiveQuota 30KB");
    send(&relais, STRANGER, anna, "fourth");
    relais.wait_for_mail(anna, 2, SOON);
    relais.wait_until_empty(SOON);
    assert_eq!(relais.maildir(jean).len(), 2);
}
