//! Why there is no way through a front end, in the words that administrators read, and what of them senders do.

use std::borrow::Cow;

use socks::Reply;

/// What stands in the way.
pub(crate) enum Blocked {
    /// The front end of this name works; the target cannot be reached from there.
    Target(Reply, String),
    /// No front end works.
    FrontEnd(Shut),
}

/// Why no front end works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shut {
    /// There is none in the site.
    None(String),
    /// None takes connections.
    Inactive(String),
    /// The last that was tried, by its name, and what is the matter with it.
    Unusable(String, String),
}

impl Shut {
    /// As LastError.
    pub(crate) fn last_error(&self) -> String {
        let advice = "the message waits: it is never sent around the front end";
        match self {
            Self::None(_) => {
                format!("451 4.4.0 FrontendProxyEnabled True: {}; {advice}", self.what())
            }
            Self::Inactive(_) => format!(
                "451 4.4.0 FrontendProxyEnabled True: {}; {advice}. See Get-ServerComponentState and \
                 Get-ReceiveConnector",
                self.what()
            ),
            Self::Unusable(name, _) => format!(
                "451 4.4.1 {}. Mail for this connector waits for it. See that Front End Transport is \
                 Active there (Get-ServerComponentState {name}) and that its TCP port can be reached; \
                 its log says more",
                self.what()
            ),
        }
    }

    /// As what is said of a request that is no mail.
    pub(crate) fn of_request(&self) -> String {
        // What senders do not read ends at the first parenthesis.
        let what = self.what().replace('(', "[").replace(')', "]");
        format!("the outbound gateway is not available{THROUGH}: {what})")
    }

    /// What is the matter.
    fn what(&self) -> String {
        match self {
            Self::None(site) => format!("no server of site \"{site}\" has the role ClientAccess"),
            Self::Inactive(names) => format!(
                "Front End Transport of {names} is not Active, or the Receive connector \"Outbound \
                 Proxy Frontend\" of its first start is disabled or gone"
            ),
            Self::Unusable(name, why) => format!("Front end {name} cannot be used: {why}"),
        }
    }
}

impl Blocked {
    /// As LastError.
    pub(crate) fn last_error(&self) -> String {
        match self {
            Self::Target(reply, name) => refusal(*reply, name, MAIL_TARGETS),
            Self::FrontEnd(shut) => shut.last_error(),
        }
    }

    /// As what is said of a request that is no mail; `allowed` is where its target would be allowed.
    pub(crate) fn of_request(&self, allowed: &str) -> String {
        match self {
            Self::Target(reply, name) => refusal(*reply, name, allowed),
            Self::FrontEnd(shut) => shut.of_request(),
        }
    }
}

/// Where targets of mail are allowed.
const MAIL_TARGETS: &str =
    "mail ports of the Internet, smart hosts, and [frontend] allow of its relais.toml";

/// Where the part of a LastError begins that is for administrators, in parentheses.
const THROUGH: &str = " (through front end";

/// What a front end says of this target. Whoever answers a request under mutual TLS works: what
/// it says holds for this target, and another host may still be reached.
fn refusal(reply: Reply, name: &str, allowed: &str) -> String {
    match reply {
        Reply::NotAllowed => format!("{reply}{THROUGH} {name}: {allowed})"),
        reply if reply.is_about_target() => format!("{reply}{THROUGH} {name})"),
        reply => format!("{reply}{THROUGH} {name}; its log says more)"),
    }
}

/// A LastError as senders may read it: without what it says of our front ends.
pub fn for_senders(error: &str) -> Cow<'_, str> {
    let Some((before, inside)) = error.split_once(THROUGH) else { return error.into() };
    let after = inside.split_once(')').map_or("", |(_, after)| after);
    format!("{before}{}", for_senders(after)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_read_nothing_of_our_front_ends() {
        for reply in [Reply::NotAllowed, Reply::ConnectionRefused, Reply::GeneralFailure] {
            let error =
                format!("421 4.4.1 failed: {}.\" Attempted", refusal(reply, "MBX01", MAIL_TARGETS));
            assert_eq!(for_senders(&error), format!("421 4.4.1 failed: {reply}.\" Attempted"));
        }
        assert_eq!(for_senders("450 4.1.1 later"), "450 4.1.1 later");
        let shut =
            Shut::Unusable("MBX01".to_owned(), "closed (see MaxInboundConnection): x".into());
        let error = format!("451 4.4.0 DNS query failed: {}; a.test", shut.of_request());
        assert!(error.contains("MBX01") && error.contains("MaxInboundConnection"), "{error}");
        let told = "451 4.4.0 DNS query failed: the outbound gateway is not available; a.test";
        assert_eq!(for_senders(&error), told);
        assert_eq!(for_senders(&format!("{error}; {error}")), format!("{told}; {told}"));
    }
}
