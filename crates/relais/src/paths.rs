//! Where a server's settings and data are unless it is told (DESIGN section 11).

pub(crate) const DEFAULT_CONFIG: &str = "/etc/relais/relais.toml";
/// The data directory when none is named.
pub(crate) const DEFAULT_DATA: &str = "/var/lib/relais";
