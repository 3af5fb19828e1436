//! What the cmdlets about several servers ask of the program: the engine, this server's seat there, and the keys that
//! a new server is handed. A trait, so that what is refused can be tried without any of it.

use std::fmt;

use cluster::{Holding, Member};
use model::ObjectName;
use tls::Fingerprint;
use vault::JoinTokens;
use zeroize::Zeroizing;

use crate::problem::Problem;
use crate::queues::BoxFuture;

/// Why something was not done to this server's membership. It is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MembershipError {
    /// Something stands against it.
    #[error("{0}")]
    Refused(String),
    /// The engine is away.
    #[error("{0}")]
    Unreachable(String),
    /// It failed.
    #[error("{0}")]
    Failed(String),
}

impl From<MembershipError> for Problem {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::Refused(text) => Self::new(409, text),
            MembershipError::Unreachable(text) => Self::new(503, text),
            MembershipError::Failed(text) => Self::internal(text),
        }
    }
}

/// How this server stands among the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// All servers that have a seat.
    pub members: Vec<Member>,
    /// Whether the engine has answered this server lately, and it has its seat.
    pub is_seated: bool,
    /// Whether the engine takes no copies of mail at this moment.
    pub is_away: bool,
    /// Whether it may lack some of what is here.
    pub is_behind: bool,
    /// Messages here that were acknowledged without a copy, and have none yet.
    pub alone: u64,
}

/// What is done in the middle of leaving: the server is taken out of the directory.
pub type Removal = Box<dyn FnOnce() -> Result<(), Problem> + Send>;

/// The engine, this server's seat there, and the keys that a new server is handed.
pub trait Membership: Send + Sync {
    /// How it stands; nothing on a server that is alone.
    fn standing(&self) -> Option<Standing>;

    /// Moves the directory to the engine and takes a seat, with mail flowing. Returns what should be known of the
    /// engine.
    fn enable<'a>(
        &'a self,
        connection: &'a str,
        password: Option<Zeroizing<String>>,
    ) -> BoxFuture<'a, Result<Vec<String>, MembershipError>>;

    /// Moves it back and gives the seat up, with mail flowing; with `force` without the engine, where that is
    /// away. Returns what should be known.
    fn disable(&self, force: bool) -> BoxFuture<'_, Result<Vec<String>, MembershipError>>;

    /// What a server has in the engine; nothing where it has no seat, or there is no engine.
    fn holding<'a>(
        &'a self,
        server: &'a str,
    ) -> BoxFuture<'a, Result<Option<Holding>, MembershipError>>;

    /// Takes the seat of a server away that does not live.
    fn give_up_seat<'a>(&'a self, server: &'a str) -> BoxFuture<'a, Result<(), MembershipError>>;

    /// Ends this server for good: no mail is taken and sent any more, its messages are left to the others,
    /// `removal` is done, and the process ends. Where something fails it begins again as it was. Returns how many
    /// messages it has left.
    fn leave(&self, removal: Removal) -> BoxFuture<'_, Result<u64, Problem>>;

    /// Where other servers reach this one's API: a host and a port.
    fn api(&self) -> String;

    /// The tokens that were made here.
    fn tokens(&self) -> &JoinTokens;

    /// The organization's authority.
    fn authority(&self) -> Fingerprint;

    /// What a new server of this name is handed: keys, and where the engine is.
    ///
    /// # Errors
    /// When it cannot be read.
    fn hand_over(&self, server: &ObjectName) -> Result<Zeroizing<Vec<u8>>, MembershipError>;
}

impl fmt::Debug for dyn Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Membership")
    }
}

/// What a cmdlet of this room does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    Enable,
    Disable,
    NewToken,
    Status,
    Remove,
}

/// The work of a cmdlet, if it is one of this room.
pub(crate) fn membership_cmdlet(name: &str) -> Option<Work> {
    match name {
        "Enable-Cluster" => Some(Work::Enable),
        "Disable-Cluster" => Some(Work::Disable),
        "New-JoinToken" => Some(Work::NewToken),
        "Get-ClusterStatus" => Some(Work::Status),
        "Remove-Server" => Some(Work::Remove),
        _ => None,
    }
}
