//! `*-DkimSigningConfig`: keys made and rotated, the records to publish, and whether the DNS has them.
//!
//! Keys and answers of the DNS come with the call: making one and waiting for the other takes long, and
//! other commands must not wait for it.

use std::sync::Arc;

use directory::{
    Change, DkimKey, DkimKeys, DkimSigningConfig, Header, Object, Properties, RuleError,
};
use model::{ObjectName, TimeSpan, Timestamp};
use serde_json::{Map, Value};
use signing::{Algorithm, NewKey};

use crate::call::{Call, broken};
use crate::key_records::{Published, all_records};
use crate::lookup::{Named, one, some};
use crate::output::Output;
use crate::problem::Problem;
use crate::queues::moment;

/// When new keys begin to sign unless a date is given, as in Exchange Online.
const ROTATES_IN: TimeSpan = TimeSpan::days(4);

/// The size of the keys that a command is to make; `None` when it makes none.
pub(crate) fn size_of_new_keys(
    configs: &[Arc<DkimSigningConfig>],
    bound: &crate::binding::Bound,
) -> Option<u32> {
    let given = bound.int("KeySize").map(|size| u32::try_from(size).unwrap_or(0));
    match bound.cmdlet().name {
        _ if bound.is_true("WhatIf") => None,
        "New-DkimSigningConfig" => Some(given.unwrap_or(2048)),
        "Rotate-DkimSigningConfig" => {
            let config = one(configs, "Identity", bound.value("Identity")?).ok()?;
            Some(given.unwrap_or(config.key_size)).filter(|_| !config.is_rotating())
        }
        _ => None,
    }
}

/// The configurations whose records a command has to know about.
pub(crate) fn to_be_checked(
    configs: &[Arc<DkimSigningConfig>],
    bound: &crate::binding::Bound,
) -> Option<Vec<Arc<DkimSigningConfig>>> {
    let cmdlet = bound.cmdlet().name;
    let asks = match cmdlet {
        "Get-DkimSigningConfig" => true,
        "Set-DkimSigningConfig" => {
            !bound.is_true("Force") && (bound.is_true("Enabled") || bound.has("Algorithms"))
        }
        _ => false,
    };
    asks.then(|| some(configs, "Identity", bound.some("Identity")).unwrap_or_default())
}

impl Named for DkimSigningConfig {
    const KIND: &'static str = "DKIM signing configuration";
    const NAME_RULE: &'static str = "DK-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    fn is_also_called(&self, text: &str) -> bool {
        self.domain.as_str() == text
    }

    fn full_name(&self) -> String {
        self.domain.to_string()
    }
}

/// `Get-DkimSigningConfig`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let configs = &call.snapshot.dkim_signing_configs;
    let found = some(configs, "Identity", call.bound.some("Identity"))?;
    let objects = found.iter().map(|config| shown(config, &call.prepared.published)).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `New-DkimSigningConfig`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let mut config = named_in(call)?;
    call.set_properties(&mut config, &[])?;
    config.validate().map_err(broken)?;
    let domain = config.domain.clone();
    // Said here too, so that -WhatIf says it.
    if call.snapshot.dkim_signing_configs.iter().any(|other| other.domain == domain) {
        return Err(Problem::new(
            409,
            format!("There is a DKIM signing configuration for '{domain}' already."),
        )
        .rule("DK-01")
        .about("DomainName")
        .with_value(domain.as_str())
        .allowing("a domain that has none; Rotate-DkimSigningConfig makes new keys"));
    }
    if config.enabled && !call.bound.is_true("Force") {
        let why = "its keys are only being made now, and nobody can know their records yet";
        return Err(not_enabled(&config, why));
    }
    config.selector1.keys = sealed(call, &config, &config.selector1)?;
    let guid = config.header.guid;
    let mut warnings = publish(&config, &config.selector1);
    if !is_ours(call, &config) {
        warnings.push(format!(
            "{domain} is not an accepted domain: see that the domain is yours to sign for."
        ));
    }
    let doing = format!("Creating keys and DKIM signing configuration for \"{domain}\"");
    let change = Change::Create(Object::DkimSigningConfig(config));
    let output = call.change(vec![change], doing, warnings)?;
    Ok(with_object(call, output, guid))
}

/// `Set-DkimSigningConfig`.
pub(crate) fn set(call: &Call<'_>) -> Result<Output, Problem> {
    let present = call.identified(&call.snapshot.dkim_signing_configs)?;
    let mut config = DkimSigningConfig::clone(&present);
    call.set_properties(&mut config, &[])?;
    if let Some(date) = rotation_date(call)? {
        if !present.is_rotating() {
            return Err(Problem::new(
                409,
                format!("No rotation of the keys of '{}' is under way.", config.domain),
            )
            .rule("DK-07")
            .about("RotateOnDate")
            .with_value(date.iso())
            .allowing("a date for a rotation that Rotate-DkimSigningConfig has begun"));
        }
        config.rotation.due = Some(date);
    }
    if config == *present {
        return Ok(call.unchanged(present.domain.as_str()));
    }
    config.validate().map_err(broken)?;
    check_enabled(call, &present, &config)?;
    let doing = format!("Changing DKIM signing configuration for \"{}\"", present.domain);
    call.change(
        vec![Change::Update { object: Object::DkimSigningConfig(config) }],
        doing,
        Vec::new(),
    )
}

/// `Rotate-DkimSigningConfig`.
pub(crate) fn rotate(call: &Call<'_>) -> Result<Output, Problem> {
    let present = call.identified(&call.snapshot.dkim_signing_configs)?;
    if let Some(due) = present.rotation.due {
        return Err(under_way(&present, due));
    }
    let mut config = DkimSigningConfig::clone(&present);
    call.set_properties(&mut config, &[])?;
    config.validate().map_err(broken)?;
    let due = rotation_date(call)?.unwrap_or(call.prepared.now + ROTATES_IN);
    let keys = sealed(call, &config, config.other())?;
    config.other_mut().keys = keys;
    config.rotation.due = Some(due);
    let (guid, from, to) = (config.header.guid, config.signing(), config.other());
    let doing = format!(
        "Creating new DKIM keys for \"{}\" under the selector \"{}\", to sign from {}",
        config.domain,
        to.name,
        due.iso()
    );
    let mut warnings = publish(&config, to);
    warnings.push(format!(
        "{} signs until {}, and longer until the records of {} are seen in the DNS. Keep the records \
         of {} seven days after that: messages that they verify are still under way.",
        from.name,
        due.iso(),
        to.name,
        from.name
    ));
    let change = Change::Update { object: Object::DkimSigningConfig(config) };
    let output = call.change(vec![change], doing, warnings)?;
    Ok(with_object(call, output, guid))
}

/// `Remove-DkimSigningConfig`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let config = call.identified(&call.snapshot.dkim_signing_configs)?;
    let Header { guid, version, .. } = config.header;
    let domain = &config.domain;
    let warning = format!(
        "Keep the records of {domain} in the DNS seven days longer: messages that they verify may \
         still be under way."
    );
    let doing = format!("Removing keys and DKIM signing configuration for \"{domain}\"");
    call.change(vec![Change::Remove { guid, version }], doing, vec![warning])
}

/// A new configuration for the domain and with the selectors that were given.
fn named_in(call: &Call<'_>) -> Result<DkimSigningConfig, Problem> {
    let domain = call.bound.text("DomainName").unwrap_or_default().parse();
    let domain = domain.map_err(|error| Problem::value("DomainName", &error))?;
    let [first, second] = DkimSigningConfig::SELECTORS;
    let first = call.bound.text("Selector1").unwrap_or_else(|| first.to_owned());
    let second = call.bound.text("Selector2").unwrap_or_else(|| second.to_owned());
    DkimSigningConfig::new(Header::fresh(), domain, [&first, &second])
        .ok_or_else(|| Problem::internal("The domain makes no name."))
}

/// The new keys of the call, sealed for a selector. None where nothing is to be changed.
fn sealed(
    call: &Call<'_>,
    config: &DkimSigningConfig,
    selector: &directory::DkimSelector,
) -> Result<Option<DkimKeys>, Problem> {
    let Some(keys) = &call.prepared.keys else {
        if call.is_what_if() {
            return Ok(None);
        }
        return Err(Problem::new(409, "The configuration has been changed meanwhile: try again."));
    };
    let seal = |key: &NewKey, selector: &str| {
        let private = call.directory.seal(&key.private, &config.context(selector));
        private
            .map(|private| DkimKey { private, public: key.public.clone() })
            .map_err(|_| Problem::internal("The keys could not be encrypted."))
    };
    Ok(Some(DkimKeys {
        made_at: call.prepared.now,
        size: keys.size,
        rsa: seal(&keys.rsa, &selector.name)?,
        ed25519: seal(&keys.ed25519, &selector.ed25519_name())?,
    }))
}

fn rotation_date(call: &Call<'_>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = call.bound.text("RotateOnDate") else { return Ok(None) };
    let date = moment(&text, call.caller.dates);
    date.map(Some).map_err(|error| Problem::value("RotateOnDate", &error))
}

/// Signing begins, or begins with another algorithm, only when everybody can verify it.
fn check_enabled(
    call: &Call<'_>,
    before: &DkimSigningConfig,
    after: &DkimSigningConfig,
) -> Result<(), Problem> {
    let more = !before.enabled || !before.algorithms.contains(after.algorithms);
    if !after.enabled || !more || call.bound.is_true("Force") {
        return Ok(());
    }
    let standing = call.prepared.published.of_signing(after);
    match standing.detail {
        None => Ok(()),
        Some(why) => Err(not_enabled(after, &why)),
    }
}

fn not_enabled(config: &DkimSigningConfig, why: &str) -> Problem {
    broken(RuleError::new(
        "DK-06",
        "Enabled",
        "True",
        format!("mail from {} is not signed yet: {why}", config.domain),
        "Publish the records that Get-DkimSigningConfig shows, then try again; or use -Force",
    ))
}

fn under_way(config: &DkimSigningConfig, due: Timestamp) -> Problem {
    Problem::new(
        409,
        format!(
            "The keys of '{}' are being rotated already: {} signs from {}, once its records are \
             published.",
            config.domain,
            config.other().name,
            due.iso()
        ),
    )
    .rule("DK-05")
    .about("Identity")
    .with_value(config.domain.as_str())
    .allowing("one rotation at a time; Set-DkimSigningConfig -RotateOnDate changes its date")
}

/// Whether the domain, or one above it, is one that we accept mail for.
fn is_ours(call: &Call<'_>, config: &DkimSigningConfig) -> bool {
    call.snapshot.is_internal(&model::AddressDomain::Name(config.domain.clone()))
}

/// What has to be published for a selector.
fn publish(config: &DkimSigningConfig, selector: &directory::DkimSelector) -> Vec<String> {
    let records = transport::key_records(config, selector);
    if records.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> = records.iter().map(signing::KeyRecord::zone_line).collect();
    vec![format!("Publish these records in the DNS of {}:\n{}", config.domain, lines.join("\n"))]
}

fn with_object(call: &Call<'_>, mut output: Output, guid: model::Guid) -> Output {
    let snapshot = call.directory.snapshot();
    let found = snapshot.dkim_signing_configs.iter().find(|c| c.header.guid == guid);
    if output.what_if.is_none() {
        output.objects.extend(found.map(|config| shown(config, &Published::default())));
    }
    output
}

/// The configuration with its records and where it stands.
fn shown(config: &DkimSigningConfig, published: &Published) -> Value {
    let mut view = config.view();
    for (name, value) in published.standing(config).properties() {
        view.insert(name.to_owned(), value);
    }
    let records = all_records(config);
    let lines: Vec<String> = records.iter().map(signing::KeyRecord::zone_line).collect();
    view.insert("Records".to_owned(), Value::from(lines));
    for (number, selector) in [("Selector1", &config.selector1), ("Selector2", &config.selector2)] {
        for record in transport::key_records(config, selector) {
            let kind = match record.algorithm {
                Algorithm::RsaSha256 => "",
                Algorithm::Ed25519Sha256 => "Ed25519",
            };
            view.insert(format!("{number}{kind}RecordName"), Value::from(record.name()));
            view.insert(format!("{number}{kind}Record"), Value::from(record.text()));
        }
    }
    Value::Object(view)
}
