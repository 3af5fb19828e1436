//! What one server of an organization tells another of a message that it hands on, beside envelope and content:
//! the value of the private MAIL parameter XATTR. Whatever counts for the message from its first acceptance on
//! counts behind the second server too.
//!
//! The text is `1;id;accepted;band;marks;size;client`: the form's number, a GUID, milliseconds since 1970, 0 to 2,
//! letters (S, D) or `-`, bytes, an address or `-`. It has no blank, no `=` and at most 150 characters.

use std::{fmt, net::IpAddr, str::FromStr};

use crate::{Guid, Timestamp, ValueError};

/// The form's number, which servers offer with the keyword.
pub const HOP_FORM: &str = "1";

/// The last band: 0 high, 1 normal, 2 low.
const LAST_BAND: u8 = 2;
/// The longest text that is looked at, in characters.
const LONGEST: usize = 150;

/// What is so of a message wherever in the organization it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopAttributes {
    /// Follows the message over hops.
    pub network_id: Guid,
    /// When the first server accepted it.
    pub accepted_at: Timestamp,
    /// 0 high, 1 normal, 2 low.
    pub band: u8,
    /// It came from a client that nobody vouches for.
    pub stranger: bool,
    /// Its sender has been told of the delay for these recipients.
    pub delay_told: bool,
    /// Its size when it was accepted, in bytes: what limits are about.
    pub size: u64,
    /// The client that gave it to the first server, where there was one.
    pub client: Option<IpAddr>,
}

impl fmt::Display for HopAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marks = match (self.stranger, self.delay_told) {
            (false, false) => "-",
            (true, false) => "S",
            (false, true) => "D",
            (true, true) => "SD",
        };
        let (id, at) = (self.network_id, self.accepted_at.as_millis());
        write!(f, "{HOP_FORM};{id};{at};{};{marks};{};", self.band, self.size)?;
        match self.client {
            Some(client) => write!(f, "{}", client.to_canonical()),
            None => f.write_str("-"),
        }
    }
}

impl FromStr for HopAttributes {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        read(text).ok_or_else(|| {
            ValueError::new(
                text,
                "is not what servers tell each other of a message",
                "1;id;accepted;band;marks;size;client",
            )
        })
    }
}

fn read(text: &str) -> Option<HopAttributes> {
    if text.len() > LONGEST {
        return None;
    }
    let mut parts = text.split(';');
    let mut next = || parts.next();
    if next()? != HOP_FORM {
        return None;
    }
    let network_id = next()?.parse().ok()?;
    let accepted_at = next()?.parse().ok().filter(|millis: &i64| *millis >= 0)?;
    let band = next()?.parse().ok().filter(|band| *band <= LAST_BAND)?;
    let (stranger, delay_told) = match next()? {
        "-" => (false, false),
        "S" => (true, false),
        "D" => (false, true),
        "SD" => (true, true),
        _ => return None,
    };
    let size = next()?.parse().ok()?;
    let client = match next()? {
        "-" => None,
        address => Some(address.parse().ok()?),
    };
    let accepted_at = Timestamp::from_millis(accepted_at);
    next().is_none().then_some(HopAttributes {
        network_id,
        accepted_at,
        band,
        stranger,
        delay_told,
        size,
        client,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut told = HopAttributes {
            network_id: Guid::new_v4(),
            accepted_at: Timestamp::from_millis(1_700_000_000_123),
            band: 2,
            stranger: true,
            delay_told: false,
            size: u64::MAX,
            client: Some("2001:db8:1111:2222:3333:4444:5555:6666".parse().unwrap()),
        };
        for (stranger, delay_told, client) in [
            (true, false, told.client),
            (false, false, None),
            (false, true, None),
            (true, true, None),
        ] {
            told = HopAttributes { stranger, delay_told, client, ..told };
            let text = told.to_string();
            assert!(text.len() <= LONGEST && !text.contains(['=', ' ', '+']), "{text}");
            assert_eq!(text.parse(), Ok(told.clone()));
        }
    }

    #[test]
    fn nothing_else_is_read() {
        let id = Guid::nil();
        for bad in [
            "",
            "1",
            &format!("2;{id};0;1;-;0;-"),
            &format!("1;{id};-1;1;-;0;-"),
            &format!("1;{id};0;3;-;0;-"),
            &format!("1;{id};0;1;X;0;-"),
            &format!("1;{id};0;1;-;;-"),
            &format!("1;{id};0;1;-;0;host"),
            &format!("1;{id};0;1;-;0;-;more"),
            &format!("1;{id};0;1;-;0;{}", "1".repeat(200)),
        ] {
            assert!(bad.parse::<HopAttributes>().is_err(), "{bad}");
        }
        assert!(format!("1;{id};0;1;-;0;-").parse::<HopAttributes>().is_ok());
    }
}
