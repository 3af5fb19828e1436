//! Records that are lists of `tag=value` (DMARC; RFC 6376 section 3.2).

/// The tags of a record in their order, names in lower case. What is no `tag=value` is kept as a tag with a
/// name and no value, so that it can be shown.
pub(crate) fn tags(text: &str) -> Vec<(String, String)> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim().to_ascii_lowercase(), value.trim().to_owned())
        })
        .collect()
}

/// The same as a record.
pub(crate) fn record(tags: &[(String, String)]) -> String {
    let texts: Vec<String> = tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
    texts.join("; ")
}
