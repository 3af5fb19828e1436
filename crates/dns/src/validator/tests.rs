//! The validator against signed zones, and what somebody in between makes of their answers.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use hickory_proto::{
    dnssec::rdata::{DNSSECRData, RRSIG},
    op::{Message, ResponseCode},
    rr::{Name, RData, Record, RecordType},
};
use model::DomainName;

use super::signed::{Pair, Tamper, World, resolver, strip};
use crate::{
    DnsError, OwnNames, ProbeNames, Proof, Resolver, ResolverSettings, TrustAnchors, Validation,
    Validator,
    cache::{Found, Known},
    error::Trouble,
    mail_hosts,
    script::{Asked, Script, address, name},
};

/// A world, who answers for it, and who asks.
struct Place {
    world: Arc<RwLock<World>>,
    script: Script,
    resolver: Resolver,
    proof: Arc<Proof>,
}

/// Who believes the root.
fn root_anchor(world: &World) -> TrustAnchors {
    let key = &world.zones[0].pairs[0];
    anchors(&format!(". IN DS {}", key.digest(&Name::root())))
}

fn anchors(text: &str) -> TrustAnchors {
    let directory = std::env::temp_dir();
    let unique = format!("relais-anchors-{}-{}", std::process::id(), rand::random::<u64>());
    let file = directory.join(unique);
    std::fs::write(&file, text).unwrap();
    let anchors = TrustAnchors::read(&file);
    std::fs::remove_file(&file).unwrap();
    anchors.unwrap()
}

fn probe_names() -> ProbeNames {
    let of = |text: &str| text.parse().unwrap();
    ProbeNames { signed: of("test"), unsigned: of("plain.test"), bogus: of("bogus.test") }
}

impl Place {
    async fn new(tamper: Box<Tamper>) -> Self {
        Self::of(World::new(), root_anchor, tamper).await
    }

    async fn of(
        world: World,
        anchor: impl FnOnce(&World) -> TrustAnchors,
        tamper: Box<Tamper>,
    ) -> Self {
        let anchors = anchor(&world);
        let world = Arc::new(RwLock::new(world));
        let script = resolver(&world, tamper).await;
        let settings = ResolverSettings {
            validator: Validator::BuiltIn(Arc::new(anchors)),
            ..ResolverSettings::new(vec![script.address])
        };
        let proof = Arc::new(Proof::of(&settings).shown_before());
        let resolver = Resolver::believing(settings, Arc::clone(&proof));
        Self { world, script, resolver, proof }
    }

    async fn ask(&self, of: &str, wanted: RecordType) -> Result<Found, Trouble> {
        self.resolver.ask_anew(&domain(of), wanted).await
    }

    async fn bogus(&self, of: &str, wanted: RecordType) -> String {
        match self.ask(of, wanted).await {
            Err(Trouble::Bogus(why)) => why,
            other => panic!("{of} {wanted}: {other:?}"),
        }
    }
}

fn domain(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn untouched() -> Box<Tamper> {
    Box::new(|_, message| message)
}

fn shape(found: &Found) -> Shape {
    let number = match &found.known {
        Known::Records(records) => Some(records.len()),
        Known::NoSuchDomain => None,
    };
    (number, found.authentic)
}

/// How many records, or that there is no such name; and whether it is authentic.
type Shape = (Option<usize>, bool);

const EXPECTED: [(&str, RecordType, Shape); 15] = [
    ("test", RecordType::MX, (Some(1), true)),
    ("mx.test", RecordType::A, (Some(1), true)),
    ("mx.test", RecordType::AAAA, (Some(0), true)),
    ("nowhere.test", RecordType::A, (None, true)),
    ("a.nowhere.test", RecordType::TLSA, (None, true)),
    ("alias.test", RecordType::A, (Some(1), true)),
    ("alias.test", RecordType::AAAA, (Some(0), true)),
    ("alias.test", RecordType::CNAME, (Some(1), true)),
    ("out.test", RecordType::A, (Some(1), false)),
    ("any.w.test", RecordType::A, (Some(1), true)),
    ("any.w.test", RecordType::AAAA, (Some(0), true)),
    ("host.plain.test", RecordType::A, (Some(1), false)),
    ("host.plain.test", RecordType::AAAA, (Some(0), false)),
    ("gone.plain.test", RecordType::A, (None, false)),
    ("host.moved.test", RecordType::A, (Some(1), false)),
];

#[tokio::test]
async fn what_is_signed_is_proven_and_what_is_not_is_proven_to_be_so() {
    let is_put_well = Arc::new(AtomicBool::new(true));
    let seen = Arc::clone(&is_put_well);
    let place = Place::new(Box::new(move |asked: &Asked, message| {
        let edns = asked.query.edns.as_ref();
        let wants = edns.is_some_and(|edns| edns.flags().dnssec_ok);
        if !wants || !asked.query.metadata.checking_disabled {
            seen.store(false, Ordering::SeqCst);
        }
        message
    }))
    .await;
    for (of, wanted, expected) in EXPECTED {
        let found = place.ask(of, wanted).await.unwrap_or_else(|e| panic!("{of} {wanted}: {e:?}"));
        assert_eq!(shape(&found), expected, "{of} {wanted}");
    }
    assert!(is_put_well.load(Ordering::SeqCst));
    let alias = place.ask("host.moved.test", RecordType::CNAME).await.unwrap();
    assert_eq!(shape(&alias), (Some(1), true), "made of a DNAME");
}

#[tokio::test]
async fn anchors_may_be_keys_or_digests_of_the_root_or_of_a_zone_of_ones_own() {
    let by_key =
        |world: &World| anchors(&format!(". 3600 IN DNSKEY {}", world.zones[0].pairs[0].dnskey));
    let place = Place::of(World::new(), by_key, untouched()).await;
    assert_eq!(shape(&place.ask("mx.test", RecordType::A).await.unwrap()), (Some(1), true));

    let island = |world: &World| {
        let digest = world.zones[1].pairs[0].digest(&name("test"));
        anchors(&format!("test. IN DS {digest}"))
    };
    // A zone that signs its keys and its records with different ones.
    let mut world = World::new();
    let pairs = vec![Pair::of(&name("test"), true), Pair::of(&name("test"), false)];
    world.zone("test").set_pairs(pairs);
    let place = Place::of(world, island, untouched()).await;
    for (of, wanted, expected) in EXPECTED {
        let found = place.ask(of, wanted).await.unwrap_or_else(|e| panic!("{of} {wanted}: {e:?}"));
        assert_eq!(shape(&found), expected, "{of} {wanted}");
    }
    // Above it nothing is known to be signed.
    place.world.write().unwrap().zone(".").add(address("elsewhere", "192.0.2.9"));
    assert_eq!(shape(&place.ask("elsewhere", RecordType::A).await.unwrap()), (Some(1), false));

    let other = |_: &World| anchors(&format!(". IN DS 1 13 2 {}", "0".repeat(64)));
    let place = Place::of(World::new(), other, untouched()).await;
    let why = place.bogus("mx.test", RecordType::A).await;
    assert!(why.contains("the trust anchor of ."), "{why}");
}

#[tokio::test]
async fn forged_records_are_bogus_and_say_so() {
    let place = Place::new(Box::new(|asked, mut message| {
        if asked.name == "mx.test" {
            message.answers.retain(|record| record.record_type() != RecordType::A);
            message.answers.insert(0, address("mx.test", "203.0.113.66"));
        }
        message
    }))
    .await;
    let why = place.bogus("mx.test", RecordType::A).await;
    assert_eq!(why, "the answer for mx.test. A is bogus (DNSSEC): its signatures do not hold");
    let DnsError::Temporary(text) = place.resolver.addresses(&domain("mx.test")).await.unwrap_err()
    else {
        panic!("mail waits")
    };
    assert!(text.contains("bogus"), "{text}");
    place.bogus("alias.test", RecordType::A).await;
}

#[tokio::test]
async fn what_has_run_out_or_is_not_yet_is_bogus() {
    for shift in [-(10 * 24 * 3600), 10 * 24 * 3600_i64] {
        let place = Place::new(Box::new(move |asked, mut message| {
            if asked.name != "mx.test" {
                return message;
            }
            for record in &mut message.answers {
                if let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &mut record.data {
                    let mut input = signature.input().clone();
                    let moved = |at: u32| (i64::from(at) + shift) as u32;
                    input.sig_inception = moved(input.sig_inception.get()).into();
                    input.sig_expiration = moved(input.sig_expiration.get()).into();
                    *signature = RRSIG::from_sig(input, signature.sig().to_vec());
                }
            }
            message
        }))
        .await;
        place.bogus("mx.test", RecordType::A).await;
    }
}

/// Whoever is in between says that there is none, in the name of a zone that is not signed.
#[tokio::test]
async fn nobody_denies_for_a_signed_zone_in_the_name_of_another() {
    let plain = |asked: &Asked, code: ResponseCode| {
        let mut message = asked.none(code, 60);
        for record in &mut message.authorities {
            record.name = name("plain.test");
        }
        message
    };
    for code in [ResponseCode::NoError, ResponseCode::NXDomain] {
        let place = Place::new(Box::new(move |asked, message| {
            if asked.name == "mx.test" && asked.record_type == RecordType::A {
                return plain(asked, code);
            }
            message
        }))
        .await;
        place.bogus("mx.test", RecordType::A).await;
    }
    // Nor without anything, nor with a denial of another name.
    let place = Place::new(Box::new(|asked, message| match asked.name.as_str() {
        "mx.test" if asked.record_type == RecordType::A => asked.with(Vec::new()),
        _ => message,
    }))
    .await;
    place.bogus("mx.test", RecordType::A).await;
    let place = Place::new(Box::new(|asked, mut message| {
        if asked.name == "mx.test" && asked.record_type == RecordType::A {
            message.answers.clear();
            message.metadata.response_code = ResponseCode::NXDomain;
        }
        message
    }))
    .await;
    place.bogus("mx.test", RecordType::A).await;
}

/// The record of a wildcard is shown for a name that has records of its own.
#[tokio::test]
async fn a_wildcard_speaks_for_no_name_that_exists() {
    let place = Place::new(untouched()).await;
    let wild = place.world.read().unwrap().answer(&question("any.w.test", RecordType::A));
    for beside in [Vec::new(), plain_denial()] {
        let wild = wild.answers.clone();
        let shown = move |asked: &Asked, message: Message| {
            if asked.name != "exact.w.test" || asked.record_type != RecordType::A {
                return message;
            }
            let mut forged = asked.with(wild.clone());
            for record in &mut forged.answers {
                record.name = name("exact.w.test");
            }
            forged.add_authorities(beside.clone());
            forged
        };
        let script = resolver(&place.world, Box::new(shown)).await;
        let anchors = root_anchor(&place.world.read().unwrap());
        let settings = ResolverSettings {
            validator: Validator::BuiltIn(Arc::new(anchors)),
            ..ResolverSettings::new(vec![script.address])
        };
        let deceived = Resolver::believing(settings, Arc::clone(&place.proof));
        let found = deceived.ask_anew(&domain("exact.w.test"), RecordType::A).await;
        assert!(matches!(found, Err(Trouble::Bogus(_))), "{found:?}");
    }
}

fn question(of: &str, record_type: RecordType) -> Asked {
    Asked { query: Message::query(), name: of.to_owned(), record_type, tcp: false }
}

/// What a zone says that is not signed.
fn plain_denial() -> Vec<Record> {
    World::new().answer(&question("gone.plain.test", RecordType::A)).authorities
}

#[tokio::test]
async fn an_upstream_that_strips_signatures_is_found_out_and_then_nothing_is_validated() {
    let world = World::new();
    let anchor = root_anchor(&world);
    let world = Arc::new(RwLock::new(world));
    let strips = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&strips);
    let script = resolver(
        &world,
        Box::new(move |asked, message| {
            let message =
                if asked.name == "bogus.test" { forged_bogus(asked, message) } else { message };
            if switch.load(Ordering::SeqCst) { strip(message) } else { message }
        }),
    )
    .await;
    let settings = ResolverSettings {
        validator: Validator::BuiltIn(Arc::new(anchor)),
        ..ResolverSettings::new(vec![script.address])
    };
    let proof = Arc::new(Proof::of(&settings));
    let asker = Resolver::believing(settings.clone(), Arc::clone(&proof));
    assert!(!proof.renew(&asker, &probe_names()).await);
    let Validation::Unproven(why) = proof.validation() else { panic!("{:?}", proof.validation()) };
    assert!(why.contains("its signatures are missing"), "{why}");
    // Mail leaves as if there was no DANE.
    let hosts = mail_hosts(&asker, &domain("test"), &OwnNames::default()).await.unwrap();
    assert!(hosts[0].tlsa_bases.is_empty() && !hosts[0].authentic, "{hosts:?}");
    strips.store(false, Ordering::SeqCst);
    assert!(proof.renew(&asker, &probe_names()).await, "{:?}", proof.validation());
    asker.flush();
    let hosts = mail_hosts(&asker, &domain("test"), &OwnNames::default()).await.unwrap();
    assert!(hosts[0].authentic && hosts[0].tlsa_bases == [domain("mx.test")], "{hosts:?}");
    // From then on everything is, whoever takes signatures out, and whatever trials say.
    strips.store(true, Ordering::SeqCst);
    let fresh = Resolver::believing(settings, Arc::clone(&proof));
    assert!(!proof.renew(&fresh, &probe_names()).await);
    assert!(matches!(proof.validation(), Validation::Lost(_)), "{:?}", proof.validation());
    assert_eq!(fresh.validation(), Validation::Proven);
    let waits = mail_hosts(&fresh, &domain("test"), &OwnNames::default()).await.unwrap_err();
    assert!(waits.to_string().contains("its signatures are missing"), "{waits}");
    strips.store(false, Ordering::SeqCst);
    assert!(mail_hosts(&fresh, &domain("test"), &OwnNames::default()).await.is_ok());
}

/// A name of a zone that should be signed and is not.
fn forged_bogus(asked: &Asked, message: Message) -> Message {
    match asked.record_type {
        RecordType::A => asked.with(vec![address("bogus.test", "192.0.2.66")]),
        _ => message,
    }
}

#[tokio::test]
async fn silence_is_no_forgery_and_names_who_was_silent() {
    let place = Place::new(Box::new(|asked, message| match asked.record_type {
        RecordType::DNSKEY => asked.code(ResponseCode::ServFail),
        _ => message,
    }))
    .await;
    let found = place.ask("mx.test", RecordType::A).await;
    let Err(Trouble::Silence(why)) = found else { panic!("{found:?}") };
    assert!(why.contains("DNSKEY") && why.contains("SERVFAIL from 127.0.0.1"), "{why}");
}

#[tokio::test]
async fn keys_are_asked_for_once_and_new_ones_are_noticed() {
    let place = Place::new(untouched()).await;
    let asked = |log: &[String], what: &str| log.iter().filter(|line| line.ends_with(what)).count();
    place.ask("mx.test", RecordType::A).await.unwrap();
    place.ask("test", RecordType::MX).await.unwrap();
    let log = place.script.log();
    assert_eq!(asked(&log, "test DNSKEY"), 1, "{log:?}");
    assert_eq!(asked(&log, " DNSKEY"), 2, "{log:?}");
    assert_eq!(asked(&log, "test DS"), 1, "{log:?}");
    {
        let mut world = place.world.write().unwrap();
        let test = name("test");
        let pair = Pair::of(&test, true);
        let ds = RData::DNSSEC(DNSSECRData::DS(pair.digest(&test)));
        world.zone("test").set_pairs(vec![pair]);
        world.zone(".").replace(Record::from_rdata(test, 300, ds));
    }
    let found = place.ask("mx.test", RecordType::A).await.unwrap();
    assert_eq!(shape(&found), (Some(1), true));
}

#[tokio::test]
async fn a_look_up_has_an_end() {
    // Every name is said to be the beginning of an unsigned zone's part, a hundred labels deep.
    let place = Place::new(Box::new(|asked, message| {
        let is_deep = asked.name.ends_with("plain.test") && asked.record_type == RecordType::A;
        if is_deep { asked.with(vec![address(&asked.name, "192.0.2.1")]) } else { message }
    }))
    .await;
    let deep = format!("{}plain.test", "a.".repeat(100));
    let found = place.ask(&deep, RecordType::A).await;
    let Err(Trouble::Silence(why)) = found else { panic!("{found:?}") };
    assert!(why.contains("more than 64 questions"), "{why}");
    assert!(
        place.script.log().len() <= super::trail::MOST_QUESTIONS,
        "{}",
        place.script.log().len()
    );
}

/// Each set of records with many signatures by many zones, each of which needs keys that need others.
#[tokio::test]
async fn hostile_signatures_cost_little() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let place = Place::new(Box::new(move |asked, mut message| {
        counted.fetch_add(1, Ordering::SeqCst);
        let signatures: Vec<Record> = message
            .answers
            .iter()
            .chain(&message.authorities)
            .filter(|record| record.record_type() == RecordType::RRSIG)
            .cloned()
            .collect();
        if asked.name == "mx.test" {
            for record in signatures {
                let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data else { continue };
                for number in 0..60 {
                    let mut input = signature.input().clone();
                    input.key_tag = number;
                    input.signer_name = [Name::root(), name("test"), name("mx.test")]
                        [usize::from(number % 3)]
                    .clone();
                    let forged = RRSIG::from_sig(input, vec![1; 64]);
                    let data = RData::DNSSEC(DNSSECRData::RRSIG(forged));
                    message.answers.insert(0, Record::from_rdata(record.name.clone(), 60, data));
                }
            }
        }
        message
    }))
    .await;
    place.bogus("mx.test", RecordType::A).await;
    assert!(count.load(Ordering::SeqCst) < 2 * super::trail::MOST_QUESTIONS);
    // Too many keys are not worked on at all.
    let place = Place::new(Box::new(|asked, mut message| {
        if asked.record_type == RecordType::DNSKEY && asked.name == "test" {
            for _ in 0..40 {
                let key = Pair::of(&name("test"), false).dnskey;
                let data = RData::DNSSEC(DNSSECRData::DNSKEY(key));
                message.answers.push(Record::from_rdata(name("test"), 60, data));
            }
        }
        message
    }))
    .await;
    let found = place.ask("mx.test", RecordType::A).await;
    let Err(Trouble::Silence(why)) = found else { panic!("{found:?}") };
    assert!(why.contains("41 DNSKEY records"), "{why}");
}

/// Whichever byte somebody in between changes: what is believed is what was signed.
#[tokio::test]
async fn no_changed_byte_is_believed() {
    let place = Place::new(untouched()).await;
    for (of, wanted) in [
        ("mx.test", RecordType::A),
        ("nowhere.test", RecordType::A),
        ("mx.test", RecordType::TLSA),
        ("any.w.test", RecordType::A),
    ] {
        let right = place.ask(of, wanted).await.unwrap();
        assert!(right.authentic);
        let length =
            place.world.read().unwrap().answer(&question(of, wanted)).to_vec().unwrap().len();
        // With another question or number nobody listens to an answer: the name, a byte for each label and
        // the root, type and class.
        let answered = 12 + of.len() + 2 + 4;
        for step in [2, 3].into_iter().chain(answered..length.min(500)) {
            let world = Arc::clone(&place.world);
            let script = Script::start_raw(move |asked| {
                let mut bytes = world.read().unwrap().answer(asked).to_vec().unwrap();
                let is_meant = asked.name == of && asked.record_type == wanted;
                if let Some(byte) = bytes.get_mut(step).filter(|_| is_meant) {
                    *byte ^= 1 << (step % 8);
                }
                vec![bytes]
            })
            .await;
            let anchors = root_anchor(&place.world.read().unwrap());
            let settings = ResolverSettings {
                validator: Validator::BuiltIn(Arc::new(anchors)),
                server_timeout: std::time::Duration::from_millis(200),
                ..ResolverSettings::new(vec![script.address])
            };
            let deceived = Resolver::believing(settings, Arc::clone(&place.proof));
            if let Ok(found) = deceived.ask_anew(&domain(of), wanted).await
                && found.authentic
            {
                assert_eq!(found.known, right.known, "{of} {wanted}, byte {step}");
            }
        }
    }
}
