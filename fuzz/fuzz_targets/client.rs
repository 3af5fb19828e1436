//! Whatever a server says, each recipient of a finished transaction has exactly one result, and of one that
//! failed at most one.
#![no_main]

use std::sync::Arc;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use model::{Envelope, ReversePath};
use smtp::{ChannelBinding, Client, ClientSettings, ClientStep, Transaction};

fn transaction() -> Transaction {
    let recipients = ["d@e.f", "g@h.i", "j@k.l"].map(|text| text.parse().unwrap()).to_vec();
    Transaction {
        envelope: Arc::new(Envelope::plain(ReversePath::Null, recipients)),
        recipients: vec![0, 1, 2],
        top: Bytes::new(),
        content: Bytes::from_static(b"S: x\r\n\r\n.\r\n"),
        eight_bit: false,
        attributes: None,
    }
}

fuzz_target!(|data: &[u8]| {
    let [mode, size, words @ ..] = data else { return };
    let mut client = Client::new(ClientSettings {
        hello: "us.example".into(),
        force_helo: mode & 1 != 0,
        lmtp: mode & 2 != 0,
    });
    let (mut asks_tls, mut signs_in) = (mode & 4 != 0, mode & 8 != 0);
    // Lines one by one: what comes before it was asked for ends the session.
    let lines = words.split_inclusive(|byte| *byte == b'\n');
    for piece in lines.flat_map(|line| line.chunks(usize::from(*size).max(1))) {
        client.input().extend_from_slice(piece);
        loop {
            match client.next() {
                ClientStep::NeedInput => break,
                ClientStep::Failed(_) => {
                    let answered = client.answered().map(|answered| answered.recipients);
                    let indexes = answered.unwrap_or_default().into_iter().map(|(i, _)| i);
                    assert!(indexes.is_sorted_by(|one, next| one < next && *next < 3));
                    return;
                }
                ClientStep::StartTls => client.tls_started(),
                ClientStep::Ready if std::mem::take(&mut asks_tls) => client.start_tls(),
                ClientStep::Ready if std::mem::take(&mut signs_in) => {
                    match (mode >> 4) & 3 {
                        0 => client.authenticate_login("jean", "secret"),
                        1 => client.authenticate_scram_sha_256("jean", "secret", "n", ChannelBinding::None),
                        2 => client.authenticate_cram_md5("jean", "secret"),
                        _ => client.authenticate_xoauth2("jean", "token"),
                    }
                }
                ClientStep::Derive(work) => client.derived(&work.run()),
                ClientStep::Ready => {
                    if client.begin(transaction()).is_err() {
                        return;
                    }
                }
                ClientStep::Finished(result) => {
                    let indexes: Vec<_> = result.recipients.iter().map(|(i, _)| *i).collect();
                    assert_eq!(indexes, [0, 1, 2]);
                    assert_eq!(result.stage.len(), 3);
                }
                ClientStep::TlsRefused(_)
                | ClientStep::Authenticated
                | ClientStep::AuthRefused(_) => {}
            }
        }
        client.output().clear();
        assert!(client.held() <= smtp::client::MAX_HELD);
    }
});
