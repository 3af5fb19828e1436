//! A server session: the same in any pieces, every reply a line, every message whole and clean.
#![no_main]

use std::num::NonZeroU32;

use libfuzzer_sys::fuzz_target;
use model::Reply;
use smtp::{Answer, AuthOffer, BearerOffer, ScramKeys, Server, ServerSettings, SizeMode, Step, TlsBinding};

fn settings() -> ServerSettings {
    ServerSettings {
        fqdn: "mx.example.net".into(),
        banner: None,
        max_message_size: 2_000,
        max_header_size: 500,
        max_recipients: 3,
        max_hops: 2,
        max_protocol_errors: Some(20),
        max_logon_failures: Some(3),
        pipelining: true,
        chunking: true,
        eight_bit_mime: true,
        dsn: true,
        enhanced_status_codes: true,
        smtputf8: true,
        offer_require_tls: true,
        size: SizeMode::Enabled,
        start_tls: false,
        require_tls: false,
        auth: AuthOffer::UnderTls,
        bearer: Some(BearerOffer { configuration: None }),
        scram: true,
        require_hello_name: false,
        require_auth: false,
    }
}

fn play(script: &[u8], size: usize) -> (Vec<String>, Vec<u8>) {
    let mut server = Server::new(settings(), true);
    server.bind_to(vec![TlsBinding { kind: "tls-exporter", data: vec![7; 32] }]);
    server.greet();
    let (mut steps, mut output) = (Vec::new(), Vec::new());
    for piece in [&b"EHLO x\r\n"[..]].into_iter().chain(script.chunks(size)) {
        server.input().extend_from_slice(piece);
        loop {
            let step = server.next();
            assert!(server.content_buffered() <= 8_192);
            let closes = matches!(step, Step::Close);
            if matches!(step, Step::NeedInput) {
                break;
            }
            steps.push(format!("{step:?}"));
            match step {
                Step::Authenticate { user, .. } if user == "jean" => server.answer(Answer::AuthOk),
                Step::Bearer { token, .. } => {
                    assert!(!token.is_empty() && token.is_ascii());
                    server.answer(Answer::Refuse(Reply::new(535, (5, 7, 3), "No")));
                }
                Step::ScramKeys { .. } => {
                    let rounds = NonZeroU32::MIN.saturating_add(4_095);
                    let (salt, stored_key, server_key) = (vec![1; 16], [2; 32], [3; 32]);
                    let keys = ScramKeys { salt, rounds, stored_key, server_key };
                    server.answer(Answer::ScramKeys { keys, nonce: "fresh".into() });
                }
                Step::ScramProof { proof, .. } => {
                    // Nobody can make StoredKey out of twos.
                    assert!(proof.is_err());
                    server.answer(Answer::Refuse(Reply::new(535, (5, 7, 3), "No")));
                }
                Step::SignedIn => panic!("nobody has proven himself"),
                Step::Mail(_) | Step::Recipient(_) => server.answer(Answer::Accept),
                Step::Message(message) => {
                    assert!(!message.envelope.recipients.is_empty());
                    let text = String::from_utf8_lossy(&message.content).replace("\r\n", "");
                    assert!(!text.contains(['\r', '\n']));
                    server.answer(Answer::Accepted(Reply::new(250, (2, 6, 0), "Queued")));
                }
                _ => server.answer(Answer::Refuse(Reply::new(550, (5, 7, 1), "No"))),
            }
            if closes {
                output.extend(server.output().split());
                return (steps, output);
            }
        }
        output.extend(server.output().split());
    }
    (steps, output)
}

fuzz_target!(|data: &[u8]| {
    let Some((size, script)) = data.split_first() else { return };
    let (steps, output) = play(script, usize::MAX);
    for line in output.split_inclusive(|byte| *byte == b'\n') {
        assert!(line.ends_with(b"\r\n") && line.len() <= 512);
        assert!(line.iter().take(3).all(u8::is_ascii_digit));
    }
    assert_eq!(play(script, usize::from(*size).max(1)), (steps, output));
});
