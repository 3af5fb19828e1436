//! Where other servers are asked, and whether that is worth a try.

use std::collections::BTreeMap;

use directory::Server;
use model::ObjectName;

use crate::Endpoint;

/// Knows where the other servers of the organization are asked.
pub trait Whereabouts: Send + Sync {
    /// Where this server is asked, the best place first; at least one.
    ///
    /// # Errors
    /// Why it need not be tried, as the rest of a sentence that begins with the server: `is not running since …`.
    fn find(&self, server: &Server) -> Result<Vec<Endpoint>, String>;
}

/// What the settings file says, else port 443 of the name that a server has in the directory.
#[derive(Debug, Clone, Default)]
pub struct Configured(BTreeMap<String, Endpoint>);

impl Configured {
    /// With these endpoints by server; all others are where the directory says.
    pub fn new(endpoints: impl IntoIterator<Item = (ObjectName, Endpoint)>) -> Self {
        Self(endpoints.into_iter().map(|(server, endpoint)| (server.key(), endpoint)).collect())
    }
}

impl Configured {
    /// Whether the settings say where this server is.
    pub fn names(&self, server: &Server) -> bool {
        self.0.contains_key(&server.name.key())
    }
}

impl Whereabouts for Configured {
    fn find(&self, server: &Server) -> Result<Vec<Endpoint>, String> {
        if let Some(endpoint) = self.0.get(&server.name.key()) {
            return Ok(vec![endpoint.clone()]);
        }
        let named = server.fqdn.as_str().parse();
        named.map(|endpoint| vec![endpoint]).map_err(|error| format!("has no address: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use directory::Header;

    use super::*;

    #[test]
    fn settings_go_before_the_directory() {
        let server = |name: &str| {
            let fqdn = format!("{name}.contoso.com").parse().unwrap();
            Server::with_defaults(Header::fresh(), name.parse().unwrap(), fqdn)
        };
        let endpoint: Endpoint = "127.0.0.12:10443".parse().unwrap();
        let known = Configured::new([("MBX02".parse().unwrap(), endpoint.clone())]);
        assert_eq!(known.find(&server("mbx02")).unwrap(), [endpoint]);
        assert_eq!(known.find(&server("mbx03")).unwrap(), ["mbx03.contoso.com".parse().unwrap()]);
    }
}
