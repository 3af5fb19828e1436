//! ErrorPolicies: replies that a connector judges otherwise than SMTP does (send-connectors.md
//! section 5.2). Which replies are particular is the server's configuration, that they count is the
//! connector's setting; both are meant for well-known channels, such as a partner's.
//!
//! 421 is never judged: it speaks of the connection. So does everything before MAIL.

use std::{fmt, str::FromStr, sync::Arc};

use directory::ErrorPolicies;
use model::{EnhancedCode, Reply, ReplyCode, Severity, ValueError};

use crate::Outcome;

/// Replies that an administrator means: `550`, `550 5.7.1`, `5.7.1`, `554 5.7.*`, `5.*.*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyPattern {
    code: Option<ReplyCode>,
    enhanced: Option<EnhancedPattern>,
}

/// Class, subject and detail; without a number any will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EnhancedPattern {
    class: u8,
    subject: Option<u16>,
    detail: Option<u16>,
}

/// The lists of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParticularReplies {
    downgraded: Vec<ReplyPattern>,
    upgraded: Vec<ReplyPattern>,
}

/// How the replies of one connector's hosts are judged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judgement {
    replies: Arc<ParticularReplies>,
    policies: ErrorPolicies,
}

impl ParticularReplies {
    /// `downgraded` permanent replies become transient with DowngradeCustomFailures, `upgraded`
    /// transient ones permanent with UpgradeCustomFailures.
    ///
    /// # Errors
    /// When a pattern in one list is of the other's kind, or is 421.
    pub fn new(
        downgraded: Vec<ReplyPattern>,
        upgraded: Vec<ReplyPattern>,
    ) -> Result<Self, ValueError> {
        let wrong =
            |list: &[ReplyPattern], class| list.iter().find(|p| p.class() != class).copied();
        let refuse = |pattern: ReplyPattern, problem, allowed| {
            Err(ValueError::new(&pattern.to_string(), problem, allowed))
        };
        if let Some(pattern) = wrong(&downgraded, 5) {
            return refuse(pattern, "is no permanent reply", "replies that begin with 5");
        }
        if let Some(pattern) = wrong(&upgraded, 4) {
            return refuse(pattern, "is no transient reply", "replies that begin with 4");
        }
        let closing = upgraded.iter().find(|p| p.code.is_some_and(|code| code.as_u16() == 421));
        if let Some(pattern) = closing {
            let problem = "speaks of the connection and not of a message";
            return refuse(*pattern, problem, "replies from 430 to 459");
        }
        Ok(Self { downgraded, upgraded })
    }
}

impl Judgement {
    pub(crate) fn new(replies: &Arc<ParticularReplies>, policies: ErrorPolicies) -> Self {
        Self { replies: Arc::clone(replies), policies }
    }

    /// What a final reply to MAIL, RCPT, DATA or the end of data means on this connector.
    pub(crate) fn of_reply(&self, reply: &Reply) -> Outcome {
        let is_meant = |list: &[ReplyPattern], policy| {
            self.policies.contains(policy) && list.iter().any(|pattern| pattern.matches(reply))
        };
        let ParticularReplies { downgraded, upgraded } = &*self.replies;
        match Outcome::of_reply(reply) {
            Outcome::Failed(..)
                if is_meant(downgraded, ErrorPolicies::DOWNGRADE_CUSTOM_FAILURES) =>
            {
                Outcome::Deferred(reply.to_string())
            }
            Outcome::Deferred(text)
                if is_meant(upgraded, ErrorPolicies::UPGRADE_CUSTOM_FAILURES) =>
            {
                Outcome::Failed(reply.status().permanent(), text)
            }
            outcome => outcome,
        }
    }
}

impl ReplyPattern {
    fn matches(self, reply: &Reply) -> bool {
        self.code.is_none_or(|code| code == reply.code)
            && self
                .enhanced
                .is_none_or(|pattern| reply.enhanced.is_some_and(|e| pattern.matches(e)))
    }

    /// 4 or 5, or what else was written.
    fn class(self) -> u8 {
        let of_code = self.code.map(|code| match code.severity() {
            Severity::Positive => 2,
            Severity::Intermediate => 3,
            Severity::Transient => 4,
            Severity::Permanent => 5,
        });
        of_code.or(self.enhanced.map(|enhanced| enhanced.class)).unwrap_or(0)
    }
}

impl EnhancedPattern {
    fn matches(self, code: EnhancedCode) -> bool {
        self.class == code.class()
            && self.subject.is_none_or(|subject| subject == code.subject())
            && self.detail.is_none_or(|detail| detail == code.detail())
    }

    fn parse(text: &str) -> Option<Self> {
        let number = |part: &str| match part {
            "*" => Some(None),
            _ if part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()) => {
                part.parse().ok().map(Some)
            }
            _ => None,
        };
        let mut parts = text.split('.');
        let class = match parts.next()? {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let (subject, detail) = (number(parts.next()?)?, number(parts.next()?)?);
        parts.next().is_none().then_some(Self { class, subject, detail })
    }
}

impl FromStr for ReplyPattern {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = || {
            ValueError::new(
                text,
                "does not name replies",
                "a reply code, an enhanced status code, or both, such as 550, 5.7.1, 550 5.7.1, 554 5.7.*",
            )
        };
        let code = |word: &str| {
            let is_code = word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
            is_code.then(|| word.parse().ok().and_then(ReplyCode::new)).flatten()
        };
        let words: Vec<&str> = text.split(' ').take(3).collect();
        let (code, enhanced) = match words[..] {
            [one] if one.contains('.') => (None, Some(one)),
            [one] => (Some(code(one).ok_or_else(refuse)?), None),
            [one, two] => (Some(code(one).ok_or_else(refuse)?), Some(two)),
            _ => return Err(refuse()),
        };
        let enhanced =
            enhanced.map(|text| EnhancedPattern::parse(text).ok_or_else(refuse)).transpose()?;
        let pattern = Self { code, enhanced };
        let agrees = enhanced.is_none_or(|enhanced| enhanced.class == pattern.class());
        if agrees { Ok(pattern) } else { Err(refuse()) }
    }
}

impl fmt::Display for ReplyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.code {
            write!(f, "{code}")?;
        }
        let Some(EnhancedPattern { class, subject, detail }) = self.enhanced else { return Ok(()) };
        if self.code.is_some() {
            f.write_str(" ")?;
        }
        let number = |n: Option<u16>| n.map_or("*".to_owned(), |n| n.to_string());
        write!(f, "{class}.{}.{}", number(subject), number(detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(list: &[&str]) -> Vec<ReplyPattern> {
        list.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn reply(text: &str) -> Reply {
        let mut words = text.splitn(3, ' ');
        let code = words.next().unwrap().parse().unwrap();
        let enhanced: Option<EnhancedCode> = words.next().and_then(|word| word.parse().ok());
        Reply { enhanced, ..Reply::plain(code, "what it says") }
    }

    #[test]
    fn patterns_read_show_and_match() {
        for (pattern, yes, no) in [
            ("550", "550 5.1.1", "551 5.1.1"),
            ("550", "550", "450"),
            ("5.7.1", "554 5.7.1", "554 5.7.2"),
            ("554 5.7.*", "554 5.7.26", "550 5.7.26"),
            ("554 5.7.*", "554 5.7.1", "554"),
            ("5.*.*", "500 5.5.2", "500"),
            ("4.*.1", "450 4.7.1", "450 4.7.0"),
        ] {
            let read: ReplyPattern = pattern.parse().unwrap();
            assert_eq!(read.to_string(), pattern);
            assert!(read.matches(&reply(yes)), "{pattern} {yes}");
            assert!(!read.matches(&reply(no)), "{pattern} {no}");
        }
        for bad in [
            "",
            " ",
            "5",
            "600",
            "5.7",
            "5.7.1.2",
            "*.7.1",
            "550 4.7.1",
            "550 x",
            "a 5.7.1",
            "550  5.7.1",
        ] {
            let error = bad.parse::<ReplyPattern>().unwrap_err().to_string();
            assert!(error.contains("550 5.7.1"), "{error}");
        }
    }

    #[test]
    fn lists_hold_their_own_kind() {
        let lists =
            |down: &[&str], up: &[&str]| ParticularReplies::new(patterns(down), patterns(up));
        lists(&["550 5.7.1", "5.7.*"], &["450", "4.2.2"]).unwrap();
        assert!(lists(&["450"], &[]).unwrap_err().to_string().contains("450"));
        assert!(lists(&[], &["5.7.1"]).unwrap_err().to_string().contains("5.7.1"));
        assert!(lists(&[], &["421"]).is_err() && lists(&["250"], &[]).is_err());
    }

    #[test]
    fn only_what_the_connector_asks_for_is_judged_otherwise() {
        let replies = ParticularReplies::new(patterns(&["5.7.1"]), patterns(&["450", "4.*.*"]));
        let replies = Arc::new(replies.unwrap());
        let all = ErrorPolicies::DOWNGRADE_CUSTOM_FAILURES | ErrorPolicies::UPGRADE_CUSTOM_FAILURES;
        let of = |policies, text| Judgement::new(&replies, policies).of_reply(&reply(text));
        let (refused, later) = ("554 5.7.1", "450 4.2.2");
        assert!(matches!(of(ErrorPolicies::EMPTY, refused), Outcome::Failed(..)));
        assert!(matches!(of(ErrorPolicies::EMPTY, later), Outcome::Deferred(_)));
        assert_eq!(of(all, refused), Outcome::Deferred("554 5.7.1 what it says".into()));
        assert_eq!(
            of(all, later),
            Outcome::Failed(EnhancedCode::new(5, 2, 2), "450 4.2.2 what it says".into())
        );
        assert!(matches!(of(ErrorPolicies::UPGRADE_CUSTOM_FAILURES, refused), Outcome::Failed(..)));
        assert!(matches!(of(all, "554 5.7.2"), Outcome::Failed(..)));
        assert_eq!(of(all, "421 4.2.2"), Outcome::Untried);
        assert!(matches!(of(all, "250"), Outcome::Delivered(_)));
    }
}
