//! STARTTLS (RFC 3207): asking for it, the handshake, and what is remembered of the session: what it was
//! negotiated to be, what a logon can be bound to, and whether the other side has proved who it is.

use model::Reply;
use smtp::ClientStep;
use tls::{CertificateFacts, FailureKind, HandshakeFailure, SessionBinding, TlsSummary};
use tls_report::FailureType;
use tokio::time::timeout;

use super::{Connection, Lost, verdict::describe};
use crate::{
    demand::Demand,
    patience,
    permit::Handshake,
    tap::{By, Tap},
};

/// Why there is no encrypted session.
#[derive(Debug)]
pub(crate) enum NotSecure {
    /// There was no agreement on TLS; of what it failed.
    Tls(Lost, FailureType),
    /// Under TLS, which works, the other side did not want to go on.
    Session(Lost),
}

impl Connection {
    /// Whether the other side offers STARTTLS.
    pub(crate) fn offers_tls(&self) -> bool {
        self.client.capabilities().start_tls
    }

    /// Asks for STARTTLS; the other side's reply when it refuses in good order.
    pub(crate) async fn ask_tls(&mut self) -> Result<Result<(), Reply>, Lost> {
        self.client.start_tls();
        match self.step().await? {
            ClientStep::StartTls => Ok(Ok(())),
            ClientStep::TlsRefused(reply) => {
                self.until_ready().await?;
                Ok(Err(reply))
            }
            ClientStep::Failed(failure) => Err(Lost(describe(&failure))),
            step => Err(self.unexpected(&step)),
        }
    }

    /// Replaces the socket by the encrypted one and says EHLO again.
    pub(crate) async fn encrypt(
        mut self,
        handshake: Handshake,
        demand: &Demand,
    ) -> Result<Self, NotSecure> {
        let stream = timeout(patience::HANDSHAKE, handshake.shake(self.stream)).await;
        let failed = |why: &str, tap: &mut Tap, failure: FailureType| {
            tap.ends(By::Local, why);
            NotSecure::Tls(Lost(why.to_owned()), failure)
        };
        let (stream, verified) = match stream {
            Ok(Ok(shaken)) => shaken,
            Ok(Err(error)) => {
                let failure = HandshakeFailure::of(&error);
                let why = demand.no_handshake(&self.host, failure.kind, &failure.text);
                return Err(failed(&why, &mut self.tap, demand.failure_type(failure.kind)));
            }
            Err(_) => {
                let why = demand.no_handshake(&self.host, FailureKind::Other, "it took too long");
                return Err(failed(&why, &mut self.tap, FailureType::ValidationFailure));
            }
        };
        note_tls(&self.tap, stream.get_ref().1);
        self.tls_seen = Some(seen(stream.get_ref().1));
        self.binding = SessionBinding::of_client(stream.get_ref().1);
        self.verified = verified;
        self.stream = Box::new(stream);
        self.encrypted = true;
        self.client.tls_started();
        let replies = self.client.replies();
        match self.until_ready().await.map_err(|lost| self.given_up(lost)) {
            Ok(()) => Ok(self),
            Err(lost) if self.client.replies() > replies => Err(NotSecure::Session(lost)),
            // Whether it took our side of the handshake shows in its first answer only.
            Err(lost) => Err(NotSecure::Tls(lost, FailureType::ValidationFailure)),
        }
    }
}

fn seen(connection: &rustls::ClientConnection) -> (String, String) {
    let TlsSummary { protocol, cipher } = TlsSummary::of_client(connection);
    let leaf = connection.peer_certificates().and_then(<[_]>::first);
    let certificate = leaf.map(|leaf| CertificateFacts::of(leaf).to_string());
    (format!("{protocol} {cipher}"), certificate.unwrap_or_default())
}

/// What was negotiated, and what the other side's certificate says of itself.
fn note_tls(tap: &Tap, connection: &rustls::ClientConnection) {
    let TlsSummary { protocol, cipher } = TlsSummary::of_client(connection);
    tap.record().progress(|| format!("TLS negotiated: {protocol} {cipher}"));
    let certificate = || {
        let leaf = connection.peer_certificates().and_then(<[_]>::first);
        leaf.map(|leaf| CertificateFacts::of(leaf).to_string())
    };
    if tap.is_verbose() {
        tap.information("", &format!("TLS negotiated: {protocol} {cipher}"));
        if let Some(facts) = certificate() {
            tap.information(&facts, "Remote certificate");
        }
    }
    tap.record().progress(|| certificate().unwrap_or_default());
}
