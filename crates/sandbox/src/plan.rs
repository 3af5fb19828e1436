//! From the list of domains to hosts and DNS records. Hosts get pretend addresses from the
//! networks that are reserved for documents (RFC 5737, RFC 3849), so that nothing real is meant.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use hickory_proto::rr::{
    Name, RData,
    rdata::{CNAME, MX},
};

use crate::{
    behaviour::Behaviour,
    catalog::{ALIAS_TARGET, Domain, domains},
    zone::Zone,
};

/// A host that will listen.
#[derive(Debug)]
pub(crate) struct HostPlan {
    pub(crate) name: String,
    pub(crate) domain: &'static str,
    pub(crate) behaviour: Behaviour,
    /// The pretend address.
    pub(crate) address: IpAddr,
}

/// Everything that follows from the list.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) hosts: Vec<HostPlan>,
    pub(crate) zone: Zone,
    /// The last part of the next pretend address.
    next: u8,
}

/// What answers at a host's address.
enum Listener {
    Present,
    Absent,
}

impl Plan {
    /// # Errors
    /// When a name of the list is not one.
    pub(crate) fn new() -> io::Result<Self> {
        let mut plan = Self { hosts: Vec::new(), zone: Zone::default(), next: 10 };
        for domain in domains() {
            plan.add(domain)?;
        }
        Ok(plan)
    }

    fn add(&mut self, domain: &'static Domain) -> io::Result<()> {
        let name = dns_name(domain.name)?;
        match domain.behaviour {
            Behaviour::Nxdomain => {}
            Behaviour::Servfail => self.zone.add_failing(name),
            Behaviour::Cname => {
                let target = CNAME(dns_name(ALIAS_TARGET)?);
                self.zone.add(name, RData::CNAME(target));
            }
            Behaviour::NullMx => self.zone.add(name, RData::MX(MX::new(0, Name::root()))),
            Behaviour::ImplicitMx => {
                self.add_host(domain, domain.name.to_owned(), Listener::Present)?;
            }
            Behaviour::NoSuchHost => {
                self.add_mx(domain, 1)?;
            }
            Behaviour::DeadMx => self.add_mx_host(domain, 1, Listener::Absent)?,
            Behaviour::Good => {
                self.add_mx_host(domain, 1, Listener::Present)?;
                self.add_mx_host(domain, 2, Listener::Present)?;
            }
            Behaviour::Failover => {
                self.add_mx_host(domain, 1, Listener::Absent)?;
                self.add_mx_host(domain, 2, Listener::Present)?;
            }
            _ => self.add_mx_host(domain, 1, Listener::Present)?,
        }
        Ok(())
    }

    /// `mx1` with preference 10, `mx2` with preference 20.
    fn add_mx_host(
        &mut self,
        domain: &'static Domain,
        number: u16,
        listener: Listener,
    ) -> io::Result<()> {
        let host = self.add_mx(domain, number)?;
        self.add_host(domain, host, listener)
    }

    fn add_mx(&mut self, domain: &'static Domain, number: u16) -> io::Result<String> {
        let host = format!("mx{number}.{}", domain.name);
        let record = RData::MX(MX::new(number * 10, dns_name(&host)?));
        self.zone.add(dns_name(domain.name)?, record);
        Ok(host)
    }

    fn add_host(
        &mut self,
        domain: &'static Domain,
        name: String,
        listener: Listener,
    ) -> io::Result<()> {
        let number = self.next;
        self.next = number
            .checked_add(1)
            .ok_or_else(|| io::Error::other("too many hosts in the sandbox"))?;
        let (address, data) = match (domain.behaviour, &listener) {
            (Behaviour::Ipv6Only, _) => {
                let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number.into());
                (IpAddr::V6(v6), RData::AAAA(v6.into()))
            }
            (_, Listener::Present) => v4(Ipv4Addr::new(192, 0, 2, number)),
            (_, Listener::Absent) => v4(Ipv4Addr::new(198, 51, 100, number)),
        };
        self.zone.add(dns_name(&name)?, data);
        if matches!(listener, Listener::Present) {
            let Domain { name: domain, behaviour, .. } = *domain;
            self.hosts.push(HostPlan { name, domain, behaviour, address });
        }
        Ok(())
    }
}

fn v4(address: Ipv4Addr) -> (IpAddr, RData) {
    (IpAddr::V4(address), RData::A(address.into()))
}

fn dns_name(text: &str) -> io::Result<Name> {
    Name::from_ascii(format!("{text}.")).map_err(io::Error::other)
}
