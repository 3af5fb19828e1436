//! What was found out about a message, method by method.

/// The result of SPF (RFC 7208 section 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SpfResult {
    /// There is no record, or nothing to ask about.
    None,
    /// The domain does not say.
    Neutral,
    /// The host may send for the domain.
    Pass,
    /// It may not.
    Fail,
    /// Probably not.
    SoftFail,
    /// The DNS did not answer in time.
    TempError,
    /// The record cannot be used.
    PermError,
}

impl SpfResult {
    /// The word in the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// The result of DKIM, DMARC or ARC (RFC 8601 section 2.7, RFC 7489 section 11.2, RFC 8617 section 10.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuthResult {
    /// There is nothing of it.
    None,
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It may hold, and is not taken for good here.
    Policy,
    /// What is needed was not to be had in time.
    TempError,
    /// It cannot be used.
    PermError,
}

impl AuthResult {
    /// The word in the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Policy => "policy",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// SPF of one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfFinding {
    /// The result.
    pub result: SpfResult,
    /// The identity as the client gave it: a mail address, or the name in HELO.
    pub identity: String,
    /// Its domain, in lower case; empty where it has none.
    pub domain: String,
}

/// One DKIM signature. Its texts are the sender's, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimFinding {
    /// The result.
    pub result: AuthResult,
    /// Why it is not good; empty where it is.
    pub reason: &'static str,
    /// `d=`, in lower case.
    pub domain: String,
    /// `s=`
    pub selector: String,
    /// Whether it is good on a TLS report: as on other mail, or by a key that is for these alone (RFC 8460
    /// section 3).
    pub signs_reports: bool,
    /// The first eight characters of `b=`.
    pub beginning: String,
}

/// What a domain wants done with mail that fails DMARC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DmarcPolicy {
    /// Nothing.
    None,
    /// To be treated with suspicion.
    Quarantine,
    /// To be refused.
    Reject,
}

impl DmarcPolicy {
    /// The word in `p=`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }
}

/// DMARC of the author's domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmarcFinding {
    /// The result.
    pub result: AuthResult,
    /// The author's domain; empty where there is not exactly one.
    pub domain: String,
    /// What the domain's record asks for, where there is one.
    pub policy: Option<DmarcPolicy>,
}

/// The ARC chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArcFinding {
    /// The result: none, pass, fail, or temperror.
    pub result: AuthResult,
    /// Why it is not good; empty where it is.
    pub reason: &'static str,
    /// The highest instance.
    pub instance: usize,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// SPF of MAIL FROM; none where that is empty.
    pub mail_from: Option<SpfFinding>,
    /// SPF of HELO or EHLO.
    pub hello: SpfFinding,
    /// The signatures that were looked at, from the top.
    pub dkim: Vec<DkimFinding>,
    /// DMARC.
    pub dmarc: DmarcFinding,
    /// ARC.
    pub arc: ArcFinding,
}

impl Findings {
    /// The domains whose signature is good on a TLS report.
    pub fn report_signers(&self) -> Vec<String> {
        let good = self.dkim.iter().filter(|finding| finding.signs_reports);
        good.map(|finding| finding.domain.clone()).collect()
    }

    /// Method and result of each, for who counts them. DKIM counts once, with its best result.
    pub fn counted(&self) -> [(&'static str, &'static str); 4] {
        let spf = self.mail_from.as_ref().unwrap_or(&self.hello);
        let rank = |result: &AuthResult| match result {
            AuthResult::Pass => 0,
            AuthResult::TempError => 1,
            AuthResult::Policy => 2,
            AuthResult::Fail => 3,
            AuthResult::PermError => 4,
            AuthResult::None => 5,
        };
        let best = self.dkim.iter().map(|finding| finding.result).min_by_key(rank);
        [
            ("spf", spf.result.name()),
            ("dkim", best.unwrap_or(AuthResult::None).name()),
            ("dmarc", self.dmarc.result.name()),
            ("arc", self.arc.result.name()),
        ]
    }
}
