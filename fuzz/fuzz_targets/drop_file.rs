//! A file of the Pickup directory never shows a blind copy or brings in what only our own servers
//! may say, and its body stays; what is understood of a file of the Replay directory is written
//! and read as the same, in front of any message.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use message::{HeaderBlock, ReplayHeader, Submission};
use model::{Guid, Timestamp};

fn pickup(content: &[u8]) {
    let Ok(size) = message::pickup_header_size(content) else { return };
    assert!(size <= content.len());
    let Ok(envelope) = message::pickup_envelope(&content[..size]) else { return };
    assert!(!envelope.recipients.is_empty());
    let submission = Submission {
        message_id_domain: "contoso.com",
        network_id: Guid::nil(),
        now: Timestamp::from_millis(0),
        remove_bcc: true,
    };
    let whole = Bytes::copy_from_slice(content);
    let prepared = message::prepare_pickup(whole, envelope.undisclosed, &submission);
    let header = HeaderBlock::parse(&prepared);
    for gone in ["Bcc", "Received", "Resent-Bcc", "X-MS-Exchange-Organization-SCL"] {
        assert_eq!(header.count(gone), 0, "{gone}");
    }
    for there in ["Date", "Message-ID"] {
        assert!(header.count(there) > 0, "{there}");
    }
    assert_eq!(&prepared[header.body_offset()..], &content[size..]);
}

fn replay(content: &[u8]) {
    let Ok((header, begins)) = ReplayHeader::parse(content) else { return };
    let message = &content[begins..];
    assert!(!header.envelope.recipients.is_empty());
    let written = header.write();
    // A folded line with nothing before it belongs to no header.
    if !message.starts_with(b" ") && !message.starts_with(b"\t") {
        let again = ReplayHeader::parse(&[&written, message].concat());
        assert_eq!(again, Ok((header, written.len())));
    }
}

fuzz_target!(|file: &[u8]| {
    let content = message::with_crlf(file.to_vec());
    assert_eq!(message::with_crlf(content.clone()), content);
    let without_ends = content.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    for line in without_ends {
        let line = line.strip_suffix(b"\r").expect("every line ends with CRLF");
        assert!(!line.contains(&b'\r'));
    }
    pickup(&content);
    replay(&content);
});
