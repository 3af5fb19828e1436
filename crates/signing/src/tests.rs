//! Vectors of the RFCs, and properties held against a verifier of another make.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::Timestamp;
use proptest::prelude::*;

use crate::{
    Algorithm, BodyHash, Canonicalization, Finding, Key, KeyError, KeyRecord, NewKey, PrivateKey,
    SIGNED_FIELDS, Signer, SigningError,
    fields::{Field, Header, Selection},
    verifier::{canonical_body, canonical_field, signatures, split, verifies},
};

const FORMS: [Canonicalization; 2] = [Canonicalization::Relaxed, Canonicalization::Simple];
const AT: Timestamp = Timestamp::from_millis(1_700_000_000_999);

/// One pair of keys for all tests: making them takes long.
static KEYS: LazyLock<[NewKey; 2]> =
    LazyLock::new(|| Algorithm::ALL.map(|algorithm| NewKey::make(algorithm, 2048).unwrap()));

fn signer(header: Canonicalization, body: Canonicalization) -> Signer {
    let keys = Algorithm::ALL.iter().zip(KEYS.iter()).map(|(algorithm, key)| Key {
        selector: format!("s1-{}", algorithm.key_type()),
        key: PrivateKey::read(*algorithm, &key.private).unwrap(),
    });
    Signer { domain: "contoso.com".parse().unwrap(), keys: keys.collect(), header, body }
}

/// Signs, and lets the verifier see both signatures.
fn check(content: &[u8], forms: (Canonicalization, Canonicalization)) -> String {
    let fields = signer(forms.0, forms.1).sign(content, AT).unwrap();
    let signed = [fields.as_bytes(), b"Received: from x by y;\r\n\tnow\r\n", content].concat();
    let found = signatures(fields.as_bytes());
    assert_eq!(found.len(), 2, "{fields}");
    for (signature, key) in found.iter().zip(KEYS.iter()) {
        verifies(signature, &signed, &key.public).unwrap_or_else(|e| panic!("{e}: {fields}"));
    }
    fields
}

fn body_hash(form: Canonicalization, body: &str) -> String {
    STANDARD.encode(BodyHash::of(form, body.as_bytes()))
}

/// RFC 6376 sections 3.4.3 and 3.4.4 give these three.
#[test]
fn hashes_of_empty_bodies_are_the_documented_ones() {
    let relaxed = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let simple = "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=";
    for empty in ["", "\r\n", "\r\n\r\n\r\n"] {
        assert_eq!(body_hash(Canonicalization::Relaxed, empty), relaxed, "{empty:?}");
        assert_eq!(body_hash(Canonicalization::Simple, empty), simple, "{empty:?}");
    }
    for blank in [" ", "\t \r\n", " \r\n\t\r\n\r\n"] {
        assert_eq!(body_hash(Canonicalization::Relaxed, blank), relaxed, "{blank:?}");
        assert_ne!(body_hash(Canonicalization::Simple, blank), simple, "{blank:?}");
    }
}

/// RFC 6376 section 3.4.5.
#[test]
fn the_example_of_canonical_forms() {
    let content = b"From: x\r\nA: X\r\nSubject : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
    let header = Header::find(content);
    let write = |field: &Field<'_>, form| {
        let mut out = Vec::new();
        field.write(form, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(header.fields.len(), 2);
    assert_eq!(write(&header.fields[1], Canonicalization::Relaxed), "subject:Y Z");
    assert_eq!(write(&header.fields[1], Canonicalization::Simple), "Subject : Y\t\r\n\tZ  ");
    let hash = |text: &[u8]| -> Vec<u8> { digest(&SHA256, text).as_ref().to_vec() };
    assert_eq!(
        BodyHash::of(Canonicalization::Relaxed, header.body).to_vec(),
        hash(b" C\r\nD E\r\n")
    );
    assert_eq!(
        BodyHash::of(Canonicalization::Simple, header.body).to_vec(),
        hash(b" C \r\nD \t E\r\n")
    );
}

/// What other signers got wrong: blank lines with white space at the end of a relaxed body.
#[test]
fn white_space_at_the_end_does_not_count() {
    let plain = body_hash(Canonicalization::Relaxed, "x\r\n");
    for same in ["x", "x \r\n", "x\r\n \r\n", "x\t\r\n\t \r\n\r\n", "x\r\n "] {
        assert_eq!(body_hash(Canonicalization::Relaxed, same), plain, "{same:?}");
    }
    for other in [" x\r\n", "x\r\n y", "x\n", "\r\nx\r\n", "x\r\r\n"] {
        assert_ne!(body_hash(Canonicalization::Relaxed, other), plain, "{other:?}");
    }
}

const RFC_8463_MESSAGE: &str = "From: Joe SixPack <joe@football.example.com>\r\n\
    To: Suzie Q <suzie@shopping.example.net>\r\n\
    Subject: Is dinner ready?\r\n\
    Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
    Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
    Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
const RFC_8463_HASH: &str = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=";
const RFC_8463_NAMES: &str = "from to subject date message-id";

/// What is hashed for a signature field of RFC 8463 appendix A.3, with our canonical forms.
fn rfc_8463_input(unsigned: &str) -> Vec<u8> {
    let header = Header::find(RFC_8463_MESSAGE.as_bytes());
    let mut input = Vec::new();
    for name in RFC_8463_NAMES.split(' ') {
        let is = |field: &&Field<'_>| field.name.eq_ignore_ascii_case(name.as_bytes());
        header.fields.iter().find(is).unwrap().write(Canonicalization::Relaxed, &mut input);
        input.extend(b"\r\n");
    }
    Field::read(unsigned.as_bytes()).unwrap().write(Canonicalization::Relaxed, &mut input);
    input
}

/// The seed of RFC 8463 appendix A.2 in PKCS#8.
fn rfc_8463_key() -> PrivateKey {
    let seed = STANDARD.decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let text = STANDARD.encode([&prefix[..], &seed].concat());
    PrivateKey::read(Algorithm::Ed25519Sha256, &text).unwrap()
}

#[test]
fn the_ed25519_vector_of_rfc_8463_is_made_byte_for_byte() {
    let key = rfc_8463_key();
    assert_eq!(key.public().unwrap(), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    let body = Header::find(RFC_8463_MESSAGE.as_bytes()).body;
    assert_eq!(STANDARD.encode(BodyHash::of(Canonicalization::Relaxed, body)), RFC_8463_HASH);
    let unsigned = format!(
        "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; \
         i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n \
         subject : date : message-id : from : subject : date;\r\n bh={RFC_8463_HASH};\r\n b="
    );
    let signature = key.sign(&rfc_8463_input(&unsigned)).unwrap();
    assert_eq!(
        STANDARD.encode(signature),
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    );
}

/// Its RSA key has 1,024 bits, with which nothing is signed here; the signature must hold for what we
/// would sign.
#[test]
fn the_rsa_vector_of_rfc_8463_holds() {
    use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
    let unsigned = format!(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=football.example.com; \
         i=@football.example.com;\r\n q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n \
         date : message-id : from : subject : date;\r\n bh={RFC_8463_HASH};\r\n b="
    );
    let signature = "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\
        DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\
        dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=";
    let public = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bd\
        OKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9Pz\
        oxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";
    UnparsedPublicKey::new(
        &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        STANDARD.decode(public).unwrap(),
    )
    .verify(&rfc_8463_input(&unsigned), &STANDARD.decode(signature).unwrap())
    .unwrap();
}

#[test]
fn the_field_says_what_it_should() {
    let content =
        b"From: jean@contoso.com\r\nTo: a@b.example\r\nX-Other: no\r\nFrom: two\r\n\r\nx\r\n";
    let fields = check(content, (Canonicalization::Relaxed, Canonicalization::Relaxed));
    let found = signatures(fields.as_bytes());
    let [rsa, ed25519] = found.as_slice() else { panic!("two signatures") };
    assert_eq!((rsa.tag("a"), ed25519.tag("a")), ("rsa-sha256", "ed25519-sha256"));
    assert_eq!((rsa.tag("s"), ed25519.tag("s")), ("s1-rsa", "s1-ed25519"));
    for signature in &found {
        assert_eq!(signature.tag("v"), "1");
        assert_eq!(signature.tag("d"), "contoso.com");
        assert_eq!(signature.tag("t"), "1700000000");
        assert_eq!(signature.tag("c"), "relaxed/relaxed");
        assert_eq!(
            signature.tag("h"),
            "From:From:From:Reply-To:Subject:Date:Message-ID:To:To:Cc:MIME-Version:Content-Type:\
             Content-Transfer-Encoding"
        );
        assert_eq!((signature.tag("l"), signature.tag("x")), ("", ""));
    }
    assert!(fields.split("\r\n").all(|line| line.len() <= 78), "{fields}");
    assert!(fields.is_ascii() && fields.ends_with("\r\n"));
}

#[test]
fn a_field_that_is_added_or_changed_breaks_the_signature() {
    let content = b"From: jean@contoso.com\r\nSubject: one\r\n\r\nx\r\n";
    let fields = signer(FORMS[0], FORMS[0]).sign(content, AT).unwrap();
    let signature = &signatures(fields.as_bytes())[1];
    let with = |more: &str| [fields.as_bytes(), more.as_bytes(), content].concat();
    let public = &KEYS[1].public;
    for harmless in ["", "Received: from a by b\r\n", "X-Spam: no\r\n", "Return-Path: <a@b>\r\n"] {
        verifies(signature, &with(harmless), public).unwrap();
    }
    for harm in ["From: a@b\r\n", "subject: two\r\n", "To: x@y\r\n", "Content-Type: text/html\r\n"]
    {
        assert!(verifies(signature, &with(harm), public).is_err(), "{harm}");
    }
    let longer = [&with("")[..], b"more\r\n"].concat();
    assert!(verifies(signature, &longer, public).is_err());
}

#[test]
fn the_signed_fields_of_a_hostile_header_are_bounded() {
    let mut content = b"To: x@y.example\r\n".repeat(10_000);
    content.extend_from_slice(b"From: a@contoso.com\r\n\r\n");
    let selection = Selection::of(&Header::find(&content).fields, Canonicalization::Relaxed);
    assert_eq!(selection.names.iter().filter(|name| **name == "To").count(), 20);
    check(&content, (Canonicalization::Relaxed, Canonicalization::Relaxed));
}

#[test]
fn without_a_key_nothing_is_signed() {
    let mut signer = signer(FORMS[0], FORMS[0]);
    signer.keys.clear();
    assert_eq!(signer.sign(b"From: a@b\r\n\r\n", AT), Err(SigningError::NoKey));
}

#[test]
fn keys_are_read_back_and_say_nothing_of_themselves() {
    for (algorithm, key) in Algorithm::ALL.into_iter().zip(KEYS.iter()) {
        let read = PrivateKey::read(algorithm, &key.private).unwrap();
        assert_eq!(read.public().unwrap(), key.public);
        assert_eq!(read.algorithm(), algorithm);
        for shown in [format!("{read:?}"), format!("{key:?}")] {
            assert!(!shown.contains(&key.private[20..40]), "{shown}");
        }
        for wrong in ["", "=", "AAAA", &key.public] {
            let error = PrivateKey::read(algorithm, wrong).unwrap_err();
            assert_eq!(error, KeyError::Unreadable(algorithm));
        }
    }
    let [rsa, ed25519] = &*KEYS;
    assert!(PrivateKey::read(Algorithm::RsaSha256, &ed25519.private).is_err());
    assert!(PrivateKey::read(Algorithm::Ed25519Sha256, &rsa.private).is_err());
    assert_eq!(NewKey::make(Algorithm::RsaSha256, 1024).unwrap_err(), KeyError::Size(1024));
}

fn record(algorithm: Algorithm, public: &str) -> KeyRecord {
    KeyRecord {
        domain: "contoso.com".parse().unwrap(),
        selector: "relais1".to_owned(),
        algorithm,
        public: public.to_owned(),
    }
}

#[test]
fn a_record_is_written_in_strings_that_fit() {
    let record = record(Algorithm::RsaSha256, &KEYS[0].public);
    assert_eq!(record.name(), "relais1._domainkey.contoso.com");
    let line = record.zone_line();
    let (name, rest) = line.split_once(" IN TXT ").unwrap();
    assert_eq!(name, "relais1._domainkey.contoso.com.");
    let strings: Vec<&str> = rest.split("\" \"").map(|s| s.trim_matches('"')).collect();
    assert!(strings.len() == 2 && strings.iter().all(|string| string.len() <= 255));
    assert_eq!(strings.concat(), record.text());
    assert!(record.text().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkq"));
}

#[test]
fn what_the_dns_holds_is_compared_tag_by_tag() {
    let rsa = record(Algorithm::RsaSha256, "AAAA");
    let found = |record: &KeyRecord, texts: &[&str]| {
        record.find(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    };
    for same in [
        "v=DKIM1; k=rsa; p=AAAA",
        "p=AA AA",
        "v=DKIM1;p=AAAA;",
        "v=DKIM1; t=y; h=sha1:sha256; p=AAAA",
    ] {
        assert_eq!(found(&rsa, &[same]), Finding::Published, "{same}");
    }
    assert_eq!(found(&rsa, &[]), Finding::Missing);
    for (texts, why) in [
        (&["v=DKIM1; p=BBBB"][..], "its p= is another key"),
        (&["v=DKIM1; p="], "its p= is empty: the key is revoked"),
        (&["v=spf1 -all"], "its v= is not DKIM1"),
        (&["hello"], "it has no p="),
        (&["k=ed25519; p=AAAA"], "its k= is not rsa"),
        (&["h=sha1; p=AAAA"], "its h= does not allow sha256"),
        (&["s=tlsrpt; p=AAAA"], "its s= does not allow email"),
        (&["p=AAAA", "p=AAAA"], "2 TXT records where one is allowed"),
    ] {
        assert_eq!(found(&rsa, texts), Finding::Differs(why.to_owned()), "{texts:?}");
    }
    let ed25519 = record(Algorithm::Ed25519Sha256, "AAAA");
    assert_eq!(found(&ed25519, &["k=ed25519; p=AAAA"]), Finding::Published);
    assert_eq!(found(&ed25519, &["p=AAAA"]), Finding::Differs("its k= is not ed25519".to_owned()));
}

/// Bytes of which canonical forms are made.
fn bytes(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b"\r\n"[..]),
        3 => Just(&b" "[..]),
        2 => Just(&b"\t"[..]),
        4 => Just(&b"word"[..]),
        1 => Just(&b"\xc3\xa9"[..]),
        1 => Just(&b"\r"[..]),
        1 => Just(&b"\n"[..]),
        1 => Just(&b"."[..]),
    ];
    proptest::collection::vec(piece, length).prop_map(|pieces| pieces.concat())
}

/// A header with folded values, white space and repeated fields.
fn header() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        proptest::sample::select(&SIGNED_FIELDS[..]),
        Just("X-Other"),
        Just("received"),
        Just("SUBJECT "),
    ];
    let value = proptest::collection::vec(
        prop_oneof![Just("a"), Just(" "), Just("\t"), Just("\r\n "), Just(":"), Just("é")],
        0..12,
    );
    proptest::collection::vec((name, value), 0..20).prop_map(|fields| {
        let line = |(name, value): (&str, Vec<&str>)| format!("{name}:{}\r\n", value.concat());
        fields.into_iter().map(line).collect::<String>().into_bytes()
    })
}

proptest! {
    #[test]
    fn a_body_is_hashed_as_its_canonical_form(body in bytes(0..60), cuts in proptest::collection::vec(0..200_usize, 0..4)) {
        for form in FORMS {
            let expected = digest(&SHA256, &canonical_body(form.name(), &body));
            prop_assert_eq!(&BodyHash::of(form, &body)[..], expected.as_ref());
            // In pieces, wherever they are cut.
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
            cuts.sort_unstable();
            let mut hash = BodyHash::new(form);
            let mut from = 0;
            for cut in cuts.into_iter().chain([body.len()]) {
                hash.update(&body[from..cut]);
                from = cut;
            }
            prop_assert_eq!(&hash.finish()[..], expected.as_ref());
        }
    }

    #[test]
    fn fields_have_their_canonical_form(header in header()) {
        let (fields, _) = split(&[&header[..], b"\r\n"].concat());
        for field in fields {
            for form in FORMS {
                let mut out = Vec::new();
                let raw = field.strip_suffix(b"\r\n").unwrap();
                Field::read(raw).unwrap().write(form, &mut out);
                prop_assert_eq!(out, canonical_field(form.name(), &field));
            }
        }
    }

    #[test]
    fn anything_can_be_signed(content in proptest::collection::vec(any::<u8>(), 0..300)) {
        let fields = signer(FORMS[0], FORMS[0]).sign(&content, AT).unwrap();
        prop_assert!(fields.ends_with("\r\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_signed_verifies(header in header(), body in bytes(0..40), h in 0..2_usize, b in 0..2_usize) {
        // Reception lets no lone CR or LF through.
        let body = String::from_utf8(body).unwrap().replace("\r\n", "\u{1}").replace(['\r', '\n'], "").replace('\u{1}', "\r\n");
        let content = [&header[..], b"\r\n", body.as_bytes()].concat();
        check(&content, (FORMS[h], FORMS[b]));
    }
}
