//! The first start of a server: organization, server, accepted domain, Receive connectors, role
//! groups and the first administrator are made in one atomic change of the directory.

use anyhow::{Context, Result};
use directory::{
    Audit, Directory, Egress, Header, Mailbox,
    bootstrap::{DefaultBindings, FirstStart, first_objects},
};
use model::{Address, AddressDomain, DomainName, ObjectName};
use rand::Rng;

use crate::config::Config;

/// The name of the first administrator.
pub(crate) const ADMINISTRATOR: &str = "Administrator";
/// The sandbox's user.
pub(crate) const SANDBOX_USER: &str = "jean";

/// A mailbox that was made, and its password when it was made up here.
pub(crate) struct Made {
    pub(crate) address: Address,
    pub(crate) password: String,
    /// Whether the password came from the environment and need not be shown.
    pub(crate) given: bool,
}

/// What the first start made.
pub(crate) struct First {
    pub(crate) administrator: Made,
    pub(crate) sandbox_user: Option<Made>,
}

/// Fills an empty directory.
pub(crate) fn fill(
    directory: &Directory,
    config: &Config,
    server: &ObjectName,
    fqdn: &DomainName,
    sandbox: bool,
) -> Result<First> {
    let domain = config
        .domain
        .clone()
        .context("the first start needs the organization's mail domain: --domain contoso.com, or `domain` in relais.toml")?;
    let (administrator, admin_mailbox) =
        mailbox(ADMINISTRATOR, &domain, "RELAIS_ADMIN_PASSWORD", &[])?;
    let (mut mailboxes, mut sandbox_user) = (Vec::new(), None);
    if sandbox {
        let (made, user) = mailbox(SANDBOX_USER, &domain, "RELAIS_SANDBOX_PASSWORD", &["fr-FR"])?;
        mailboxes.push(user);
        sandbox_user = Some(made);
    }
    let egress_addresses = if sandbox { vec![sandbox_egress(&domain)?] } else { Vec::new() };
    let listen = &config.listen;
    let changes = first_objects(&FirstStart {
        organization: config
            .organization
            .clone()
            .unwrap_or_else(|| "First Organization".to_owned()),
        domain,
        server_name: server.clone(),
        server_fqdn: fqdn.clone(),
        egress_addresses,
        bindings: DefaultBindings {
            default_frontend: Config::addresses(listen.default_frontend.as_ref(), 25),
            client_frontend: Config::addresses(listen.client_frontend.as_ref(), 587),
            client_frontend_implicit_tls: Config::addresses(
                listen.client_frontend_implicit_tls.as_ref(),
                465,
            ),
            outbound_proxy: Config::addresses(listen.outbound_proxy.as_ref(), 717),
            default_hub: Config::addresses(listen.server_to_server.as_ref(), 2525),
            sandbox_relay: if sandbox { listen.sandbox_relay.clone() } else { None },
        },
        administrator: admin_mailbox,
        mailboxes,
    });
    let audit = Audit {
        user: "relais".to_owned(),
        client: None,
        cmdlet: "first start".to_owned(),
        parameters: Default::default(),
    };
    directory.apply(changes, audit).context("the directory could not be filled")?;
    Ok(First { administrator, sandbox_user })
}

/// What the sandbox's Internet sees of its front end.
fn sandbox_egress(domain: &DomainName) -> Result<Egress> {
    Ok(Egress {
        address: std::net::Ipv4Addr::new(127, 0, 0, 17).into(),
        name: format!("frontend.{domain}").parse()?,
    })
}

fn mailbox(
    name: &str,
    domain: &DomainName,
    variable: &str,
    languages: &[&str],
) -> Result<(Made, Mailbox)> {
    let given = std::env::var(variable).ok().filter(|password| !password.is_empty());
    let password = given.clone().unwrap_or_else(made_up_password);
    let address = Address::new(&name.to_lowercase(), &AddressDomain::Name(domain.clone()))?;
    let mut mailbox = Mailbox::with_defaults(Header::fresh(), name.parse()?, address.clone());
    mailbox.password = Some(identity::hash_password(&password)?);
    mailbox.languages = languages.iter().map(|l| l.parse()).collect::<Result<_, _>>()?;
    Ok((Made { address, password, given: given.is_some() }, mailbox))
}

/// 100 bits from letters and digits that are hard to mistake for each other.
fn made_up_password() -> String {
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    let mut random = rand::rng();
    (0..18).map(|_| char::from(SIGNS[random.random_range(0..SIGNS.len())])).collect()
}
