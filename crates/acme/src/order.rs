//! One order, from the request to the certificate (RFC 8555 section 7.4). What comes back is looked at as if an
//! administrator had brought it in a file: it has to belong to the key, and to be for exactly the names asked for.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use certificates::{DomainRequest, Facts, Imported, RequestedKey};
use instant_acme::{
    Account, AuthorizationHandle, AuthorizationStatus, CertificateIdentifier, Error, Identifier,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use model::{DomainName, Timestamp};
use rustls::pki_types::CertificateDer;
use zeroize::Zeroizing;

use crate::{
    CertificateDomain,
    client::is_unheard,
    failure::{Failure, said},
    judge,
    stage::Stage,
};

/// How often the authority is asked whether it is ready: first after a second, then ever more rarely, for ten minutes.
const POLLING: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_secs(1))
    .backoff(1.5)
    .timeout(Duration::from_secs(600));

/// What is asked for.
pub(crate) struct Wanted<'a> {
    /// The names.
    pub(crate) domains: &'a [CertificateDomain],
    /// The key it is to have.
    pub(crate) key: RequestedKey,
    /// The certificate whose place it takes (RFC 9773 section 5), where one does.
    pub(crate) replaces: Option<CertificateDer<'static>>,
}

/// What has been obtained.
pub(crate) struct Obtained {
    /// The certificate, then those that lead to its authority.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// PKCS #8.
    pub(crate) key: Zeroizing<Vec<u8>>,
    /// What is in the certificate.
    pub(crate) facts: Facts,
}

/// Obtains a certificate. What is shown on the stage stays there: clear it afterwards.
///
/// # Errors
/// Why there is none.
pub(crate) async fn obtain(
    account: &Account,
    wanted: Wanted<'_>,
    stage: &mut Stage,
    now: Timestamp,
) -> Result<Obtained, Failure> {
    stage.open()?;
    let mut order = begin(account, &wanted).await?;
    if order.state().status == OrderStatus::Pending {
        prove(&mut order, wanted.domains, stage).await?;
        match order.poll_ready(&POLLING).await {
            Ok(OrderStatus::Ready) => {}
            Ok(_) => return Err(refusal(&mut order, "the order became invalid".to_owned()).await),
            Err(error) => {
                let failure = Failure::of("the names were not proved to be ours", &error);
                return Err(Failure { why: refusal(&mut order, failure.why).await.why, ..failure });
            }
        }
    }
    let names: Vec<String> = wanted.domains.iter().map(ToString::to_string).collect();
    let (asked_for, key) = (names.clone(), wanted.key);
    let request = in_background(move || DomainRequest::new(&asked_for, &key)).await?;
    let request = request.map_err(|error| Failure::new(format!("no request was made: {error}")))?;
    let finalized = order.finalize_csr(&request.der).await;
    finalized.map_err(|error| Failure::of("the request was refused", &error))?;
    let chain = order.poll_certificate(&POLLING).await;
    let chain = chain.map_err(|error| Failure::of("no certificate was issued", &error))?;
    let obtained = in_background(move || read(&chain, request.key)).await??;
    check(&obtained.facts, &names, now)?;
    Ok(obtained)
}

/// Asks for a certificate, in place of the one that is here if the server likes to know that.
async fn begin(account: &Account, wanted: &Wanted<'_>) -> Result<Order, Failure> {
    let identifiers: Vec<Identifier> =
        wanted.domains.iter().map(|domain| Identifier::Dns(domain.to_string())).collect();
    let replaced = wanted.replaces.as_ref();
    let replaced = replaced.and_then(|old| CertificateIdentifier::try_from(old).ok());
    if let Some(replaced) = replaced {
        let order = NewOrder::new(&identifiers).replaces(replaced);
        match account.new_order(&order).await {
            Ok(order) => return Ok(order),
            Err(error) => {
                let failure = Failure::of("the order was refused", &error);
                let without = !is_unheard(&error)
                    && !failure.is("rateLimited")
                    && !failure.is("accountDoesNotExist");
                if !without {
                    return Err(failure);
                }
                tracing::debug!(
                    why = failure.why,
                    "ordered without naming the certificate it replaces"
                );
            }
        }
    }
    let order = account.new_order(&NewOrder::new(&identifiers)).await;
    order.map_err(|error| Failure::of("the order was refused", &error))
}

/// Shows everything the authority wants to see, then tells it so.
async fn prove(
    order: &mut Order,
    domains: &[CertificateDomain],
    stage: &mut Stage,
) -> Result<(), Failure> {
    let unread = |error: Error| Failure::of("what is to be proved could not be read", &error);
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let mut authorization = next.map_err(unread)?;
        let name = authorization.identifier().to_string();
        if !is_open(&authorization, &name)? {
            continue;
        }
        let base = asked_for(&authorization, domains)?;
        let offered: Vec<String> =
            authorization.challenges.iter().map(|one| format!("{:?}", one.r#type)).collect();
        let Some(challenge) = authorization.challenge(stage.meets()) else {
            return Err(Failure::new(format!(
                "for {name} the authority takes no {} (it offers {})",
                stage.name(),
                offered.join(", ")
            )));
        };
        stage.present(&base, &challenge.token, &challenge.key_authorization()).await?;
    }
    stage.seen().await?;
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let mut authorization = next.map_err(unread)?;
        let name = authorization.identifier().to_string();
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        if let Some(mut challenge) = authorization.challenge(stage.meets()) {
            let told = challenge.set_ready().await;
            told.map_err(|error| {
                Failure::of(&format!("the proof for {name} was refused"), &error)
            })?;
        }
    }
    Ok(())
}

/// Whether something is left to prove.
fn is_open(authorization: &AuthorizationHandle<'_>, name: &str) -> Result<bool, Failure> {
    match authorization.status {
        AuthorizationStatus::Pending => Ok(true),
        AuthorizationStatus::Valid => Ok(false),
        other => Err(Failure::new(format!("the authorization for {name} is {other:?}"))),
    }
}

/// The domain that is to be proved, which has to be one of ours.
fn asked_for(
    authorization: &AuthorizationHandle<'_>,
    domains: &[CertificateDomain],
) -> Result<DomainName, Failure> {
    let identifier = authorization.identifier();
    let named = match identifier.identifier {
        Identifier::Dns(name) => name.parse::<DomainName>().ok(),
        _ => None,
    };
    let ours = named.filter(|name| domains.iter().any(|domain| domain.base == *name));
    ours.ok_or_else(|| {
        let name = crate::failure::plain(&identifier.to_string());
        Failure::new(format!("the authority wants a proof of {name}, which was not asked for"))
    })
}

/// Why the proofs did not do, by what the authority says of each; else `otherwise`.
async fn refusal(order: &mut Order, otherwise: String) -> Failure {
    let mut reasons = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let name = authorization.identifier().to_string();
        let Ok(state) = authorization.refresh().await else { break };
        let errors = state.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        reasons.extend(errors.take(1).map(|error| format!("{name}: {}", said(error))));
        if reasons.len() == 5 {
            break;
        }
    }
    match reasons.is_empty() {
        true => Failure::new(otherwise),
        false => Failure::new(format!("the authority says of {}", reasons.join("; of "))),
    }
}

fn read(chain: &str, key: Zeroizing<Vec<u8>>) -> Result<Obtained, Failure> {
    let unfit = |why: String| Failure::new(format!("what was issued is of no use: {why}"));
    let encoded = Zeroizing::new(STANDARD.encode(key.as_slice()));
    let mut file = Zeroizing::new(String::with_capacity(2 * encoded.len() + chain.len() + 128));
    file.push_str("-----BEGIN PRIVATE KEY-----\n");
    for line in encoded.as_bytes().chunks(64) {
        file.push_str(&String::from_utf8_lossy(line));
        file.push('\n');
    }
    file.push_str("-----END PRIVATE KEY-----\n");
    file.push_str(chain);
    let imported = Imported::read(file.as_bytes(), "").map_err(|error| unfit(error.to_string()))?;
    let leaf = imported.chain.first().filter(|_| imported.key.is_some());
    let leaf = leaf.ok_or_else(|| unfit("it is no certificate".to_owned()))?;
    let facts = Facts::of(leaf).map_err(|error| unfit(error.to_string()))?;
    Ok(Obtained { chain: imported.chain, key, facts })
}

fn check(facts: &Facts, names: &[String], now: Timestamp) -> Result<(), Failure> {
    if !judge::is_same(&facts.domains, names) {
        return Err(Failure::new(format!(
            "what was issued is for {} and not for {}",
            facts.domains.join(", "),
            names.join(", ")
        )));
    }
    if facts.not_after <= now {
        return Err(Failure::new(format!(
            "what was issued has ended at {}: is the clock of this machine right?",
            facts.not_after
        )));
    }
    Ok(())
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::new("the work on it broke off"))
}
