//! DKIM: with which keys mail from a domain is signed, and which selector's turn it is. Ours: Exchange
//! Server 2013 signs nothing; names and properties are those of Exchange Online, where they fit.
//!
//! Each domain has two selectors. One signs; new keys are made under the other, which takes over at a
//! date, once their records are published. Records are shown by who can ask the DNS about them.

use model::{DomainName, Guid, ObjectName, TimeSpan, Timestamp};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, distinguished_name, properties},
    rule::RuleError,
    values::{DkimAlgorithms, DkimCanonicalization, DkimRotation, DkimSelector},
};

/// How long the records of a selector stay needed after it has signed for the last time: two days that
/// a message waits here (MessageExpirationTimeout), and five that it may wait elsewhere.
const RECORDS_NEEDED: TimeSpan = TimeSpan::days(7);

properties! {
    /// How mail from a domain, and from those below it that have none of their own, is signed.
    pub struct DkimSigningConfig, view;
    fixed {
        header: Header, "Header";
        /// The domain as an object's name, which is shorter than a domain may be.
        name: ObjectName, "Name";
        /// `d=`; never changed.
        domain: DomainName, "Domain";
        selector1: DkimSelector, "Selector1";
        selector2: DkimSelector, "Selector2";
    }
    kept {
        rotation: DkimRotation = DkimRotation::default(), "Rotation";
    }
    settings {
        /// What a disabled one would sign is signed by that of a parent domain, if any.
        enabled: bool = false, "Enabled";
        algorithms: DkimAlgorithms = DkimAlgorithms::RSA | DkimAlgorithms::ED25519, "Algorithms";
        header_canonicalization: DkimCanonicalization = DkimCanonicalization::Relaxed, "HeaderCanonicalization";
        body_canonicalization: DkimCanonicalization = DkimCanonicalization::Relaxed, "BodyCanonicalization";
        /// Bits of RSA keys that are made.
        key_size: u32 = 2048, "KeySize";
    }
}

impl DkimSigningConfig {
    /// The selectors when none are named. Not those of Exchange Online, so that a domain can be signed
    /// for by both.
    pub const SELECTORS: [&'static str; 2] = ["relais1", "relais2"];

    /// A configuration without keys, with the defaults.
    pub fn new(header: Header, domain: DomainName, selectors: [&str; 2]) -> Option<Self> {
        // A domain may be longer than a name, and is only ASCII.
        let short = &domain.as_str()[..domain.as_str().len().min(64)];
        let name = short.trim_end_matches('.').parse().ok()?;
        let [first, second] = selectors.map(DkimSelector::new);
        Some(Self::with_defaults(header, name, domain, first, second))
    }

    /// The selector that signs.
    pub fn signing(&self) -> &DkimSelector {
        if self.rotation.second_signs { &self.selector2 } else { &self.selector1 }
    }

    /// The other one.
    pub fn other(&self) -> &DkimSelector {
        if self.rotation.second_signs { &self.selector1 } else { &self.selector2 }
    }

    /// The other one, to be given keys.
    pub fn other_mut(&mut self) -> &mut DkimSelector {
        if self.rotation.second_signs { &mut self.selector1 } else { &mut self.selector2 }
    }

    /// Whether the other selector is to take over.
    pub fn is_rotating(&self) -> bool {
        self.rotation.due.is_some()
    }

    /// Lets the other selector sign from `now` on.
    pub fn rotate(&mut self, now: Timestamp) {
        let second_signs = !self.rotation.second_signs;
        self.rotation = DkimRotation { second_signs, due: None, done_at: Some(now) };
    }

    /// Until when the records of the selector that signed before are needed.
    pub fn old_records_needed_until(&self) -> Option<Timestamp> {
        self.rotation.done_at.map(|done| done + RECORDS_NEEDED)
    }

    /// What a sealed key is bound to: object, selector, algorithm.
    pub fn context(&self, selector: &str) -> String {
        key_context(self.header.guid, selector)
    }

    /// Checks everything that concerns more than one value: DK-02, DK-03, DK-04.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        for (parameter, selector) in
            [("Selector1", &self.selector1), ("Selector2", &self.selector2)]
        {
            if !selector.is_possible() {
                return Err(selector_refused(parameter, selector));
            }
        }
        if self.selector1.name == self.selector2.name
            || self.selector1.ed25519_name() == self.selector2.name
            || self.selector2.ed25519_name() == self.selector1.name
        {
            return Err(RuleError::new(
                "DK-02",
                "Selector2",
                &self.selector2.name,
                format!(
                    "the selectors \"{}\" and \"{}\" would share a record",
                    self.selector1.name, self.selector2.name
                ),
                "Choose two different names, neither of which is the other with -ed25519 behind it",
            ));
        }
        if !matches!(self.key_size, 2048 | 4096) {
            return Err(RuleError::new(
                "DK-03",
                "KeySize",
                self.key_size,
                format!("an RSA key of {} bits is not made", self.key_size),
                "2048, or 4096",
            ));
        }
        if self.algorithms.is_empty() {
            return Err(RuleError::new(
                "DK-04",
                "Algorithms",
                self.algorithms,
                "there would be nothing to sign with",
                "RsaSha256, Ed25519Sha256, or both; to sign nothing, set Enabled to $false",
            ));
        }
        Ok(())
    }

    /// The configuration's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(
            self.domain.as_str(),
            "CN=Dkim Signing Configs,CN=Transport Settings,CN=Configuration",
        )
    }
}

fn key_context(object: Guid, selector: &str) -> String {
    format!("dkim/{object}/{selector}")
}

fn selector_refused(parameter: &'static str, selector: &DkimSelector) -> RuleError {
    RuleError::new(
        "DK-02",
        parameter,
        &selector.name,
        format!("\"{}\" cannot be a selector", selector.name),
        format!(
            "1 to {} letters, digits and hyphens, with no hyphen at either end",
            DkimSelector::LONGEST
        ),
    )
}

/// In the order in which Exchange Online shows it. What only the DNS knows, and the records as they are
/// to be published, stand empty for who fills them in.
fn view(config: &DkimSigningConfig, settings: Listing) -> Listing {
    let domain = config.domain.as_str();
    let setting = |name: &str| {
        settings.iter().find(|(n, _)| *n == name).map_or(Value::Null, |(_, value)| value.clone())
    };
    let moment = |at: Option<Timestamp>| at.map_or(Value::Null, |at| Value::from(at.iso()));
    let made = config.signing().keys.as_ref().map(|keys| keys.made_at);
    let rotating = config.is_rotating();
    let after = if rotating { config.other() } else { config.signing() };
    let mut listing = vec![
        ("Domain", Value::from(domain)),
        ("Enabled", setting("Enabled")),
        ("Status", Value::from("NotChecked")),
        ("StatusDetail", Value::Null),
        ("LastChecked", Value::Null),
        ("Algorithms", setting("Algorithms")),
        ("HeaderCanonicalization", setting("HeaderCanonicalization")),
        ("BodyCanonicalization", setting("BodyCanonicalization")),
        ("NumberOfBytesToSign", Value::from("All")),
        ("IncludeSignatureCreationTime", Value::Bool(true)),
        ("IncludeKeyExpiration", Value::Bool(false)),
        ("KeySize", setting("KeySize")),
        ("KeyCreationTime", moment(made)),
        ("SigningSelector", Value::from(config.signing().name.clone())),
        ("RotateOnDate", moment(config.rotation.due.or(config.rotation.done_at))),
        ("SelectorBeforeRotateOnDate", Value::from(before(config).name.clone())),
        ("SelectorAfterRotateOnDate", Value::from(after.name.clone())),
        ("OldRecordsNeededUntil", moment(config.old_records_needed_until())),
        ("Records", Value::Array(Vec::new())),
    ];
    listing.extend(selector_view(&config.selector1, &SELECTOR_1));
    listing.extend(selector_view(&config.selector2, &SELECTOR_2));
    listing
        .extend([("Name", Value::from(config.name.as_str())), ("Identity", Value::from(domain))]);
    listing.extend(boilerplate(
        &config.header,
        domain,
        config.distinguished_name(),
        &["top", "msExchHostedContentFilterConfig"],
    ));
    listing
}

/// The selector that signs until RotateOnDate, or signed until then.
fn before(config: &DkimSigningConfig) -> &DkimSelector {
    if !config.is_rotating() && config.rotation.done_at.is_some() {
        config.other()
    } else {
        config.signing()
    }
}

/// How the properties of a selector are called: selector, key size, public keys, then name and text of
/// each record.
type SelectorNames = [&'static str; 8];

const SELECTOR_1: SelectorNames = [
    "Selector1",
    "Selector1KeySize",
    "Selector1PublicKey",
    "Selector1Ed25519PublicKey",
    "Selector1RecordName",
    "Selector1Record",
    "Selector1Ed25519RecordName",
    "Selector1Ed25519Record",
];
const SELECTOR_2: SelectorNames = [
    "Selector2",
    "Selector2KeySize",
    "Selector2PublicKey",
    "Selector2Ed25519PublicKey",
    "Selector2RecordName",
    "Selector2Record",
    "Selector2Ed25519RecordName",
    "Selector2Ed25519Record",
];

fn selector_view(selector: &DkimSelector, names: &SelectorNames) -> Listing {
    let keys = selector.keys.as_ref();
    let text = |text: Option<&String>| text.map_or(Value::Null, |text| Value::from(text.as_str()));
    let values = [
        Value::from(selector.name.as_str()),
        Value::from(keys.map_or(0, |keys| keys.size)),
        text(keys.map(|keys| &keys.rsa.public)),
        text(keys.map(|keys| &keys.ed25519.public)),
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Null,
    ];
    names.iter().copied().zip(values).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{DkimKey, DkimKeys, Properties, setting::Stored};

    fn config(selectors: [&str; 2]) -> DkimSigningConfig {
        let domain = "contoso.com".parse().unwrap();
        DkimSigningConfig::new(Header::fresh(), domain, selectors).unwrap()
    }

    fn keys(mark: &str) -> DkimKeys {
        let key = |kind: &str| DkimKey {
            private: vault::Sealed::from_text(format!("v1:secret-{mark}-{kind}")),
            public: format!("public-{mark}-{kind}"),
        };
        let made_at = Timestamp::from_millis(1_700_000_000_000);
        DkimKeys { made_at, size: 2048, rsa: key("rsa"), ed25519: key("ed25519") }
    }

    #[test]
    fn selectors_take_turns() {
        let mut config = config(DkimSigningConfig::SELECTORS);
        config.selector1.keys = Some(keys("1"));
        assert_eq!(
            (config.signing().name.as_str(), config.other().name.as_str()),
            ("relais1", "relais2")
        );
        let due = Timestamp::from_millis(1_700_000_100_000);
        config.other_mut().keys = Some(keys("2"));
        config.rotation.due = Some(due);
        let view = config.view();
        assert_eq!(view["RotateOnDate"], json!("2023-11-14T22:15:00.000Z"));
        assert_eq!(
            (&view["SelectorBeforeRotateOnDate"], &view["SelectorAfterRotateOnDate"]),
            (&json!("relais1"), &json!("relais2"))
        );
        assert_eq!(view["OldRecordsNeededUntil"], Value::Null);
        assert_eq!(view["SigningSelector"], json!("relais1"));
        config.rotate(due);
        assert_eq!(config.signing().name, "relais2");
        let view = config.view();
        assert_eq!(view["SigningSelector"], json!("relais2"));
        assert_eq!(
            (&view["SelectorBeforeRotateOnDate"], &view["SelectorAfterRotateOnDate"]),
            (&json!("relais1"), &json!("relais2"))
        );
        assert_eq!(view["OldRecordsNeededUntil"], json!("2023-11-21T22:15:00.000Z"));
        config.rotate(due);
        assert_eq!(config.signing().name, "relais1");
    }

    #[test]
    fn nothing_secret_is_shown() {
        let mut config = config(DkimSigningConfig::SELECTORS);
        config.selector1.keys = Some(keys("1"));
        config.selector2.keys = Some(keys("2"));
        let shown = format!("{config:?} {}", Value::Object(config.view()));
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("public-1-rsa") && shown.contains("public-2-ed25519"), "{shown}");
        let stored = config.store();
        assert_eq!(DkimSigningConfig::load(&stored).unwrap(), config);
        let damaged = json!({ "Name": "relais1", "Keys": "v1:secret" });
        let error = DkimSelector::load(&damaged).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn refusals_name_value_and_what_is_allowed() {
        let long = "x".repeat(56);
        for (selectors, value) in [
            (["", "b"], ""),
            (["a.b", "b"], "a.b"),
            (["a", "-b"], "-b"),
            (["a", "b-"], "b-"),
            (["a", "é"], "é"),
            (["a", long.as_str()], long.as_str()),
            (["a", "A"], "a"),
            (["a", "a-ed25519"], "a-ed25519"),
            (["a-ed25519", "a"], "a"),
        ] {
            let error = config(selectors).validate().unwrap_err();
            assert_eq!((error.id, error.value.as_str()), ("DK-02", value), "{error}");
        }
        assert_eq!(config([&"x".repeat(55), "b"]).validate(), Ok(()));
        for (property, value, id) in [
            ("KeySize", json!(1024), "DK-03"),
            ("KeySize", json!(3072), "DK-03"),
            ("Algorithms", json!("None"), "DK-04"),
        ] {
            let mut config = config(DkimSigningConfig::SELECTORS);
            config.set(property, &value).unwrap();
            assert_eq!(config.validate().unwrap_err().id, id);
        }
        let mut config = config(DkimSigningConfig::SELECTORS);
        let error = config.set("Algorithms", &json!("md5")).unwrap_err().to_string();
        assert!(error.contains("RsaSha256, Ed25519Sha256"), "{error}");
    }

    #[test]
    fn a_long_domain_has_a_short_name() {
        let domain: DomainName = format!("{0}.{0}.example", "a".repeat(60)).parse().unwrap();
        let config = DkimSigningConfig::new(Header::fresh(), domain.clone(), ["a", "b"]).unwrap();
        assert_eq!(config.domain, domain);
        assert_eq!(config.name.as_str().len(), 64);
    }
}
