use aws_lc_rs::pbkdf2;
use proptest::prelude::*;

use super::*;

/// The example of RFC 7677 section 3.
const FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SERVER_FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                            s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const LAST: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                    p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn pencil() -> ScramKeys {
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    let rounds = NonZeroU32::new(4096).unwrap();
    let mut salted = [0; HASH];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, b"pencil", &mut salted);
    let client_key = sign(&salted, "Client Key");
    let stored_key = digest(&SHA256, client_key.as_ref()).as_ref().try_into().unwrap();
    let server_key = sign(&salted, "Server Key").as_ref().try_into().unwrap();
    ScramKeys { salt, rounds, stored_key, server_key }
}

fn challenged() -> Challenged {
    ClientFirst::read(FIRST, false, &[]).unwrap().challenge(pencil(), NONCE).unwrap().1
}

fn verdict(last: &str) -> Result<String, &'static str> {
    challenged().judge(last).expect("a last message").verdict
}

fn bindings() -> Vec<TlsBinding> {
    vec![
        TlsBinding { kind: "tls-exporter", data: vec![7, 0, 255] },
        TlsBinding { kind: "tls-server-end-point", data: vec![8; 32] },
    ]
}

fn refused(first: &str, plus: bool, bindings: &[TlsBinding]) -> &'static str {
    match ClientFirst::read(first, plus, bindings) {
        Err(Unfit::Refused { why, .. }) => why,
        other => panic!("{first}: {other:?}"),
    }
}

#[test]
fn the_example_of_the_rfc() {
    let first = ClientFirst::read(FIRST, false, &[]).unwrap();
    assert_eq!(first.user(), "user");
    let (message, challenged) = first.challenge(pencil(), NONCE).unwrap();
    assert_eq!(STANDARD.decode(message).unwrap(), SERVER_FIRST.as_bytes());
    let judged = challenged.judge(LAST).unwrap();
    assert_eq!((judged.mechanism, judged.user.as_str()), ("SCRAM-SHA-256", "user"));
    assert_eq!(STANDARD.decode(judged.verdict.unwrap()).unwrap(), SERVER_LAST.as_bytes());
}

#[test]
fn every_part_of_the_last_message_counts() {
    assert_eq!(verdict(&LAST.replace("p=dHz", "p=dHy")), Err("wrong user name or password"));
    assert_eq!(verdict(&LAST.replace("$k0,", "$k1,")), Err("the nonce is another"));
    assert_eq!(verdict(&LAST.replace("$k0,", ",")), Err("the nonce is another"));
    let elsewhere = LAST.replace("c=biws", "c=eSws");
    assert!(verdict(&elsewhere).unwrap_err().contains("another TLS session"));
    // What stands between is proven too.
    let longer = LAST.replace(",p=", ",x=y,p=");
    assert_eq!(verdict(&longer), Err("wrong user name or password"));
    let mut other = pencil();
    other.stored_key = [1; HASH];
    let first = ClientFirst::read(FIRST, false, &[]).unwrap();
    let (_, challenged) = first.challenge(other, NONCE).unwrap();
    assert!(challenged.judge(LAST).unwrap().verdict.is_err());
}

#[test]
fn what_is_no_last_message() {
    for last in [
        "",
        "p=",
        "c=biws",
        &LAST.replace(",p=", ",q="),
        &LAST.replace("c=biws,", ""),
        &LAST.replace("c=biws", "c=b"),
        &LAST.replace("c=biws", "biws"),
        &LAST.replace(",r=", ",x="),
        &LAST.replace("dVQ=", "dVQ"),
        &LAST.replace("dVQ=", ""),
        &LAST.replace("p=dHzb", "p="),
        &LAST.replace(",p=", ",m=x,p="),
        &LAST.replace(",p=", ",,p="),
    ] {
        assert!(challenged().judge(last).is_none(), "{last}");
    }
}

/// RFC 5802 section 6.
#[test]
fn the_flag_of_channel_binding_has_to_fit() {
    let read = |flag: &str, plus| {
        ClientFirst::read(&format!("{flag},,n=user,r=x"), plus, &bindings())
            .map(|read| read.binding)
    };
    assert_eq!(read("n", false).unwrap(), b"n,,");
    assert_eq!(read("p=tls-exporter", true).unwrap(), b"p=tls-exporter,,\x07\x00\xff");
    let end_point = [&b"p=tls-server-end-point,,"[..], &[8; 32]].concat();
    assert_eq!(read("p=tls-server-end-point", true).unwrap(), end_point);
    let not_offered = ClientFirst::read("y,,n=user,r=x", false, &[]).unwrap();
    assert_eq!(not_offered.binding, b"y,,");
    let downgraded = refused("y,,n=user,r=x", false, &bindings());
    assert!(downgraded.contains("somebody may sit in between"), "{downgraded}");
    let unknown = refused("p=tls-unique,,n=user,r=x", true, &bindings());
    assert_eq!(unknown, "unknown kind of channel binding");
    for (flag, plus) in [("p=tls-exporter", false), ("n", true), ("y", true)] {
        refused(&format!("{flag},,n=user,r=x"), plus, &bindings());
    }
}

#[test]
fn what_is_bound_is_proven() {
    let first = "p=tls-exporter,,n=user,r=x";
    let begin = |data: Vec<u8>| {
        let bindings = [TlsBinding { kind: "tls-exporter", data }];
        let first = ClientFirst::read(first, true, &bindings).unwrap();
        first.challenge(pencil(), "y").unwrap().1
    };
    let without_proof = format!("c={},r=xy", STANDARD.encode(b"p=tls-exporter,,\x07"));
    let last = |challenged: &Challenged| {
        let message = format!("{},{without_proof}", challenged.said);
        let mut salted = [0; HASH];
        let (rounds, salt) = (challenged.keys.rounds, &challenged.keys.salt);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, b"pencil", &mut salted);
        let mut proof: [u8; HASH] = sign(&salted, "Client Key").as_ref().try_into().unwrap();
        let signature = sign(&challenged.keys.stored_key, &message);
        proof.iter_mut().zip(signature.as_ref()).for_each(|(byte, mask)| *byte ^= mask);
        format!("{without_proof},p={}", STANDARD.encode(proof))
    };
    let (here, elsewhere) = (begin(vec![7]), begin(vec![8]));
    let (right, wrong) = (last(&here), last(&elsewhere));
    let judged = here.judge(&right).unwrap();
    assert_eq!(judged.mechanism, "SCRAM-SHA-256-PLUS");
    assert!(judged.verdict.is_ok());
    let why = elsewhere.judge(&wrong).unwrap().verdict.unwrap_err();
    assert!(why.contains("another TLS session"), "{why}");
}

#[test]
fn what_is_no_first_message() {
    let long = format!("n,,n=user,r={}", "x".repeat(MAX_NONCE + 1));
    for first in [
        "",
        ",",
        "n",
        "n,,",
        "n,n=user,r=x",
        "N,,n=user,r=x",
        "z,,n=user,r=x",
        "p,,n=user,r=x",
        "p=,,n=user,r=x",
        "p=a b,,n=user,r=x",
        "n,user,n=user,r=x",
        "n,a=,n=user,r=x",
        "n,,user,r=x",
        "n,,n=,r=x",
        "n,,n=us=er,r=x",
        "n,,n=us=2c,r=x",
        "n,,n=user=,r=x",
        "n,,n=user",
        "n,,n=user,r=",
        "n,,n=user,r=a b",
        "n,,n=user,r=\u{e9}",
        "n,,n=user,x=y,r=x",
        // An extension that must be understood, and what is none.
        "n,,m=x,n=user,r=x",
        "n,,n=user,r=x,m=y",
        "n,,n=user,r=x,",
        "n,,n=user,r=x,y",
        "n,,n=user,r=x,1=y",
        &long,
    ] {
        let read = ClientFirst::read(first, false, &[]);
        assert_eq!(read.unwrap_err(), Unfit::Malformed, "{first}");
    }
}

#[test]
fn names_are_unescaped_and_prepared() {
    let user = |first: &str| ClientFirst::read(first, false, &[]).unwrap().user;
    assert_eq!(user("n,,n=a=3Db=2Cc,r=x"), "a=b,c");
    // Compatibility characters are normalised, a soft hyphen goes.
    assert_eq!(user("n,,n=\u{2168}I\u{ad}X,r=x,e=xtension"), "IXIX");
    assert_eq!(user("n,a=user,n=us\u{ad}er,r=x"), "user");
    assert_eq!(user("n,a=a=2Cb,n=a=2Cb,r=x"), "a,b");
    assert!(refused("n,a=other,n=user,r=x", false, &[]).contains("authorization identity"));
    assert!(refused("n,a=us\u{7}er,n=user,r=x", false, &[]).contains("authorization identity"));
    for name in ["bell\u{7}", "\u{ad}", "a\0b", "\u{627}1", &"x".repeat(MAX_NAME + 1)] {
        assert!(refused(&format!("n,,n={name},r=x"), false, &[]).contains("4013"), "{name}");
    }
}

#[test]
fn a_nonce_of_ours_that_is_none_leads_nowhere() {
    for nonce in ["", "a,b", "a b", "\u{e9}"] {
        let first = ClientFirst::read(FIRST, false, &[]).unwrap();
        assert!(first.challenge(pencil(), nonce).is_none(), "{nonce}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    assert_eq!(format!("{:?}", pencil()), "ScramKeys");
    assert_eq!(format!("{:?}", challenged()), "Challenged { user: \"user\", .. }");
}

proptest! {
    #[test]
    fn nothing_a_client_says_is_too_much(
        text in "\\PC{0,200}",
        header in "[npyz=a,]{0,6}",
        rest in "[nrmcp=a-c,+/]{0,30}",
        plus in any::<bool>(),
    ) {
        let _ = ClientFirst::read(&text, plus, &bindings());
        let _ = ClientFirst::read(&format!("{header}{rest}"), plus, &bindings());
        prop_assert!(challenged().judge(&text).is_none_or(|judged| judged.verdict.is_err()));
        let last = LAST.replacen(",p=", &format!(",{rest},p="), 1);
        prop_assert!(challenged().judge(&last).is_none_or(|judged| judged.verdict.is_err()));
    }

    /// Whatever is taken makes a reply that fits one line.
    #[test]
    fn a_challenge_fits_a_line(nonce in "[!-+./-~]{1,256}", ours in "[!-+./-~]{24}") {
        let first = ClientFirst::read(&format!("n,,n=user,r={nonce}"), false, &[]).unwrap();
        let (message, _) = first.challenge(pencil(), &ours).unwrap();
        prop_assert!(message.len() <= 512 - 6);
    }
}
