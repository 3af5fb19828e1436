//! What one signature costs: `cargo run --release -p signing --example cost [ROUNDS]`. The share of the
//! header and the body is that of a message of 4 KiB.

use std::time::Instant;

use model::Timestamp;
use signing::{Algorithm, BodyHash, Canonicalization, Key, NewKey, PrivateKey, Signer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(2_000), |text| text.parse())?;
    let content = message(4096);
    let body = content.len() - 4096;
    let one = |name: &str, work: &mut dyn FnMut()| {
        let began = Instant::now();
        for _ in 0..rounds {
            work();
        }
        let each = began.elapsed().as_secs_f64() / f64::from(rounds) * 1e6;
        println!("{name:<44} {each:8.1} µs");
    };
    one("hash of a body of 4 KiB", &mut || {
        std::hint::black_box(BodyHash::of(Canonicalization::Relaxed, &content[body..]));
    });
    let kinds = [
        ("ed25519", Algorithm::Ed25519Sha256, 2048),
        ("RSA-2048", Algorithm::RsaSha256, 2048),
        ("RSA-4096", Algorithm::RsaSha256, 4096),
    ];
    for (name, algorithm, bits) in kinds {
        let key = || -> Result<PrivateKey, signing::KeyError> {
            PrivateKey::read(algorithm, &NewKey::make(algorithm, bits)?.private)
        };
        let alone = key()?;
        one(&format!("{name}: one signature"), &mut || {
            std::hint::black_box(alone.sign(b"a header of some bytes").is_ok());
        });
        let keys = vec![Key { selector: "relais1".to_owned(), key: key()? }];
        let signer = Signer {
            domain: "contoso.com".parse()?,
            keys,
            header: Canonicalization::Relaxed,
            body: Canonicalization::Relaxed,
        };
        let at = Timestamp::from_millis(1_700_000_000_000);
        one(&format!("{name}: a whole message of 4 KiB"), &mut || {
            std::hint::black_box(signer.sign(&content, at).is_ok());
        });
    }
    Ok(())
}

/// A message with a body of `size` bytes in lines of 78.
fn message(size: usize) -> Vec<u8> {
    let mut content =
        b"From: jean@contoso.com\r\nTo: someone@example.net\r\nSubject: What it costs\r\n\
        Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <1@contoso.com>\r\n\
        MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            .to_vec();
    let line = b"The quick brown fox jumps over the lazy dog, and then over it once more now.\r\n";
    content.extend(line.iter().copied().cycle().take(size));
    content
}
