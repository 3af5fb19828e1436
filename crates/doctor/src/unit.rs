//! What systemd is told about the server: `relais.service` with its drop-ins, read from the files.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where units are, the first found counts (systemd.unit(5)).
const PLACES: [&str; 4] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
];
const NAME: &str = "relais.service";
/// A larger file is no unit, in bytes.
const LARGEST: u64 = 1 << 16;

/// The unit of the server, as far as it concerns what is looked at here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// `User=`.
    pub user: Option<String>,
    /// `LimitNOFILE=`, the soft limit; `u64::MAX` for `infinity`.
    pub files: Option<u64>,
    /// Whether `AmbientCapabilities=` has `CAP_NET_BIND_SERVICE`.
    pub binds_low_ports: bool,
}

impl Unit {
    /// The unit of this machine, if there is one.
    pub fn here() -> Option<Self> {
        let main =
            PLACES.iter().map(|place| Path::new(place).join(NAME)).find(|file| file.exists())?;
        let mut text = read(&main)?;
        for place in PLACES {
            for file in drop_ins(&Path::new(place).join(format!("{NAME}.d"))) {
                text.push('\n');
                text.push_str(&read(&file).unwrap_or_default());
            }
        }
        Some(Self::of(&text))
    }

    /// Of the text of a unit and its drop-ins.
    fn of(text: &str) -> Self {
        let mut unit = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.trim().split_once('=') else { continue };
            let value = value.trim();
            match key.trim() {
                "User" => unit.user = (!value.is_empty()).then(|| value.to_owned()),
                "LimitNOFILE" => unit.files = limit(value),
                "AmbientCapabilities" if value.is_empty() => unit.binds_low_ports = false,
                "AmbientCapabilities" => {
                    unit.binds_low_ports |=
                        value.split_whitespace().any(|one| one == "CAP_NET_BIND_SERVICE");
                }
                _ => {}
            }
        }
        unit
    }
}

fn limit(value: &str) -> Option<u64> {
    let soft = value.split(':').next()?;
    if soft == "infinity" { Some(u64::MAX) } else { soft.parse().ok() }
}

fn read(file: &Path) -> Option<String> {
    (fs::metadata(file).ok()?.len() <= LARGEST).then(|| fs::read_to_string(file).ok()).flatten()
}

/// The drop-ins of a directory, in the order of their names.
fn drop_ins(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "conf"));
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_of_the_package_is_read() {
        let unit = Unit::of(include_str!("../../../packaging/systemd/relais.service"));
        let user = Some("relais".to_owned());
        assert_eq!(unit, Unit { user, files: Some(131_072), binds_low_ports: true });
    }

    #[test]
    fn drop_ins_count_after_it() {
        let unit = Unit::of(
            "User=relais\nLimitNOFILE=1024:4096\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n\
             # User=x\nUser=\nAmbientCapabilities=\nLimitNOFILE=infinity",
        );
        assert_eq!(unit, Unit { user: None, files: Some(u64::MAX), binds_low_ports: false });
    }
}
