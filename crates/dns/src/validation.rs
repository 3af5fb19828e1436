//! How far a resolver's word on signatures is to be believed: only where its servers are on this machine,
//! since nothing protects what comes from elsewhere, and only once they have shown that they validate
//! (DNSSEC, RFC 4035). A resolver that has shown it once and does so no longer has not become an
//! ordinary one: what depended on it waits (DESIGN section 8).
//!
//! With the built-in validator the same is found out of what servers pass on: behind one that takes
//! signatures out, everything signed would be bogus. Until it has been shown nothing is validated. After that
//! everything is, whatever later trials say: whoever is in between could make them fail.

use hickory_proto::rr::RecordType;
use model::DomainName;
use parking_lot::Mutex;

use crate::{Resolver, ResolverSettings, Validator, Way, cache::Found, error::Trouble};

/// Names by which it shows whether a resolver validates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeNames {
    /// Of a signed zone.
    pub signed: DomainName,
    /// Of a zone that is not signed.
    pub unsigned: DomainName,
    /// Of a zone whose signatures are wrong.
    pub bogus: DomainName,
}

/// What is known of a resolver's servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validation {
    /// One of them at least is on another machine, and nobody validates here.
    Remote,
    /// They have never shown that they validate; why.
    Unproven(String),
    /// They validate.
    Proven,
    /// They did and do so no longer; why.
    Lost(String),
}

/// What has been found out about some servers. Shared by the resolvers that ask them.
#[derive(Debug)]
pub struct Proof(Mutex<Validation>);

impl Proof {
    /// Nothing has been found out about the servers of these settings yet.
    pub fn of(settings: &ResolverSettings) -> Self {
        let servers = &settings.servers;
        let is_here = settings.way == Way::Direct
            && !servers.is_empty()
            && servers.iter().all(|server| server.ip().to_canonical().is_loopback());
        let is_ours = matches!(settings.validator, Validator::BuiltIn(_));
        Self(Mutex::new(if is_here || is_ours {
            Validation::Unproven("not tried yet".to_owned())
        } else {
            Validation::Remote
        }))
    }

    /// The same where they had shown it in an earlier life of this program.
    #[must_use]
    pub fn shown_before(self) -> Self {
        {
            let mut validation = self.0.lock();
            if matches!(*validation, Validation::Unproven(_)) {
                *validation = Validation::Lost("not tried again yet".to_owned());
            }
        }
        self
    }

    /// What is known now.
    pub fn validation(&self) -> Validation {
        self.0.lock().clone()
    }

    /// Finds out anew by asking `resolver`, whose servers these are. Returns whether it is known now
    /// that they validate.
    pub async fn renew(&self, resolver: &Resolver, names: &ProbeNames) -> bool {
        if self.validation() == Validation::Remote {
            return false;
        }
        let tried = probe(resolver, names).await;
        let mut validation = self.0.lock();
        *validation = match (tried, &*validation) {
            (Ok(()), _) => Validation::Proven,
            (Err(Doubt::Silence(_)), Validation::Proven) => Validation::Proven,
            (Err(doubt), Validation::Proven | Validation::Lost(_)) => {
                Validation::Lost(doubt.text())
            }
            (Err(doubt), _) => Validation::Unproven(doubt.text()),
        };
        *validation == Validation::Proven
    }
}

/// Why it has not been shown.
enum Doubt {
    /// Nobody could be asked: that says nothing about validating.
    Silence(String),
    /// They do not.
    Shown(String),
}

impl Doubt {
    fn text(self) -> String {
        match self {
            Self::Silence(why) | Self::Shown(why) => why,
        }
    }
}

async fn probe(resolver: &Resolver, names: &ProbeNames) -> Result<(), Doubt> {
    let ask = |name| resolver.ask_anew(name, RecordType::A);
    let (signed, unsigned, bogus) =
        tokio::join!(ask(&names.signed), ask(&names.unsigned), ask(&names.bogus));
    let heard = |name: &DomainName, answer: Result<Found, Trouble>| {
        answer.map_err(|trouble| match trouble {
            Trouble::Silence(why) => Doubt::Silence(format!("{name}: {why}")),
            Trouble::Bogus(why) => Doubt::Shown(why),
        })
    };
    let signed = heard(&names.signed, signed)?;
    let unsigned = heard(&names.unsigned, unsigned)?;
    if !signed.authentic {
        let name = &names.signed;
        return Err(Doubt::Shown(format!("the signed name {name} is not said to be authentic")));
    }
    if unsigned.authentic {
        let name = &names.unsigned;
        return Err(Doubt::Shown(format!("{name}, which is not signed, is said to be authentic")));
    }
    match bogus {
        Ok(_) => {
            let name = &names.bogus;
            Err(Doubt::Shown(format!("{name}, whose signatures are wrong, is answered")))
        }
        Err(_) => Ok(()),
    }
}
