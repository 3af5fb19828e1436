//! `Export-Csv`: a line of names, a line for each object. A `#TYPE` line and semicolons are known.

use csv::{ReaderBuilder, StringRecord};

use super::{Exported, MAX_CONNECTORS, MAX_PROPERTIES, Property, Value};
use crate::ImportError;

/// What separates values.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Whether a line can be that of the names.
pub(super) fn is_heading(line: &str) -> bool {
    let names: Vec<&str> =
        line.split(DELIMITERS).map(|name| name.trim().trim_matches('"')).collect();
    names.len() > 1
        && names.iter().any(|name| {
            ["Name", "Identity", "AddressSpaces"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        })
}

/// The objects of a file.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Exported>, ImportError> {
    // Blank lines and the line of the type stand in front of the names.
    let mut skipped = 0;
    let mut rest = text;
    while let Some(line) = rest.lines().next() {
        if !line.trim().is_empty() && !line.starts_with("#TYPE") {
            break;
        }
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
        skipped += 1;
    }
    let heading = rest.lines().next().unwrap_or_default();
    if !is_heading(heading) {
        let problem = "The line of property names is missing: Name, AddressSpaces and so on, separated \
                       by commas or semicolons.";
        return Err(ImportError::new(file, skipped + 1, problem));
    }
    let count = |delimiter: char| heading.matches(delimiter).count();
    let delimiter = DELIMITERS.into_iter().max_by_key(|d| (count(*d), *d == ',')).unwrap_or(',');
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .has_headers(true)
        .from_reader(rest.as_bytes());
    let line_of = |position: Option<&csv::Position>| {
        let line = position.map_or(1, csv::Position::line);
        usize::try_from(line).unwrap_or(1).saturating_add(skipped)
    };
    let damaged = |error: csv::Error| {
        let line = line_of(error.position());
        let problem = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("There are {len} values where {expected_len} are named above.")
            }
            _ => format!("The CSV is damaged: {error}."),
        };
        ImportError::new(file, line, problem)
    };
    let names = reader.headers().map_err(damaged)?.clone();
    if names.len() > MAX_PROPERTIES {
        let problem = format!("There are more than {MAX_PROPERTIES} properties.");
        return Err(ImportError::new(file, skipped + 1, problem));
    }
    let mut connectors = Vec::new();
    for record in reader.records() {
        let record = record.map_err(damaged)?;
        let line = line_of(record.position());
        if connectors.len() >= MAX_CONNECTORS {
            let problem = format!("There are more than {MAX_CONNECTORS} objects in it.");
            return Err(ImportError::new(file, line, problem));
        }
        connectors.push(exported(file, line, &names, &record));
    }
    Ok(connectors)
}

fn exported(file: &str, line: usize, names: &StringRecord, record: &StringRecord) -> Exported {
    let properties = names
        .iter()
        .zip(record.iter())
        .map(|(name, text)| Property { name: name.trim().to_owned(), value: value(text), line })
        .collect();
    Exported { file: file.to_owned(), line, properties }
}

fn value(text: &str) -> Value {
    let text = text.trim();
    let is_type = text.starts_with("Microsoft.Exchange.Data.MultiValuedProperty")
        || text.starts_with("System.Collections.")
        || text.ends_with("[]") && text.starts_with("System.");
    match text {
        "" => Value::Empty,
        "System.Management.Automation.PSCredential" => Value::Credential(None),
        _ if is_type => Value::TypeName(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}
