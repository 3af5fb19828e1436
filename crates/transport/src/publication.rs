//! What the organization's domains have published: who sends and receives is read from the directory, the rest
//! is looked up, within a time.

use std::{net::IpAddr, sync::Arc, time::Duration};

use ::publishing::{
    ByResolver, Certificate, Finding, Need, NeededKey, Own, Sender, Signing, Subject, examine,
};
use ::signing::Algorithm;
use directory::{
    AcceptedDomain, DkimAlgorithms, DkimSelector, DkimSigningConfig, DomainType, SendConnector,
    Server, Snapshot,
};
use futures_util::{StreamExt, stream};
use model::{DomainName, Timestamp};

use crate::{core::Core, key_records::key_records};

/// How long the examination of all domains may take; what is not known then is told as that.
const PATIENCE: Duration = Duration::from_secs(30);
/// Domains examined at once.
const AT_ONCE: usize = 4;

/// Examines these domains, in their order.
pub(crate) async fn of(
    core: &Core,
    domains: Vec<Arc<AcceptedDomain>>,
) -> Vec<(DomainName, Vec<Finding>)> {
    let snapshot = core.directory.snapshot();
    let Some(here) = core.here(&snapshot) else { return Vec::new() };
    let lookup = ByResolver::new(core.fresh_resolver(), core.policies.clone(), PATIENCE);
    let certificates = |host: &DomainName| {
        let (shown, is_made_here) = core.shown.chain_for(host.as_str());
        Some(Certificate { shown, is_made_here })
    };
    let organization = Organization::of(&snapshot, here, &certificates, core.now());
    let subjects: Vec<Subject> =
        domains.iter().filter_map(|domain| organization.subject(domain)).collect();
    let lookup = &lookup;
    stream::iter(subjects)
        .map(|subject| async move {
            let findings = examine(&subject, lookup).await;
            (subject.domain, findings)
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// What is shown for a name of this server.
type ShownFor<'a> = &'a dyn Fn(&DomainName) -> Option<Certificate>;

/// What is the same for all domains.
struct Organization<'a> {
    snapshot: &'a Snapshot,
    own: Own,
    senders: Vec<Sender>,
    smart_hosts: Vec<String>,
    now: Timestamp,
}

impl<'a> Organization<'a> {
    fn of(
        snapshot: &'a Snapshot,
        here: &Server,
        certificates: ShownFor<'_>,
        now: Timestamp,
    ) -> Self {
        let direct = snapshot.send_connectors.iter().filter(|c| c.enabled && c.dns_routing_enabled);
        let mut senders = Vec::new();
        for sender in direct.flat_map(|connector| senders_of(snapshot, connector)) {
            add(&mut senders, sender);
        }
        let relayed =
            snapshot.send_connectors.iter().filter(|c| c.enabled && !c.dns_routing_enabled);
        let mut smart_hosts: Vec<String> =
            relayed.flat_map(|connector| &connector.smart_hosts).map(ToString::to_string).collect();
        smart_hosts.sort();
        smart_hosts.dedup();
        Self { snapshot, own: own(snapshot, here, certificates), senders, smart_hosts, now }
    }

    /// A domain; none where `*` stands for all.
    fn subject(&self, accepted: &AcceptedDomain) -> Option<Subject> {
        let domain = accepted.domain()?.clone();
        let id = self.now.iso().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
        Some(Subject {
            is_all_here: accepted.domain_type == DomainType::Authoritative,
            own: self.own.clone(),
            senders: self.senders.clone(),
            smart_hosts: self.smart_hosts.clone(),
            signing: signing(self.snapshot, &domain, self.now),
            policy_id: id,
            domain,
        })
    }
}

/// Names and addresses of the organization's servers.
fn own(snapshot: &Snapshot, here: &Server, certificates: ShownFor<'_>) -> Own {
    let connectors = || snapshot.receive_connectors.iter().filter(|connector| connector.enabled);
    let is_here = |server: &str| here.name.is(server);
    let mut here_names = vec![here.fqdn.clone()];
    let of_here = connectors().filter(|connector| is_here(&connector.server));
    here_names.extend(of_here.filter_map(|connector| connector.fqdn.clone()));
    // A name that was given on purpose goes before the machine's own.
    let mail_host = here_names.get(1).unwrap_or(&here.fqdn).clone();
    let mut names: Vec<DomainName> = snapshot.servers.iter().map(|s| s.fqdn.clone()).collect();
    names.extend(connectors().filter_map(|connector| connector.fqdn.clone()));
    let told = |server: &Server| {
        let egresses = server.frontend.egress_addresses.iter().map(|egress| egress.address);
        let set = [server.transport.external_ip_address, server.frontend.external_ip_address];
        let all = set.into_iter().flatten().chain(egresses);
        all.filter(|address| !is_any_or_inside(address)).collect::<Vec<IpAddr>>()
    };
    here_names.sort();
    here_names.dedup();
    let here_names = here_names.into_iter().map(|name| {
        let certificate = certificates(&name);
        (name, certificate)
    });
    Own {
        mail_host,
        names,
        addresses: snapshot.servers.iter().flat_map(|server| told(server)).collect(),
        here_addresses: told(here),
        here: here_names.collect(),
    }
}

/// Under which names, and from where, a connector sends.
fn senders_of(snapshot: &Snapshot, connector: &SendConnector) -> Vec<Sender> {
    let sources = connector.source_transport_servers.iter();
    let sources = sources.filter_map(|name| snapshot.server(name));
    match connector.frontend_proxy_enabled {
        true => {
            sources.flat_map(|source| through_front_ends(snapshot, connector, source)).collect()
        }
        false => sources.map(|source| from_here(connector, source)).collect(),
    }
}

fn from_here(connector: &SendConnector, source: &Server) -> Sender {
    let bound = Some(connector.source_ip_address).filter(|address| !is_any_or_inside(address));
    Sender {
        name: connector.fqdn.as_ref().unwrap_or(&source.fqdn).clone(),
        addresses: bound.or(source.transport.external_ip_address).into_iter().collect(),
        tell_address: format!("Set-TransportService {} -ExternalIPAddress", source.name),
        tell_name: name_setting(connector),
    }
}

fn through_front_ends(
    snapshot: &Snapshot,
    connector: &SendConnector,
    source: &Server,
) -> Vec<Sender> {
    let near = |server: &&Arc<Server>| server.is_client_access_server && server.site == source.site;
    let mut senders = Vec::new();
    for server in snapshot.servers.iter().filter(near) {
        let sender = |name: &DomainName, address: Option<IpAddr>| Sender {
            name: connector.fqdn.as_ref().unwrap_or(name).clone(),
            addresses: address.into_iter().collect(),
            tell_address: format!(
                "Set-FrontendTransportService {} -ExternalIPAddress",
                server.name
            ),
            tell_name: name_setting(connector),
        };
        let external = server.frontend.external_ip_address;
        let egresses = &server.frontend.egress_addresses;
        senders.extend(egresses.iter().map(|egress| {
            let address = Some(egress.address).filter(|address| !is_any_or_inside(address));
            sender(&egress.name, address.or(external))
        }));
        if egresses.is_empty() {
            senders.push(sender(&server.fqdn, external));
        }
    }
    senders
}

fn name_setting(connector: &SendConnector) -> String {
    format!("Set-SendConnector \"{}\" -Fqdn", connector.name)
}

/// Whether an address that is bound to says nothing of the public one: any, or one behind translation.
fn is_any_or_inside(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_unspecified() || v4.is_private() || v4.is_loopback() || v4.is_link_local()
        }
        IpAddr::V6(v6) => {
            v6.is_unspecified()
                || v6.is_loopback()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

/// One entry for each name.
fn add(senders: &mut Vec<Sender>, sender: Sender) {
    match senders.iter_mut().find(|known| known.name == sender.name) {
        Some(known) => {
            let new = sender.addresses.into_iter().filter(|ip| !known.addresses.contains(ip));
            let new: Vec<IpAddr> = new.collect();
            known.addresses.extend(new);
        }
        None => senders.push(sender),
    }
}

/// The configuration that signs; where none does, the one of the domain that could.
fn signing(snapshot: &Snapshot, domain: &DomainName, now: Timestamp) -> Option<Signing> {
    let own = || snapshot.dkim_signing_configs.iter().find(|config| config.domain == *domain);
    let config = snapshot.signing_config(domain).or_else(own)?;
    let other = match config.old_records_needed_until() {
        _ if config.is_rotating() => Some(Need::Next),
        Some(until) if now < until => Some(Need::Before),
        _ => None,
    };
    let mut keys = needed(config, config.signing(), Need::Signs);
    keys.extend(other.into_iter().flat_map(|need| needed(config, config.other(), need)));
    Some(Signing { domain: config.domain.clone(), is_enabled: config.enabled, keys })
}

fn needed(config: &DkimSigningConfig, selector: &DkimSelector, need: Need) -> Vec<NeededKey> {
    let is_used = |algorithm| {
        config.algorithms.contains(match algorithm {
            Algorithm::RsaSha256 => DkimAlgorithms::RSA,
            Algorithm::Ed25519Sha256 => DkimAlgorithms::ED25519,
        })
    };
    let records = key_records(config, selector).into_iter();
    let used = records.filter(|record| is_used(record.algorithm));
    used.map(|record| NeededKey { record, need }).collect()
}

#[cfg(test)]
mod tests {
    use directory::{Egress, Header, Object, ReceiveConnector, Usage};

    use super::*;

    fn server(name: &str) -> Server {
        let fqdn = format!("{name}.contoso.com").parse().unwrap();
        Server::with_defaults(Header::fresh(), name.parse().unwrap(), fqdn)
    }

    fn connector(name: &str) -> SendConnector {
        let mut connector =
            SendConnector::from_usage(Header::fresh(), name.parse().unwrap(), Usage::Internet);
        connector.source_transport_servers = vec!["mbx01".to_owned()];
        connector
    }

    fn organization(objects: Vec<Object>) -> (Own, Vec<Sender>, Vec<String>) {
        let snapshot = Snapshot::of(objects);
        let here = snapshot.server("mbx01").unwrap().clone();
        let found = Organization::of(&snapshot, &here, &|_| None, Timestamp::from_millis(0));
        (found.own, found.senders, found.smart_hosts)
    }

    #[test]
    fn who_sends_is_read_from_connectors_and_servers() {
        let mut here = server("mbx01");
        here.transport.external_ip_address = Some("203.0.113.7".parse().unwrap());
        here.frontend.egress_addresses =
            vec!["10.0.0.5;out.contoso.com".parse::<Egress>().unwrap()];
        here.frontend.external_ip_address = Some("203.0.113.8".parse().unwrap());
        let mut off = connector("Off");
        off.enabled = false;
        off.fqdn = Some("off.contoso.com".parse().unwrap());
        let mut named = connector("Named");
        named.fqdn = Some("mail.contoso.com".parse().unwrap());
        named.source_ip_address = "203.0.113.9".parse().unwrap();
        let mut inside = connector("Inside");
        inside.source_ip_address = "10.0.0.1".parse().unwrap();
        let mut front = connector("Front");
        front.frontend_proxy_enabled = true;
        let mut relayed = connector("Relayed");
        relayed.dns_routing_enabled = false;
        relayed.smart_hosts = vec!["smart.example.net".parse().unwrap()];
        let connectors = [off, named, inside, front, relayed].map(Object::SendConnector);
        let mut objects = vec![Object::Server(here)];
        objects.extend(connectors);
        let (own, senders, smart_hosts) = organization(objects);
        let found: Vec<(String, String)> = senders
            .iter()
            .map(|sender| {
                let addresses: Vec<String> =
                    sender.addresses.iter().map(ToString::to_string).collect();
                (sender.name.to_string(), addresses.join(","))
            })
            .collect();
        let wanted = [
            ("out.contoso.com", "203.0.113.8"),
            ("mbx01.contoso.com", "203.0.113.7"),
            ("mail.contoso.com", "203.0.113.9"),
        ];
        assert_eq!(found, wanted.map(|(name, ip)| (name.to_owned(), ip.to_owned())));
        assert_eq!(smart_hosts, ["smart.example.net"]);
        assert_eq!(
            senders[0].tell_address,
            "Set-FrontendTransportService mbx01 -ExternalIPAddress"
        );
        assert_eq!(senders[1].tell_name, "Set-SendConnector \"Inside\" -Fqdn");
        assert_eq!(own.addresses[0].to_string(), "203.0.113.7");
    }

    #[test]
    fn hosts_are_those_of_servers_and_receive_connectors() {
        let mut receive = ReceiveConnector::from_usage(
            Header::fresh(),
            "mbx01".to_owned(),
            "Default".parse().unwrap(),
            Usage::Custom,
        );
        receive.fqdn = Some("mx.contoso.com".parse().unwrap());
        let objects = vec![
            Object::Server(server("mbx01")),
            Object::Server(server("mbx02")),
            Object::ReceiveConnector(receive),
        ];
        let (own, senders, _) = organization(objects);
        assert_eq!(own.mail_host.as_str(), "mx.contoso.com");
        let names: Vec<&str> = own.names.iter().map(DomainName::as_str).collect();
        assert_eq!(names, ["mbx01.contoso.com", "mbx02.contoso.com", "mx.contoso.com"]);
        let here: Vec<&str> = own.here.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(here, ["mbx01.contoso.com", "mx.contoso.com"]);
        assert!(senders.is_empty());
    }
}
