//! What all sessions of a server share: the directory they decide by, who takes messages over,
//! who checks passwords, our certificate, the counts of admission, what strangers prove.

use std::sync::Arc;

use certificates::Shown;
use directory::Directory;
use identity::{Authenticator, TokenVerifier};
use model::{Clock, EventSink, ObjectName, session_log::SessionLog};
use tls::{MutualTls, TrustAnchors};
use tokio::sync::watch;

use crate::{Intake, admission::Admission, sender_proof::SenderProof};

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) directory: Directory,
    pub(crate) server: ObjectName,
    pub(crate) fqdn: String,
    pub(crate) intake: Arc<dyn Intake>,
    pub(crate) authenticator: Authenticator,
    pub(crate) tokens: TokenVerifier,
    pub(crate) shown: Arc<Shown>,
    pub(crate) servers: Arc<MutualTls>,
    pub(crate) trust: Arc<TrustAnchors>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) session_log: Arc<dyn SessionLog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) sender_proof: Arc<SenderProof>,
    pub(crate) stop: watch::Receiver<bool>,
}
