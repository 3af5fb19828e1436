//! Signed zones for tests, and a resolver that knows them all and validates nothing.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use hickory_proto::{
    dnssec::{
        Algorithm, DigestType, DnssecSigner, SigningKey,
        crypto::EcdsaSigningKey,
        rdata::{DNSKEY, DNSSECRData, DS, NSEC, RRSIG},
    },
    op::{Message, ResponseCode},
    rr::{
        DNSClass, Name, RData, Record, RecordSet, RecordType,
        rdata::{NS, NULL, SOA},
    },
};
use time::{Duration, OffsetDateTime};

use crate::script::{Asked, Script, address, cname, mx, name, txt};

const TTL: u32 = 300;
const DNAME: RecordType = RecordType::DNAME;

/// A pair of keys of a zone.
pub(super) struct Pair {
    pub(super) dnskey: DNSKEY,
    signer: DnssecSigner,
}

impl Pair {
    pub(super) fn of(zone: &Name, is_entry: bool) -> Self {
        let algorithm = Algorithm::ECDSAP256SHA256;
        let private = EcdsaSigningKey::generate_pkcs8(algorithm).unwrap();
        let private = EcdsaSigningKey::from_pkcs8(&private, algorithm).unwrap();
        let public = private.to_public_key().unwrap();
        let dnskey = DNSKEY::new(true, is_entry, false, public);
        let lives = std::time::Duration::from_secs(24 * 3600);
        let signer = DnssecSigner::new(dnskey.clone(), Box::new(private), zone.clone(), lives);
        Self { dnskey, signer }
    }

    pub(super) fn digest(&self, zone: &Name) -> DS {
        let digest = self.dnskey.to_digest(zone, DigestType::SHA256).unwrap();
        let tag = self.dnskey.calculate_key_tag().unwrap();
        DS::new(tag, Algorithm::ECDSAP256SHA256, DigestType::SHA256, digest.as_ref().to_vec())
    }
}

/// A zone; signed where it has keys: the first signs the keys, the last everything.
pub(super) struct Zone {
    pub(super) apex: Name,
    pub(super) pairs: Vec<Pair>,
    sets: BTreeMap<(Name, u16), Vec<Record>>,
}

impl Zone {
    pub(super) fn new(apex: Name, pairs: Vec<Pair>, records: Vec<Record>) -> Self {
        let mut zone = Self { apex: apex.clone(), pairs: Vec::new(), sets: BTreeMap::new() };
        let soa = SOA::new(apex.clone(), apex.clone(), 1, 1, 1, 1, TTL);
        zone.add(Record::from_rdata(apex.clone(), TTL, RData::SOA(soa)));
        zone.add(delegation(&apex));
        for record in records {
            zone.add(record);
        }
        zone.set_pairs(pairs);
        zone
    }

    /// Takes these keys.
    pub(super) fn set_pairs(&mut self, pairs: Vec<Pair>) {
        self.sets.remove(&(self.apex.clone(), RecordType::DNSKEY.into()));
        for pair in &pairs {
            let data = RData::DNSSEC(DNSSECRData::DNSKEY(pair.dnskey.clone()));
            self.add(Record::from_rdata(self.apex.clone(), TTL, data));
        }
        self.pairs = pairs;
        self.deny();
    }

    pub(super) fn add(&mut self, record: Record) {
        let key = (record.name.clone(), record.record_type().into());
        self.sets.entry(key).or_default().push(record);
    }

    pub(super) fn replace(&mut self, record: Record) {
        self.sets.remove(&(record.name.clone(), record.record_type().into()));
        self.add(record);
    }

    /// Makes the NSEC records.
    fn deny(&mut self) {
        self.sets.retain(|(_, kind), _| *kind != u16::from(RecordType::NSEC));
        if self.pairs.is_empty() {
            return;
        }
        let mut names: Vec<Name> = self.sets.keys().map(|(owner, _)| owner.clone()).collect();
        names.dedup();
        for (place, owner) in names.iter().enumerate() {
            let next = names.get(place + 1).unwrap_or(&self.apex).clone();
            let here = self.sets.keys().filter(|(other, _)| other == owner);
            let kinds = here.map(|(_, kind)| RecordType::from(*kind));
            let both = [RecordType::NSEC, RecordType::RRSIG];
            let nsec = NSEC::new(next, kinds.chain(both).collect::<Vec<_>>());
            let data = RData::DNSSEC(DNSSECRData::NSEC(nsec));
            self.add(Record::from_rdata(owner.clone(), TTL, data));
        }
    }

    fn set(&self, owner: &Name, kind: RecordType) -> Option<&Vec<Record>> {
        self.sets.get(&(owner.clone(), kind.into()))
    }

    /// A set with its signature, as if its owner was `shown`.
    fn signed(&self, records: &[Record], shown: &Name) -> Vec<Record> {
        let first = &records[0];
        let kind = first.record_type();
        let is_cut = kind == RecordType::NS && first.name != self.apex;
        let pair = if kind == RecordType::DNSKEY { self.pairs.first() } else { self.pairs.last() };
        let as_shown = |record: &Record| {
            let mut record = record.clone();
            record.name = shown.clone();
            record
        };
        let mut all: Vec<Record> = records.iter().map(as_shown).collect();
        let Some(pair) = pair.filter(|_| !is_cut) else { return all };
        let mut set = RecordSet::with_ttl(first.name.clone(), kind, TTL);
        set.set_records(records.to_vec());
        let begun = OffsetDateTime::now_utc() - Duration::hours(1);
        let signature = RRSIG::from_rrset(&set, DNSClass::IN, begun, &pair.signer).unwrap();
        let data = RData::DNSSEC(DNSSECRData::RRSIG(signature));
        all.push(Record::from_rdata(shown.clone(), TTL, data));
        all
    }

    /// What denies `owner`: the NSEC records that match or cover it or a wildcard above it.
    fn denial(&self, owner: &Name) -> Vec<Record> {
        let soa = self.set(&self.apex, RecordType::SOA).unwrap();
        let mut all = self.signed(soa, &self.apex);
        let mut meant = vec![owner.clone()];
        let mut above = owner.clone();
        while above != self.apex {
            above = above.base_name();
            meant.push(above.prepend_label("*").unwrap());
        }
        for ((name, kind), records) in &self.sets {
            let RData::DNSSEC(DNSSECRData::NSEC(nsec)) = &records[0].data else { continue };
            assert_eq!(*kind, u16::from(RecordType::NSEC));
            let next = nsec.next_domain_name();
            let covers = |other: &Name| {
                name == other || (name < other && (other < next || *next == self.apex))
            };
            if meant.iter().any(covers) {
                all.extend(self.signed(records, name));
            }
        }
        all
    }
}

fn delegation(zone: &Name) -> Record {
    Record::from_rdata(zone.clone(), TTL, RData::NS(NS(name("ns.test"))))
}

/// Zones and who knows them.
pub(super) struct World {
    pub(super) zones: Vec<Zone>,
}

/// What becomes of an answer on its way.
pub(super) type Tamper = dyn Fn(&Asked, Message) -> Message + Send + Sync;

impl World {
    /// The root (with two keys), `test.`, and below it `plain.test.`, which is not signed.
    pub(super) fn new() -> Self {
        let (root, test, plain) = (Name::root(), name("test"), name("plain.test"));
        let pair = Pair::of(&test, true);
        let ds = RData::DNSSEC(DNSSECRData::DS(pair.digest(&test)));
        let root_pairs = vec![Pair::of(&root, true), Pair::of(&root, false)];
        let in_root = vec![delegation(&test), Record::from_rdata(test.clone(), TTL, ds)];
        let mut moved = name("plain.test").to_lowercase();
        moved.set_fqdn(true);
        let target = hickory_proto::serialize::binary::BinEncodable::to_bytes(&moved).unwrap();
        let target = RData::Unknown { code: DNAME, rdata: NULL::with(target) };
        let in_test = vec![
            address("test", "192.0.2.1"),
            mx("test", 10, "mx.test"),
            address("mx.test", "192.0.2.2"),
            cname("alias.test", "mx.test"),
            cname("out.test", "host.plain.test"),
            address("*.w.test", "192.0.2.3"),
            address("exact.w.test", "192.0.2.4"),
            delegation(&plain),
            Record::from_rdata(name("moved.test"), TTL, target),
        ];
        let in_plain = vec![
            address("plain.test", "192.0.2.5"),
            address("host.plain.test", "192.0.2.6"),
            txt("text.plain.test", &["x"]),
        ];
        Self {
            zones: vec![
                Zone::new(root, root_pairs, in_root),
                Zone::new(test, vec![pair], in_test),
                Zone::new(plain, Vec::new(), in_plain),
            ],
        }
    }

    pub(super) fn zone(&mut self, apex: &str) -> &mut Zone {
        let apex = if apex == "." { Name::root() } else { name(apex) };
        self.zones.iter_mut().find(|zone| zone.apex == apex).unwrap()
    }

    fn zone_of(&self, owner: &Name, kind: RecordType) -> &Zone {
        let above = self.zones.iter().filter(|zone| {
            zone.apex.zone_of(owner) && (kind != RecordType::DS || zone.apex != *owner)
        });
        above.max_by_key(|zone| zone.apex.num_labels()).unwrap()
    }

    /// What a resolver answers that knows all of this.
    pub(super) fn answer(&self, asked: &Asked) -> Message {
        let mut owner = if asked.name.is_empty() { Name::root() } else { name(&asked.name) };
        let mut message = asked.with(Vec::new());
        loop {
            let zone = self.zone_of(&owner, asked.record_type);
            if let Some(records) = zone.set(&owner, asked.record_type) {
                message.add_answers(zone.signed(records, &owner));
                return message;
            }
            if let Some(records) = zone.set(&owner, RecordType::CNAME) {
                message.add_answers(zone.signed(records, &owner));
                let RData::CNAME(target) = &records[0].data else { panic!("no alias") };
                owner = target.0.clone();
                continue;
            }
            let exists = zone.sets.keys().any(|(other, _)| owner.zone_of(other));
            let wildcard = owner.base_name().prepend_label("*").unwrap();
            let is_wild = zone.sets.keys().any(|(other, _)| *other == wildcard);
            let wild = zone.set(&wildcard, asked.record_type);
            if let Some(records) = wild.filter(|_| !exists) {
                message.add_answers(zone.signed(records, &owner));
                let denial = zone
                    .denial(&owner)
                    .into_iter()
                    .filter(|record| record.record_type() != RecordType::SOA);
                message.add_authorities(denial);
                return message;
            }
            let source = owner.base_name();
            if let Some(records) = zone.set(&source, DNAME) {
                message.add_answers(zone.signed(records, &source));
                let label = owner.iter().next().unwrap();
                let target = name("plain.test").prepend_label(label).unwrap();
                message.add_answer(cname(
                    owner.to_ascii().trim_end_matches('.'),
                    target.to_ascii().trim_end_matches('.'),
                ));
                owner = target;
                if asked.record_type == RecordType::CNAME {
                    return message;
                }
                continue;
            }
            if !exists && !is_wild {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
            message.add_authorities(zone.denial(&owner));
            return message;
        }
    }
}

/// A resolver that passes on what the world says, as `tamper` leaves it.
pub(super) async fn resolver(world: &Arc<RwLock<World>>, tamper: Box<Tamper>) -> Script {
    let world = Arc::clone(world);
    Script::start(move |asked| {
        let answer = world.read().unwrap().answer(asked);
        vec![tamper(asked, answer)]
    })
    .await
}

/// Takes out what was not asked for by its type.
pub(super) fn strip(mut message: Message) -> Message {
    for section in [&mut message.answers, &mut message.authorities] {
        section.retain(|record| {
            let kind = record.record_type();
            matches!(kind, RecordType::DNSKEY | RecordType::DS) || !kind.is_dnssec()
        });
    }
    message
}
