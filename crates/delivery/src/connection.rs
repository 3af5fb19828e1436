//! One SMTP connection to one host, or LMTP to a mailbox server: drives the `smtp` client machine over a
//! socket, in clear or encrypted, and gives up on a peer that is too slow.

use std::{collections::VecDeque, fmt, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use model::{Envelope, HopAttributes, MessageId};
use smtp::{Client, ClientSettings, ClientStep, NotPossible, Transaction};
use tls::SessionBinding;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use crate::{
    Delivery, Outcome, Passage, Sign,
    cautions::{Caution, Cautions},
    judgement::Judgement,
    patience,
    permit::Verified,
    tap::{By, Tap},
};
pub(crate) use encryption::NotSecure;
pub(crate) use logon::{NotIn, Shown, SignIn};
use speech::Cut;
use verdict::{closing_reply, describe, judge};

/// A socket, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// What is carried in one transaction.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The message's number.
    pub id: MessageId,
    /// Its Message-ID field's value, with angle brackets; needed where
    /// [`Connection::is_logged`].
    pub internet_message_id: Option<String>,
    /// The message's envelope.
    pub envelope: Arc<Envelope>,
    /// Which of its recipients this time.
    pub recipients: Vec<u32>,
    /// Our own trace fields, which go on top; CRLF lines.
    pub trace: String,
    /// The content as it goes out, CRLF lines.
    pub content: Bytes,
    /// Whether the content has bytes above 127.
    pub eight_bit: bool,
    /// Who signs it, where it is to be signed.
    pub signer: Option<Arc<dyn Sign>>,
    /// What another server of the organization is told of it.
    pub attributes: Option<Box<HopAttributes>>,
}

/// Why a transaction was not begun.
enum NotBegun {
    /// The other side cannot take the message, and never will.
    Impossible(NotPossible),
    /// It cannot be signed now, and is not sent without.
    Unsigned(String),
    /// It demands more of the other side than was asked of it.
    TooOpen,
}

impl fmt::Display for NotBegun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Impossible(reason) => reason.fmt(f),
            Self::Unsigned(why) => f.write_str(why),
            Self::TooOpen => f.write_str(TOO_OPEN),
        }
    }
}

/// Where a message came to a connection that is not for it: nobody routes it so.
const TOO_OPEN: &str =
    "451 4.7.10 REQUIRETLS: the connection was made for messages that demand less of the host";

impl NotBegun {
    fn outcome(&self, host: &str) -> Outcome {
        match self {
            Self::Impossible(reason) => Outcome::of_not_possible(reason, host),
            Self::Unsigned(why) => Outcome::Deferred(why.clone()),
            Self::TooOpen => Outcome::Deferred(TOO_OPEN.to_owned()),
        }
    }
}

/// What a connector says of its connections.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// Messages before it is closed (SmtpMaxMessagesPerConnection).
    pub(crate) messages: u32,
    /// The longest silence of the other side (ConnectionInactivityTimeOut); RFC 5321's times
    /// count where they are shorter.
    pub(crate) inactivity: Duration,
    /// What replies mean (ErrorPolicies).
    pub(crate) judgement: Judgement,
    /// What was demanded of the host is what a message with REQUIRETLS demands.
    pub(crate) tagged: bool,
}

/// A connection that has been greeted and has said EHLO.
pub struct Connection {
    client: Client,
    stream: Box<dyn Stream>,
    host: String,
    carried: u32,
    /// The messages whose fate is not known yet: one, and perhaps one that follows it.
    under_way: VecDeque<UnderWay>,
    /// Nothing goes out behind the content of a message.
    alone: bool,
    terms: Terms,
    encrypted: bool,
    /// The other side has proved who it is.
    verified: Option<Verified>,
    /// What a logon can be bound to.
    binding: Option<SessionBinding>,
    /// Protocol and suite, and what the certificate says of itself.
    tls_seen: Option<(String, String)>,
    /// Our address.
    local: Option<IpAddr>,
    /// Something is being written: not all of it has been sent.
    writing: bool,
    /// Why not everything could be sent.
    cut: Option<Cut>,
    /// The other side has taken or refused somebody's mail over this connection.
    has_answered: bool,
    tap: Tap,
    passage: Option<Arc<Passage>>,
    /// Where it is noted that the host at this address loses commands.
    cautions: Option<(Arc<Cautions>, IpAddr)>,
}

/// What is known of a message under way.
struct UnderWay {
    recipients: Vec<u32>,
    /// In bytes, as it goes out.
    size: u64,
}

impl UnderWay {
    fn of(parcel: &Parcel) -> Self {
        let size = (parcel.trace.len() + parcel.content.len()) as u64;
        Self { recipients: parcel.recipients.clone(), size }
    }
}

/// A connection that ended before its time; what the administrator reads.
#[derive(Debug)]
pub(crate) struct Lost(pub(crate) String);

impl Connection {
    /// Waits for the greeting and says EHLO.
    pub(crate) async fn open(
        stream: Box<dyn Stream>,
        settings: ClientSettings,
        host: String,
        terms: Terms,
        tap: Tap,
    ) -> Result<Self, Lost> {
        let mut connection = Self {
            client: Client::new(settings),
            stream,
            host,
            carried: 0,
            under_way: VecDeque::new(),
            alone: false,
            terms,
            encrypted: false,
            verified: None,
            binding: None,
            tls_seen: None,
            local: None,
            writing: false,
            cut: None,
            has_answered: false,
            tap,
            passage: None,
            cautions: None,
        };
        match connection.until_ready().await {
            Ok(()) => Ok(connection),
            Err(lost) => Err(connection.given_up(lost)),
        }
    }

    /// The same, knowing which hosts lose commands; its own is at `address`.
    pub(crate) fn with(mut self, cautions: &Arc<Cautions>, address: IpAddr) -> Self {
        if cautions.call_for(address, Caution::OneByOne) {
            self.client.one_by_one();
        }
        self.alone = cautions.call_for(address, Caution::NothingBehindContent);
        self.cautions = Some((Arc::clone(cautions), address));
        self
    }

    /// Notes why the connection is given up.
    pub(crate) fn given_up(&mut self, lost: Lost) -> Lost {
        self.tap.ends(By::Local, &lost.0);
        lost
    }

    /// The same, knowing our own address of it.
    pub(crate) fn from(mut self, local: Option<IpAddr>) -> Self {
        self.local = local;
        self
    }

    /// Our address, where it is known.
    pub(crate) fn local(&self) -> Option<IpAddr> {
        self.local
    }

    /// The same, knowing the way through front ends that it takes.
    pub(crate) fn along(mut self, passage: Option<Arc<Passage>>) -> Self {
        self.passage = passage;
        self
    }

    /// The front end it goes through.
    pub fn front_end(&self) -> Option<String> {
        self.passage.as_ref()?.through()
    }

    /// The host at the other end.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Whether the other side has offered REQUIRETLS under TLS.
    pub(crate) fn offers_require_tls(&self) -> bool {
        self.client.capabilities().require_tls
    }

    /// Whether the other side takes us for a server of its own organization.
    pub(crate) fn offers_attributes(&self) -> bool {
        self.encrypted && self.client.capabilities().attributes
    }

    /// That the other side has proved who it is, where it has.
    pub(crate) fn verified(&self) -> Option<&Verified> {
        self.verified.as_ref()
    }

    /// Under which protocol and suite it is encrypted, and what the other side's certificate says.
    pub(crate) fn tls_seen(&self) -> Option<(String, String)> {
        self.tls_seen.clone()
    }

    /// Whether the conversation goes to the protocol log.
    pub fn is_logged(&self) -> bool {
        self.tap.is_verbose()
    }

    /// Whether SmtpMaxMessagesPerConnection has been reached.
    pub fn is_spent(&self) -> bool {
        self.carried >= self.terms.messages
    }

    /// Begins to carry a message: sends its first commands. [`Connection::conclude`] says what becomes
    /// of it.
    ///
    /// # Errors
    /// What became of it, where it could not be begun.
    pub async fn begin(&mut self, parcel: Parcel) -> Result<(), Delivery> {
        self.carried += 1;
        let under_way = UnderWay::of(&parcel);
        self.note_message(&parcel);
        let begun = match self.transaction(parcel).await {
            Ok(transaction) => self.client.begin(transaction).map_err(NotBegun::Impossible),
            Err(reason) => Err(reason),
        };
        if let Err(reason) = begun {
            let outcome = reason.outcome(&self.host);
            self.tap.information("", &format!("not sent: {reason}"));
            let outcomes = under_way.recipients.into_iter().map(|r| (r, outcome.clone()));
            return Err(self.delivery(outcomes, None));
        }
        self.under_way.push_back(under_way);
        self.quit_behind_the_last();
        self.send().await;
        Ok(())
    }

    /// Whether the message after the one under way may be handed over now.
    pub fn may_follow(&self) -> bool {
        !self.alone && !self.is_spent() && self.client.may_follow()
    }

    /// Hands over the message that follows the one under way, so that its first commands go out with the
    /// other's content. `false` when it cannot: it is to be begun when the other is concluded. After a
    /// `session_failure` of the other nothing has become of it.
    pub async fn follow(&mut self, parcel: Parcel) -> bool {
        if !self.may_follow() {
            return false;
        }
        let under_way = UnderWay::of(&parcel);
        let logged = self.is_logged().then(|| parcel.clone());
        let Ok(transaction) = self.transaction(parcel).await else { return false };
        if self.client.follow(transaction).is_err() {
            return false;
        }
        if let Some(parcel) = logged {
            self.note_message(&parcel);
        }
        self.carried += 1;
        self.under_way.push_back(under_way);
        self.quit_behind_the_last();
        true
    }

    /// Nothing follows the last message but QUIT, which goes out with its content: a connection for each
    /// message costs a round trip less.
    fn quit_behind_the_last(&mut self) {
        if self.is_spent() && !self.alone {
            self.client.quit_behind();
        }
    }

    /// Waits for what becomes of the message under way, of two the first. After a `session_failure` the
    /// connection must be dropped.
    pub async fn conclude(&mut self) -> Delivery {
        let Some(UnderWay { recipients, size }) = self.under_way.pop_front() else {
            return self.delivery([], None);
        };
        let mut outcomes = Vec::with_capacity(recipients.len());
        let patience = patience::of_transaction(recipients.len(), size);
        let failure = match timeout(patience, self.transact(&mut outcomes)).await {
            Ok(Ok(failure)) => failure,
            Ok(Err(Lost(why))) => Some(why),
            Err(_) => Some(format!("451 4.4.1 {} took too long over one message", self.host)),
        };
        if failure.is_some()
            && let Some(answered) = self.client.answered()
        {
            outcomes.extend(judge(&answered, &self.terms.judgement));
        }
        // "Not now" and a broken session are no sign that it works.
        let is_final =
            |outcome: &Outcome| matches!(outcome, Outcome::Delivered(_) | Outcome::Failed(..));
        self.has_answered |= outcomes.iter().any(|(_, outcome)| is_final(outcome));
        if outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Delivered(_))) {
            self.tap.record().carried(size);
        }
        let undecided = failure.as_deref().map_or(Outcome::Untried, |why| self.undecided(why));
        if let Some(why) = &failure {
            self.note_loss();
            self.tap.ends(By::Local, why);
        }
        for recipient in recipients {
            if !outcomes.iter().any(|(r, _)| *r == recipient) {
                outcomes.push((recipient, undecided.clone()));
            }
        }
        self.delivery(outcomes, failure)
    }

    fn delivery(
        &self,
        recipients: impl IntoIterator<Item = (u32, Outcome)>,
        session_failure: Option<String>,
    ) -> Delivery {
        Delivery {
            recipients: recipients.into_iter().collect(),
            session_failure,
            has_answered: self.has_answered,
            relays_dsn: self.client.capabilities().dsn,
            host: self.host.clone(),
        }
    }

    /// Says QUIT and waits a little for the answer.
    /// `why` stands in the connectivity log.
    pub async fn quit(mut self, why: &str) {
        self.tap.record().set_ending(why);
        self.client.quit();
        let goodbye = async { while let Ok(ClientStep::Ready) = self.step().await {} };
        let _ = timeout(patience::QUIT, goodbye).await;
    }

    /// A session that ended in the middle of a group, or behind a content: the host may lose what comes
    /// like that.
    fn note_loss(&self) {
        let Some((cautions, address)) = &self.cautions else { return };
        let (caution, what) = if self.client.lost_behind_content() {
            let what = "the session ended behind the content of a message: for a day nothing is sent there \
                        to this host before it has answered";
            (Caution::NothingBehindContent, what)
        } else if self.client.lost_in_group() {
            let what = "the session ended in the middle of a group of commands: this host is asked \
                        one by one for a day";
            (Caution::OneByOne, what)
        } else {
            return;
        };
        cautions.note(*address, caution);
        self.tap.information("", what);
    }

    fn note_message(&self, parcel: &Parcel) {
        if self.tap.is_verbose() {
            let message_id = parcel.internet_message_id.as_deref().unwrap_or("none");
            let context = format!(
                "sending message with RecordId {} and InternetMessageId {message_id}",
                parcel.id
            );
            self.tap.information("", &context);
        }
    }

    /// What goes out: 8-bit content is converted when the other side needs it, and signed after that.
    async fn transaction(&self, parcel: Parcel) -> Result<Transaction, NotBegun> {
        if parcel.envelope.demands_tls() && !self.terms.tagged {
            return Err(NotBegun::TooOpen);
        }
        let convert = parcel.eight_bit && !self.client.capabilities().eight_bit_mime;
        let content = if convert { seven_bit(&parcel)? } else { parcel.content };
        let signatures = match &parcel.signer {
            Some(signer) => {
                signer.sign(content.clone(), convert).await.map_err(NotBegun::Unsigned)?
            }
            None => Arc::default(),
        };
        Ok(Transaction {
            envelope: parcel.envelope,
            recipients: parcel.recipients.iter().map(|r| *r as usize).collect(),
            top: together(&signatures, parcel.trace),
            content,
            eight_bit: parcel.eight_bit && !convert,
            attributes: parcel.attributes,
        })
    }

    async fn transact(
        &mut self,
        outcomes: &mut Vec<(u32, Outcome)>,
    ) -> Result<Option<String>, Lost> {
        loop {
            match self.step().await? {
                ClientStep::Finished(result) => {
                    outcomes.extend(judge(&result, &self.terms.judgement));
                    if let Some(reply) = closing_reply(&result.recipients) {
                        return Ok(Some(reply));
                    }
                    if self.client.is_carrying() || self.client.is_quitting() {
                        // The one that follows; or the reply to QUIT, which tells nothing of the message.
                        return Ok(None);
                    }
                }
                ClientStep::Ready => return Ok(None),
                ClientStep::Failed(failure) => return Ok(Some(describe(&failure))),
                step => return Err(self.unexpected(&step)),
            }
        }
    }

    async fn until_ready(&mut self) -> Result<(), Lost> {
        match self.step().await? {
            ClientStep::Ready => Ok(()),
            ClientStep::Failed(failure) => Err(Lost(describe(&failure))),
            step => Err(self.unexpected(&step)),
        }
    }
}

fn seven_bit(parcel: &Parcel) -> Result<Bytes, NotBegun> {
    let impossible = NotBegun::Impossible(NotPossible::EightBit);
    match message::to_seven_bit(&parcel.content) {
        Ok(content) if parcel.trace.is_ascii() => Ok(content),
        _ => Err(impossible),
    }
}

/// The fields that go on top.
fn together(signatures: &str, trace: String) -> Bytes {
    if signatures.is_empty() { trace.into() } else { [signatures, &trace].concat().into() }
}

/// The longest a connection without work is kept, whatever the connector allows: an idle
/// connection is somebody else's resource.
pub(crate) const LONGEST_IDLE: Duration = Duration::from_secs(600);

mod encryption;
mod logon;
mod speech;
#[cfg(test)]
mod tests;
mod verdict;
