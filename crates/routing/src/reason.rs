//! Why a connector was chosen or not: one verdict for each connector, in the order of the
//! steps of the selection.

use std::fmt;

use model::{ByteSize, ObjectName};

/// What the selection said of one connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The connector.
    pub connector: ObjectName,
    /// What was said of it.
    pub verdict: Verdict,
}

/// The outcome of the selection for one connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It carries the recipient.
    Chosen,
    /// None of its address spaces covers the domain.
    NoMatchingSpace,
    /// It is disabled.
    Disabled,
    /// It is scoped, and none of its source servers is in this server's site.
    OutOfScope,
    /// The domain is not among the share of domains that it takes.
    OutsideShare {
        /// Where the domain stands, of 0 to 99.
        lot: u32,
        /// It takes those below this.
        share: u32,
    },
    /// The message is larger than its MaxMessageSize.
    TooSmall(ByteSize),
    /// Another one's address space matches better.
    LessSpecific {
        /// Its own best space.
        space: String,
        /// The space that matches better.
        better: String,
    },
    /// Another one with an equally good space costs less.
    HigherCost {
        /// Its own aggregate cost.
        cost: u32,
        /// The lower cost.
        lower: u32,
    },
    /// Another one has a nearer source server.
    Farther,
    /// All else being equal, another name comes first.
    LaterName(ObjectName),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen => f.write_str("chosen"),
            Self::NoMatchingSpace => f.write_str("no address space matches the recipient's domain"),
            Self::Disabled => f.write_str("disabled"),
            Self::OutOfScope => f.write_str("scoped to another site"),
            Self::OutsideShare { lot, share } => {
                write!(
                    f,
                    "it takes {share} % of the domains, those of lots below {share}; this one has lot {lot}"
                )
            }
            Self::TooSmall(limit) => write!(f, "the message is larger than MaxMessageSize {limit}"),
            Self::LessSpecific { space, better } => {
                write!(f, "{space} is less specific than {better}")
            }
            Self::HigherCost { cost, lower } => write!(f, "cost {cost}; another costs {lower}"),
            Self::Farther => f.write_str("another has a nearer source server"),
            Self::LaterName(name) => write!(f, "equal to \"{name}\", whose name comes first"),
        }
    }
}
