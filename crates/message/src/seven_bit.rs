//! From 8-bit to 7-bit content for a next hop without 8BITMIME (RFC 6152 section 3).
//!
//! Only leaves with bytes above 127 are encoded, text as quoted-printable (or base64, where that
//! is shorter), everything else as base64. Multiparts keep their shape, all other bytes stay.
//! What somebody has signed is never touched: the caller returns it to its sender (5.6.3).

use bytes::Bytes;
use mail_builder::encoders::{base64::Base64Encoder, quoted_printable::QuotedPrintableEncoder};

use crate::entity::{Ambiguous, Description, Encoding, Entity, Piece, pieces};

/// Most levels of entities within entities.
const MAX_DEPTH: usize = 30;
/// Most entities of one message.
const MAX_PARTS: usize = 10_000;
/// Signatures over a message's body. A conversion would break them.
const SIGNATURES: [&str; 3] = ["DKIM-Signature", "DomainKey-Signature", "ARC-Message-Signature"];

/// Why a message cannot be converted. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConversionRefused {
    /// The message or an 8-bit part of it is signed.
    #[error("the message is signed and may not be converted to 7 bits")]
    Signed,
    /// More than 30 levels of parts, or more than 10,000 parts.
    #[error("the message's parts are nested too deeply or too many to be converted to 7 bits")]
    TooDeep,
    /// The structure cannot be read with certainty, or a header holds 8-bit characters.
    #[error("the message's structure does not allow a conversion to 7 bits")]
    Malformed,
}

impl From<Ambiguous> for ConversionRefused {
    fn from(_: Ambiguous) -> Self {
        Self::Malformed
    }
}

/// `content` in 7 bits; the very same bytes when it is so already.
///
/// # Errors
/// When the message is signed, or cannot be converted without guessing.
pub fn to_seven_bit(content: &Bytes) -> Result<Bytes, ConversionRefused> {
    if content.is_ascii() {
        return Ok(content.clone());
    }
    let message = Entity::parse(content);
    if message.fields().any(|field| SIGNATURES.iter().any(|name| field.is(name))) {
        return Err(ConversionRefused::Signed);
    }
    let mut converter =
        Converter { out: Vec::with_capacity(content.len() + content.len() / 4), parts: 0 };
    converter.message(content, 0)?;
    if !converter.out.ends_with(b"\r\n") {
        converter.out.extend_from_slice(b"\r\n");
    }
    Ok(converter.out.into())
}

/// What kind of entity it is, and so what may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Multipart,
    Signed,
    Message,
    /// A kind of message that may not be encoded.
    Fixed,
    Text,
    Other,
}

impl Kind {
    fn of(media_type: &str) -> Self {
        match media_type.split_once('/') {
            Some(("multipart", "signed")) => Self::Signed,
            Some(("multipart", _)) => Self::Multipart,
            Some(("message", "rfc822")) => Self::Message,
            // The kinds of RFC 6532 and 6533 may be encoded, unlike all older ones.
            Some(("message", subtype)) if subtype.starts_with("global") => Self::Other,
            Some(("message", _)) => Self::Fixed,
            Some(("text", _)) => Self::Text,
            // Without a type it is plain text; one that cannot be read is opaque.
            _ => Self::Other,
        }
    }
}

struct Converter {
    out: Vec<u8>,
    parts: usize,
}

impl Converter {
    /// A whole message, outermost or attached.
    fn message(&mut self, content: &[u8], depth: usize) -> Result<(), ConversionRefused> {
        self.entity(content, "text/plain", depth, true)
    }

    fn entity(
        &mut self,
        content: &[u8],
        default_type: &str,
        depth: usize,
        is_message: bool,
    ) -> Result<(), ConversionRefused> {
        self.parts += 1;
        if depth > MAX_DEPTH || self.parts > MAX_PARTS {
            return Err(ConversionRefused::TooDeep);
        }
        let entity = Entity::parse(content);
        if !entity.header.is_ascii() {
            return Err(ConversionRefused::Malformed);
        }
        let eight_bit = !entity.body.is_ascii();
        let description = match entity.describe(default_type) {
            Ok(description) if eight_bit || description.encoding == Encoding::Raw => description,
            Err(ambiguous) if eight_bit => return Err(ambiguous.into()),
            // Seven bits and labelled so: as it stands.
            _ => {
                self.out.extend_from_slice(content);
                return Ok(());
            }
        };
        match Kind::of(&description.media_type) {
            Kind::Signed if !eight_bit => self.out.extend_from_slice(content),
            Kind::Signed => return Err(ConversionRefused::Signed),
            _ if eight_bit && description.encoding == Encoding::Encoded => {
                return Err(ConversionRefused::Malformed);
            }
            Kind::Multipart => {
                self.header(&entity, &description, "7bit", false);
                self.multipart(entity.body, &description, depth)?;
            }
            Kind::Message => {
                self.header(&entity, &description, "7bit", false);
                self.message(entity.body, depth + 1)?;
            }
            _ if !eight_bit => {
                self.header(&entity, &description, "7bit", false);
                self.out.extend_from_slice(entity.body);
            }
            Kind::Fixed => return Err(ConversionRefused::Malformed),
            Kind::Text if quoted_printable_is_shorter(entity.body) => {
                self.header(&entity, &description, "quoted-printable", is_message);
                let encoder = QuotedPrintableEncoder::new().preserve_line_breaks();
                encoder.encode_into(entity.body, &mut self.out);
            }
            Kind::Text | Kind::Other => {
                self.header(&entity, &description, "base64", is_message);
                self.base64(entity.body);
            }
        }
        Ok(())
    }

    fn multipart(
        &mut self,
        body: &[u8],
        description: &Description,
        depth: usize,
    ) -> Result<(), ConversionRefused> {
        let boundary = description.boundary.as_deref().ok_or(ConversionRefused::Malformed)?;
        let pieces = pieces(body, boundary);
        if !pieces.iter().any(|piece| matches!(piece, Piece::Part(_))) {
            return Err(ConversionRefused::Malformed);
        }
        let digest = description.media_type == "multipart/digest";
        let default_type = if digest { "message/rfc822" } else { "text/plain" };
        for piece in pieces {
            match piece {
                Piece::Part(part) => self.entity(part, default_type, depth + 1, false)?,
                Piece::Delimiter(bytes) => self.out.extend_from_slice(bytes),
                // Nobody shows what stands around the parts.
                Piece::Surroundings(bytes) => {
                    self.out.extend(bytes.iter().map(|b| if b.is_ascii() { *b } else { b'?' }));
                }
            }
        }
        Ok(())
    }

    /// The entity's header with another Content-Transfer-Encoding; where a message was not
    /// MIME, with what makes it so.
    fn header(
        &mut self,
        entity: &Entity<'_>,
        description: &Description,
        encoding: &str,
        is_message: bool,
    ) {
        for field in entity.fields() {
            if !field.is("Content-Transfer-Encoding") {
                self.out.extend_from_slice(field.raw);
            }
        }
        if is_message && !description.has_version {
            self.out.extend_from_slice(b"MIME-Version: 1.0\r\n");
        }
        if is_message && !description.has_type {
            let utf8 = std::str::from_utf8(entity.body).is_ok();
            // RFC 1428 section 3: the name for a character set that nobody declared.
            let charset = if utf8 { "utf-8" } else { "unknown-8bit" };
            let field = format!("Content-Type: text/plain; charset={charset}\r\n");
            self.out.extend_from_slice(field.as_bytes());
        }
        if description.encoding != Encoding::Absent || encoding != "7bit" {
            let field = format!("Content-Transfer-Encoding: {encoding}\r\n");
            self.out.extend_from_slice(field.as_bytes());
        }
        self.out.extend_from_slice(entity.separator);
    }

    /// Lines of base64, without the last line end: in a multipart it belongs to the delimiter.
    fn base64(&mut self, body: &[u8]) {
        Base64Encoder::new().wrap_lines().encode_into(body, &mut self.out);
        if self.out.ends_with(b"\r\n") {
            self.out.truncate(self.out.len() - 2);
        }
    }
}

/// Quoted-printable makes three bytes of each byte above 127, base64 four of every three.
fn quoted_printable_is_shorter(body: &[u8]) -> bool {
    body.iter().filter(|b| !b.is_ascii()).count() <= body.len() / 6
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    fn convert(text: &str) -> Result<String, ConversionRefused> {
        let converted = to_seven_bit(&Bytes::copy_from_slice(text.as_bytes()))?;
        assert!(converted.is_ascii());
        Ok(String::from_utf8(converted.to_vec()).unwrap())
    }

    #[test]
    fn a_plain_message_becomes_mime() {
        assert_eq!(
            convert("From: a@b\r\n\r\nThe word déjà vu \r\nis not English.\r\n").unwrap(),
            "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n\
             The word d=C3=A9j=C3=A0 vu=20\r\nis not English.\r\n"
        );
        let latin1 =
            to_seven_bit(&Bytes::from_static(b"A: b\r\n\r\nvoil\xe0 une phrase\r\n")).unwrap();
        assert!(latin1.windows(12).any(|w| w == b"unknown-8bit"));
    }

    #[test]
    fn what_is_seven_bit_stays_the_same_bytes() {
        let content = Bytes::from_static(b"Content-Transfer-Encoding: 8bit\r\n\r\nplain\r\n");
        assert_eq!(to_seven_bit(&content).unwrap().as_ptr(), content.as_ptr());
    }

    const NESTED: &str = "From: a@b\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"out\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
        préambule\r\n--out\r\n\r\nASCII part\r\n--out\r\n\
        Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\
        Content-Type: text/html; charset=utf-8\r\ncontent-transfer-encoding: 8bit\r\n\r\n<p>Voilà, ceci est un message.</p>\r\n\
        --in--\r\n--out\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: 8bit\r\n\r\nbinaire é\r\n\
        --out\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\néééé\r\n--out--\r\n";

    #[test]
    fn multiparts_keep_their_shape() {
        let converted = convert(NESTED).unwrap();
        let before = MessageParser::default().parse(NESTED).unwrap();
        let after = MessageParser::default().parse(converted.as_bytes()).unwrap();
        assert_eq!(before.parts.len(), after.parts.len());
        for (b, a) in before.parts.iter().zip(&after.parts) {
            assert_eq!(b.content_type(), a.content_type());
        }
        let html = |m: &mail_parser::Message<'_>| m.body_html(0).unwrap().into_owned();
        assert_eq!(after.attachment(0).unwrap().contents(), "binaire é".as_bytes());
        assert!(converted.contains("Voil=C3=A0"));
        assert_eq!(html(&before), html(&after));
        assert!(converted.contains("pr??ambule"));
        let inner = after.attachment(1).unwrap().message().unwrap();
        assert_eq!(inner.body_text(0).unwrap().trim_end(), "éééé");
        assert_eq!(convert(&converted).unwrap(), converted);
    }

    #[test]
    fn what_is_signed_is_never_touched() {
        for name in SIGNATURES {
            let signed = format!("{name}: v=1\r\n\r\né\r\n");
            assert_eq!(convert(&signed), Err(ConversionRefused::Signed));
        }
        let part = |text: &str| {
            format!(
                "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\
                 Content-Type: multipart/signed; boundary=s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--s\r\n\r\n{text}\r\n--s--\r\n\
                 --o\r\n\r\né et une phrase\r\n--o--\r\n"
            )
        };
        assert_eq!(convert(&part("é")), Err(ConversionRefused::Signed));
        assert!(
            convert(&part("ascii"))
                .unwrap()
                .contains("Content-Transfer-Encoding: 8bit\r\n\r\n--s\r\n\r\nascii\r\n--s--")
        );
    }

    #[test]
    fn nothing_is_guessed() {
        for bad in [
            "Subject: é\r\n\r\nx\r\n",
            "Content-Type: multipart/mixed\r\n\r\né\r\n",
            "Content-Type: multipart/mixed; boundary=x\r\n\r\né\r\n",
            "Content-Transfer-Encoding: base64\r\n\r\né\r\n",
            "Content-Transfer-Encoding: x-unknown\r\n\r\né\r\n",
            "Content-Type: message/partial\r\n\r\né\r\n",
            "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\né\r\n",
            "Content-Type: message/rfc822\r\n\r\nSubject: é\r\n\r\nx\r\n",
        ] {
            assert_eq!(convert(bad), Err(ConversionRefused::Malformed), "{bad:?}");
        }
        assert!(convert("Content-Type: message/global\r\n\r\nSubject: é\r\n\r\nx\r\n").is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        let mut deep = String::new();
        for _ in 0..40 {
            deep.push_str("Content-Type: message/rfc822\r\n\r\n");
        }
        assert_eq!(convert(&format!("{deep}\r\né\r\n")), Err(ConversionRefused::TooDeep));
    }

    proptest! {
        #[test]
        fn text_comes_back(text in "[a-zà-ÿ= .\t]{0,200}(\r\n[a-zà-ÿ= \t]{0,100}){0,5}") {
            let content = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n");
            let converted = convert(&content).unwrap();
            let parsed = MessageParser::default().parse(converted.as_bytes()).unwrap();
            let body = parsed.body_text(0).unwrap();
            prop_assert_eq!(body.trim_end_matches("\r\n"), text.trim_end_matches("\r\n"));
            prop_assert!(converted.lines().all(|line| line.len() <= 200));
        }

        #[test]
        fn anything_is_converted_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let content = Bytes::from([b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", &bytes[..]].concat());
            if let Ok(converted) = to_seven_bit(&content) {
                prop_assert!(converted.is_ascii());
            }
        }
    }
}
