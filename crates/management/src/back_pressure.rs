//! `Get-BackPressure` and `Get-ExchangeDiagnosticInfo`: how each resource of this server stands.

use std::fmt::Write;

use model::{ByteSize, PressureLevel, Resource, Timestamp};
use resources::{Status, Unit};
use serde_json::{Value, json};

use crate::binding::{Bound, identity_text};
use crate::output::Output;
use crate::problem::Problem;
use crate::queues::Place;

/// What `-Process` takes.
const PROCESS: &str = "EdgeTransport";
/// What `-Component` takes.
const COMPONENT: &str = "ResourceThrottling";

/// `Get-BackPressure`.
pub(crate) fn get_back_pressure(
    statuses: &[Status],
    place: &Place,
    bound: &Bound,
) -> Result<Output, Problem> {
    place.check_parameter(bound)?;
    let wanted = wanted(place, bound)?;
    let shown = statuses.iter().filter(|status| wanted.is_none_or(|w| w == status.resource));
    let objects = shown.map(|status| object(status, &place.server)).collect();
    Ok(Output { objects, ..Output::default() })
}

/// The resource that `Identity` names, as `LogDisk` or `Server\LogDisk`.
fn wanted(place: &Place, bound: &Bound) -> Result<Option<Resource>, Problem> {
    let Some(text) = bound.some("Identity").and_then(identity_text) else { return Ok(None) };
    let name = match text.split_once('\\') {
        Some((server, name)) => {
            place.check("Identity", server)?;
            name
        }
        None => &text,
    };
    name.parse().map(Some).map_err(|error| Problem::value("Identity", &error))
}

fn object(status: &Status, server: &str) -> Value {
    let amount = |value: u64| match status.unit {
        Unit::Bytes => Value::from(ByteSize::bytes(value).to_string()),
        Unit::Count => Value::from(value),
    };
    let threshold = |value: Option<u64>| value.map_or(Value::Null, amount);
    json!({
        "Identity": format!("{server}\\{}", status.resource),
        "Server": server,
        "Resource": status.resource.name(),
        "Place": status.place,
        "Level": status.level.name(),
        "PreviousLevel": status.before.name(),
        "Since": status.since.iso(),
        "Value": threshold(status.reading.map(|reading| reading.value)),
        "Capacity": threshold(status.reading.and_then(|reading| reading.capacity)),
        "NormalThreshold": threshold(status.thresholds.map(|t| t.normal)),
        "MediumThreshold": threshold(status.thresholds.map(|t| t.medium)),
        "HighThreshold": threshold(status.thresholds.map(|t| t.high)),
        "HistoryDepth": status.history,
        "NewMail": status.new_mail.to_string(),
        "Delay": status.delay.to_string(),
    })
}

/// `Get-ExchangeDiagnosticInfo`.
pub(crate) fn get_diagnostic_info(
    statuses: &[Status],
    place: &Place,
    bound: &Bound,
    now: Timestamp,
) -> Result<Output, Problem> {
    place.check_parameter(bound)?;
    only(bound, "Process", PROCESS)?;
    only(bound, "Component", COMPONENT)?;
    let components =
        if bound.has("Component") { tracker(statuses) } else { format!("<{COMPONENT} />") };
    let result = format!(
        "<Diagnostics><ProcessInfo><id>{}</id><serverName>{}</serverName><processName>{PROCESS}</processName><currentTime>{}</currentTime></ProcessInfo><Components>{components}</Components></Diagnostics>",
        std::process::id(),
        escaped(&place.server),
        now.iso(),
    );
    let object = json!({ "Result": result, "Identity": place.server, "IsValid": true });
    Ok(Output { objects: vec![object], ..Output::default() })
}

/// Refuses any value of `parameter` but this one.
fn only(bound: &Bound, parameter: &str, allowed: &str) -> Result<(), Problem> {
    match bound.text(parameter) {
        Some(text) if !text.trim().eq_ignore_ascii_case(allowed) => {
            let error = model::ValueError::new(&text, "is not known here", allowed);
            Err(Problem::value(parameter, &error))
        }
        _ => Ok(()),
    }
}

fn tracker(statuses: &[Status]) -> String {
    let mut meters = String::new();
    for status in statuses {
        let transitions = status.thresholds.map_or_else(String::new, |t| {
            format!(
                "MediumToHigh={}, HighToMedium={}, LowToMedium={}, MediumToLow={}",
                t.high, t.medium, t.medium, t.normal
            )
        });
        // Writing to a string cannot fail.
        let _ = write!(
            meters,
            "<ResourceMeter Resource=\"{}\" CurrentResourceUse=\"{}\" PreviousResourceUse=\"{}\" PressureTransitions=\"{transitions}\" CurrentPressure=\"{}\" />",
            escaped(&meter(status)),
            use_level(status.level),
            use_level(status.before),
            status.reading.map_or(0, |reading| reading.value),
        );
    }
    format!("<{COMPONENT}><ResourceTracker>{meters}</ResourceTracker></{COMPONENT}>")
}

/// The resource under the name Exchange gives it.
fn meter(status: &Status) -> String {
    let place = status.place.as_deref().unwrap_or_default();
    match status.resource {
        Resource::DatabaseDisk | Resource::LogDisk => format!("UsedDiskSpace[{place}]"),
        Resource::ProcessMemory => "PrivateBytes".to_owned(),
        Resource::AllMemory => "SystemMemory".to_owned(),
        Resource::VersionBuckets => "UsedVersionBuckets".to_owned(),
        Resource::BatchPoints => "BatchPoints".to_owned(),
        Resource::SubmissionQueue => "QueueLength[SubmissionQueue]".to_owned(),
    }
}

fn use_level(level: PressureLevel) -> &'static str {
    match level {
        PressureLevel::Normal => "Low",
        PressureLevel::Medium => "Medium",
        PressureLevel::High => "High",
    }
}

/// Text as it stands in XML; what XML 1.0 has no place for is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}
