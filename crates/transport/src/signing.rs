//! Signs what leaves by Send connectors, by the domain of its From, and seals what strangers sent (`sealing`): which
//! keys, opened once; on a few threads of the blocking pool; once for each form of a message, for all its
//! destinations.
//!
//! What should be signed and cannot be is not sent: it waits, and its LastError says why.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use ::signing::{Algorithm, Canonicalization, Key, PrivateKey, Signer};
use bytes::Bytes;
use delivery::{BoxFuture, Sign};
use directory::{
    Directory, DkimAlgorithms, DkimCanonicalization, DkimKey, DkimSigningConfig, Snapshot,
};
use model::{AddressDomain, Clock, Guid, MessageId};
use parking_lot::Mutex;
use spool::{MessageRecord, Origin};
use tokio::sync::{OnceCell, Semaphore};

use crate::sealing::{self, Seal};

/// Signatures that are remembered, about a KiB each: for a message's other destinations and the next
/// tries.
const REMEMBERED: usize = 4096;

/// What all messages share.
#[derive(Clone, Debug)]
pub(crate) struct Signing(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    /// As many signatures are made at once as there are processors.
    places: Semaphore,
    /// Opened keys, by configuration, with its version.
    signers: Mutex<HashMap<Guid, (u64, Arc<Signer>)>>,
    made: Mutex<Made>,
    counts: Counts,
}

/// How often, since the start.
#[derive(Debug, Default)]
struct Counts {
    signed: AtomicU64,
    sealed: AtomicU64,
    failed: AtomicU64,
}

/// Signatures that have been made, or are being made.
#[derive(Debug, Default)]
struct Made {
    cells: HashMap<Form, (Stamp, Cell)>,
    oldest: VecDeque<Form>,
}

/// A message as it is, or in 7 bits. What connectors hide of a header is never signed, so that these are
/// all the forms there are.
type Form = (MessageId, bool);
/// A configuration and its version.
type Stamp = (Guid, u64);
type Cell = Arc<OnceCell<Arc<str>>>;

impl Made {
    fn cell(&mut self, form: Form, stamp: Stamp) -> Cell {
        if let Some((made_by, cell)) = self.cells.get_mut(&form) {
            if *made_by != stamp {
                (*made_by, *cell) = (stamp, Cell::default());
            }
            return Arc::clone(cell);
        }
        if self.oldest.len() >= REMEMBERED
            && let Some(oldest) = self.oldest.pop_front()
        {
            self.cells.remove(&oldest);
        }
        let cell = Cell::default();
        self.oldest.push_back(form);
        self.cells.insert(form, (stamp, Arc::clone(&cell)));
        cell
    }
}

impl Signing {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self(Arc::new(Shared {
            clock,
            places: Semaphore::new(processors),
            signers: Mutex::default(),
            made: Mutex::default(),
            counts: Counts::default(),
        }))
    }

    /// Who signs this message that `host` has taken; nobody where mail from its domain is not signed. What came
    /// from a stranger is sealed with what was found out of it, and not signed: whoever writes to one of our
    /// domains that is relayed could have any From signed.
    pub(crate) fn signer(
        &self,
        directory: &Directory,
        record: &MessageRecord,
        content: &[u8],
        host: &str,
    ) -> Option<Arc<dyn Sign>> {
        let snapshot = directory.snapshot();
        if !snapshot.signs_anything() {
            return None;
        }
        let (config, seal) = if record.stranger {
            let seal = match record.origin {
                Origin::Server { .. } => {
                    let hosts: Vec<&str> =
                        snapshot.servers.iter().map(|server| server.fqdn.as_str()).collect();
                    sealing::seal_relayed(content, &hosts)?
                }
                _ => sealing::seal(content, host)?,
            };
            (sealing::sealer(&snapshot, record)?, Some(seal))
        } else {
            let author = message::from_addresses(content).into_iter().next()?;
            let AddressDomain::Name(domain) = author.domain() else { return None };
            (snapshot.signing_config(domain)?, None)
        };
        Some(Arc::new(MessageSigner {
            shared: Arc::clone(&self.0),
            directory: directory.clone(),
            config: Arc::clone(config),
            id: record.id,
            seal,
        }))
    }

    /// Closes the keys of configurations that have changed or gone.
    pub(crate) fn close_keys(&self, snapshot: &Snapshot) {
        let is_there = |guid: &Guid, version: u64| {
            let mut all = snapshot.dkim_signing_configs.iter();
            all.any(|c| c.header.guid == *guid && c.header.version == version && c.enabled)
        };
        self.0.signers.lock().retain(|guid, (version, _)| is_there(guid, *version));
    }

    /// Messages signed, sealed, and neither for want of a key that works.
    pub(crate) fn counts(&self) -> [u64; 3] {
        let counts = &self.0.counts;
        [&counts.signed, &counts.sealed, &counts.failed].map(|count| count.load(Ordering::Relaxed))
    }
}

/// Signs one message.
#[derive(Debug)]
struct MessageSigner {
    shared: Arc<Shared>,
    directory: Directory,
    config: Arc<DkimSigningConfig>,
    id: MessageId,
    /// It is sealed and not signed.
    seal: Option<Seal>,
}

impl Sign for MessageSigner {
    fn sign(&self, content: Bytes, converted: bool) -> BoxFuture<'_, Result<Arc<str>, String>> {
        Box::pin(async move {
            let header = &self.config.header;
            let stamp = (header.guid, header.version);
            let cell = self.shared.made.lock().cell((self.id, converted), stamp);
            cell.get_or_try_init(|| self.make(content)).await.cloned()
        })
    }
}

impl MessageSigner {
    /// Makes the signatures, when one of the few threads is free.
    async fn make(&self, content: Bytes) -> Result<Arc<str>, String> {
        let _place = self.shared.places.acquire().await;
        let (shared, directory) = (Arc::clone(&self.shared), self.directory.clone());
        let (config, seal) = (Arc::clone(&self.config), self.seal.clone());
        let work = move || -> Result<String, String> {
            let signer = shared.opened(&directory, &config)?;
            let now = shared.clock.now();
            let made = match &seal {
                None => signer.sign(&content, now),
                Some(seal) => signer.seal(&content, &seal.results, seal.status, now),
            };
            made.map_err(|error| error.to_string())
        };
        let made = tokio::task::spawn_blocking(work).await;
        let made = made.unwrap_or_else(|_| Err("the signing was interrupted".to_owned()));
        let counts = &self.shared.counts;
        let count = match (&made, &self.seal) {
            (Err(_), _) => &counts.failed,
            (Ok(_), None) => &counts.signed,
            (Ok(_), Some(_)) => &counts.sealed,
        };
        count.fetch_add(1, Ordering::Relaxed);
        made.map(Arc::from).map_err(|why| {
            let domain = &self.config.domain;
            tracing::warn!(%domain, why, "a message could not be signed; it waits");
            format!("451 4.7.5 DkimSigningConfig {domain}: {why}; the message is not sent unsigned")
        })
    }
}

impl Shared {
    /// The configuration's signer, its keys opened unless they are already. Blocks.
    fn opened(
        &self,
        directory: &Directory,
        config: &DkimSigningConfig,
    ) -> Result<Arc<Signer>, String> {
        let header = &config.header;
        if let Some((version, signer)) = self.signers.lock().get(&header.guid)
            && *version == header.version
        {
            return Ok(Arc::clone(signer));
        }
        let signer = Arc::new(open(directory, config)?);
        self.signers.lock().insert(header.guid, (header.version, Arc::clone(&signer)));
        Ok(signer)
    }
}

fn open(directory: &Directory, config: &DkimSigningConfig) -> Result<Signer, String> {
    let selector = config.signing();
    let keys = selector.keys.as_ref();
    let keys = keys.ok_or_else(|| format!("the selector {} has no keys", selector.name))?;
    let both = [
        (DkimAlgorithms::RSA, Algorithm::RsaSha256, selector.name.clone(), &keys.rsa),
        (DkimAlgorithms::ED25519, Algorithm::Ed25519Sha256, selector.ed25519_name(), &keys.ed25519),
    ];
    let used = both.into_iter().filter(|(flag, ..)| config.algorithms.contains(*flag));
    let opened = used.map(|(_, algorithm, selector, key)| {
        let key = private_key(directory, config, (algorithm, &selector), key)?;
        Ok::<_, String>(Key { selector, key })
    });
    Ok(Signer {
        domain: config.domain.clone(),
        keys: opened.collect::<Result<_, _>>()?,
        header: form(config.header_canonicalization),
        body: form(config.body_canonicalization),
    })
}

fn private_key(
    directory: &Directory,
    config: &DkimSigningConfig,
    (algorithm, selector): (Algorithm, &str),
    key: &DkimKey,
) -> Result<PrivateKey, String> {
    let text = directory.unseal(&key.private, &config.context(selector)).map_err(|_| {
        format!("the private key of selector {selector} cannot be opened with this server's key")
    })?;
    PrivateKey::read(algorithm, &text)
        .map_err(|error| format!("the private key of selector {selector} cannot be used: {error}"))
}

fn form(canonicalization: DkimCanonicalization) -> Canonicalization {
    match canonicalization {
        DkimCanonicalization::Relaxed => Canonicalization::Relaxed,
        DkimCanonicalization::Simple => Canonicalization::Simple,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else one signature would not do for all connectors.
    #[test]
    fn what_connectors_hide_is_never_signed() {
        for signed in ::signing::SIGNED_FIELDS {
            let content = format!("{signed}: x\r\nX-MS-Exchange-Organization-A: y\r\n\r\nbody\r\n");
            let may = message::Outbound {
                organization: false,
                forest: false,
                routing: false,
                own_name: "mbx01.contoso.com",
                cross_premises: false,
            };
            let left = message::firewall_outbound(Bytes::from(content), &may);
            assert!(left.starts_with(format!("{signed}: x\r\n").as_bytes()), "{signed}");
        }
    }

    #[test]
    fn few_signatures_are_remembered_and_those_of_old_keys_are_not() {
        let mut made = Made::default();
        let id = |n: u64| MessageId::new(n).unwrap();
        let (guid, text) = (Guid::new_v4(), Arc::<str>::from("signature"));
        let first = made.cell((id(1), false), (guid, 1));
        first.set(Arc::clone(&text)).unwrap();
        assert_eq!(made.cell((id(1), false), (guid, 1)).get(), Some(&text));
        assert_eq!(made.cell((id(1), true), (guid, 1)).get(), None, "another form");
        assert_eq!(made.cell((id(1), false), (guid, 2)).get(), None, "another key");
        for n in 0..2 * REMEMBERED as u64 {
            made.cell((id(n + 2), false), (guid, 1));
        }
        assert_eq!((made.cells.len(), made.oldest.len()), (REMEMBERED, REMEMBERED));
    }
}
