//! `mynetworks` to a Receive connector that lets these networks send to anywhere.

use std::net::IpAddr;

use super::{Tree, finding, main_cf::Settings, table::names};
use crate::{Argument, Cmdlet, ImportError, Outcome, Section};

/// Most ranges.
const MAX_RANGES: usize = 10_000;

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// The section about it; nothing where it is not set.
pub(super) fn section(
    tree: &dyn Tree,
    settings: &Settings,
) -> Result<Option<Section>, ImportError> {
    let Some(setting) = settings.get("mynetworks") else { return Ok(None) };
    let (names, mut problems) = names(tree, &setting.value)?;
    let mut networks: Vec<Network> = Vec::new();
    for name in names {
        match Network::parse(&name) {
            Ok(network) if network.bits == 0 => {
                problems.push(format!("{name} is everybody: that would be an open relay"));
            }
            Ok(network) => networks.push(network),
            Err(problem) => problems.push(problem),
        }
        if networks.len() > MAX_RANGES {
            let problem = format!("mynetworks has more than {MAX_RANGES} networks.");
            return Err(ImportError::new("main.cf", setting.line, problem));
        }
    }
    let mut section = Section::new("Who may relay (main.cf)");
    let ranges = outermost(networks);
    if !ranges.is_empty() {
        section.cmdlets.push(connector(ranges));
    }
    let what =
        "Clients from there may send to anywhere, without a password, on port 25 of every address.";
    section.findings.push(if problems.is_empty() {
        finding(setting, Outcome::Carried, what)
    } else {
        finding(
            setting,
            Outcome::Decision,
            format!("Not carried over: {}. {what}", problems.join("; ")),
        )
    });
    Ok(Some(section))
}

fn connector(ranges: Vec<String>) -> Cmdlet {
    Cmdlet::new("New-ReceiveConnector")
        .with("Name", Argument::Text("Relay from mynetworks".into()))
        .with("TransportRole", Argument::Word("FrontendTransport".into()))
        .with("Custom", Argument::Switch)
        .with("Bindings", Argument::List(vec!["0.0.0.0:25".into(), "[::]:25".into()]))
        .with("RemoteIPRanges", Argument::List(ranges))
        .with("PermissionGroups", Argument::Word("AnonymousUsers".into()))
        .with("ExtendedRights", Argument::Text("ms-Exch-SMTP-Accept-Any-Recipient".into()))
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no network such as 192.0.2.0/24 or [2001:db8::]/32");
        if text.starts_with('!') {
            return Err(format!(
                "\"{text}\" takes addresses out, which a connector cannot: list what is left"
            ));
        }
        let (address, bits) = match text.rsplit_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let bare =
            address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
        let address: IpAddr = bare.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }

    fn bits_of(&self) -> u128 {
        match self.address {
            IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
            IpAddr::V6(v6) => v6.to_bits(),
        }
    }

    fn encloses(&self, other: &Self) -> bool {
        if self.address.is_ipv4() != other.address.is_ipv4() || self.bits > other.bits {
            return false;
        }
        let shift = 128_u32.saturating_sub(u32::from(self.bits));
        let cut = |network: &Self| network.bits_of().checked_shr(shift).unwrap_or(0);
        cut(self) == cut(other)
    }
}

/// The networks that are in no other, as `RemoteIPRanges` takes them.
fn outermost(networks: Vec<Network>) -> Vec<String> {
    let mut kept: Vec<Network> = Vec::new();
    for network in networks {
        if kept.iter().any(|earlier| earlier.encloses(&network)) {
            continue;
        }
        kept.retain(|earlier| !network.encloses(earlier));
        kept.push(network);
    }
    let whole =
        |network: &Network| network.bits == if network.address.is_ipv4() { 32 } else { 128 };
    kept.iter()
        .map(|network| match whole(network) {
            true => network.address.to_string(),
            false => format!("{}/{}", network.address, network.bits),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_within_others_are_left_out() {
        let networks = [
            "192.168.1.0/24",
            "192.168.0.0/16",
            "[::1]/128",
            "10.0.0.1",
            "10.0.0.1/32",
            "[2001:db8::]/32",
        ];
        let networks = networks.iter().map(|text| Network::parse(text).unwrap()).collect();
        assert_eq!(outermost(networks), ["192.168.0.0/16", "::1", "10.0.0.1", "2001:db8::/32"]);
        for bad in ["!10.0.0.1", "10.0.0.0/33", "x", "10.1", ""] {
            assert!(Network::parse(bad).is_err(), "{bad}");
        }
    }
}
