//! What is shown to the authority while an order runs, as proof that the names are ours. Whatever has been put up is
//! taken down again, however the order ends.

use std::path::PathBuf;

use instant_acme::{ChallengeType, KeyAuthorization};
use model::{DomainName, TimeSpan};

use crate::{
    Challenge,
    door::Door,
    failure::Failure,
    hook::{self, Deed},
    resolver::FreshResolver,
};

/// The longest token that is shown; authorities give some forty characters.
const LONGEST_TOKEN: usize = 256;

/// Where proofs are shown.
pub(crate) struct Stage {
    kind: Kind,
    resolver: FreshResolver,
}

enum Kind {
    Http(Door),
    Dns {
        hook: PathBuf,
        wait: TimeSpan,
        /// What has to be removed again: domain and value.
        presented: Vec<(DomainName, String)>,
    },
}

impl Stage {
    /// Nothing is shown yet.
    pub(crate) fn new(challenge: &Challenge, resolver: FreshResolver) -> Self {
        let kind = match challenge {
            Challenge::Http01 { listen } => Kind::Http(Door::new(listen.clone())),
            Challenge::Dns01 { hook, wait } => {
                Kind::Dns { hook: hook.clone(), wait: *wait, presented: Vec::new() }
            }
        };
        Self { kind, resolver }
    }

    /// Which of the authority's challenges can be met.
    pub(crate) fn meets(&self) -> ChallengeType {
        match self.kind {
            Kind::Http(_) => ChallengeType::Http01,
            Kind::Dns { .. } => ChallengeType::Dns01,
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Http(_) => "http-01",
            Kind::Dns { .. } => "dns-01",
        }
    }

    /// Makes ready to show something.
    ///
    /// # Errors
    /// When nobody could see it.
    pub(crate) fn open(&mut self) -> Result<(), Failure> {
        match &mut self.kind {
            Kind::Http(door) => door.open().map_err(Failure::new),
            Kind::Dns { .. } => Ok(()),
        }
    }

    /// Shows the proof for a domain.
    ///
    /// # Errors
    /// When it cannot be shown.
    pub(crate) async fn present(
        &mut self,
        domain: &DomainName,
        token: &str,
        answer: &KeyAuthorization,
    ) -> Result<(), Failure> {
        if !is_token(token) {
            return Err(Failure::new(format!(
                "the token for {domain} is none (RFC 8555 section 8.3)"
            )));
        }
        match &mut self.kind {
            Kind::Http(door) => door.show(token, answer.as_str()),
            Kind::Dns { hook, presented, .. } => {
                let value = answer.dns_value();
                // Noted before it is done: half of it has to be undone too.
                presented.push((domain.clone(), value.clone()));
                let called = hook::call(hook, Deed::Present, domain, &value).await;
                called.map_err(|why| Failure::new(format!("[acme] dns_hook: {why}")))?;
            }
        }
        Ok(())
    }

    /// Waits until what has been shown can be seen.
    ///
    /// # Errors
    /// When it cannot be in time.
    pub(crate) async fn seen(&self) -> Result<(), Failure> {
        if let Kind::Dns { wait, presented, .. } = &self.kind {
            for (domain, value) in presented {
                let seen = hook::seen(&self.resolver, domain, value, *wait).await;
                seen.map_err(Failure::new)?;
            }
        }
        Ok(())
    }

    /// Takes everything down.
    pub(crate) async fn clear(&mut self) {
        match &mut self.kind {
            Kind::Http(door) => door.clear(),
            Kind::Dns { hook, presented, .. } => {
                while let Some((domain, value)) = presented.pop() {
                    if let Err(why) = hook::call(hook, Deed::Cleanup, &domain, &value).await {
                        tracing::warn!("[acme] dns_hook: {why}");
                    }
                }
            }
        }
    }
}

/// Letters of base64url, and not too many (RFC 8555 section 8.1).
fn is_token(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.len() <= LONGEST_TOKEN && text.bytes().all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_base64url() {
        assert!(is_token("LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"));
        for bad in ["", "../x", "a b", "a/b", "a\r\n", "\u{e9}", &"x".repeat(257)] {
            assert!(!is_token(bad), "{bad:?}");
        }
    }
}
