//! CRAM-MD5 (RFC 2195): the password is the key of an HMAC-MD5 (RFC 2104) over the server's challenge.
//! Old and weak, since whoever hears it can guess passwords at leisure, but it does not show the password.

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use zeroize::Zeroizing;

/// Length of a block of MD5.
const BLOCK: usize = 64;
/// Longest challenge taken, in bytes.
const MAX_CHALLENGE: usize = 1024;

/// The answer to a challenge, both in base64; nothing where the challenge is none.
pub(super) fn answer(user: &str, password: &str, challenge: &str) -> Option<Zeroizing<String>> {
    let challenge = STANDARD.decode(challenge.trim()).ok()?;
    if challenge.is_empty() || challenge.len() > MAX_CHALLENGE {
        return None;
    }
    let mut text = format!("{user} ");
    for byte in hmac_md5(password.as_bytes(), &challenge) {
        text.push_str(&format!("{byte:02x}"));
    }
    Some(Zeroizing::new(STANDARD.encode(text)))
}

fn hmac_md5(key: &[u8], message: &[u8]) -> [u8; 16] {
    let mut block = Zeroizing::new([0_u8; BLOCK]);
    if key.len() > BLOCK {
        block[..16].copy_from_slice(&Md5::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8| Zeroizing::new(block.map(|byte| byte ^ pad));
    let inner = Md5::new().chain_update(*padded(0x36)).chain_update(message).finalize();
    Md5::new().chain_update(*padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 2195 section 2.
    #[test]
    fn the_example_of_the_rfc() {
        let challenge = STANDARD.encode("<1896.697170952@postoffice.reston.mci.net>");
        let answer = answer("tim", "tanstaaftanstaaf", &challenge).unwrap();
        let text = STANDARD.decode(&*answer).unwrap();
        assert_eq!(text, b"tim b913a602c7eda7a495b4e6e7334d3890");
    }

    /// RFC 2202 section 2, test case 6: a key of 80 bytes.
    #[test]
    fn a_long_password_is_hashed_first() {
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let hmac = hmac_md5(&[0xaa; 80], message);
        let shown: String = hmac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }

    #[test]
    fn what_is_no_challenge() {
        for challenge in ["", "not base64!", &STANDARD.encode([b'x'; 2000])] {
            assert!(answer("tim", "x", challenge).is_none());
        }
    }
}
