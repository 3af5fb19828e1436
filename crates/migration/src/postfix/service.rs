//! Limits and times of `main.cf` to `Set-TransportConfig`, `Set-TransportService` and `Set-ReceiveConnector`.

use model::{ByteSize, TimeSpan};

use super::{finding, main_cf::Settings};
use crate::{Argument, Cmdlet, Finding, Outcome, Section, exchange::translate::values::written};

/// Largest size that a Receive connector takes, in bytes.
const MAX_INT: u64 = 2_147_483_647;

/// The section about them, and the size limit that connectors get.
pub(super) struct Service<'a> {
    settings: &'a Settings,
    findings: Vec<Finding>,
    config: Cmdlet,
    service: Cmdlet,
    receive: Cmdlet,
    /// What `message_size_limit` makes of connectors.
    pub(super) size: Option<Argument>,
}

impl<'a> Service<'a> {
    /// Translates them.
    pub(super) fn translate(settings: &'a Settings) -> Self {
        let mut service = Self {
            settings,
            findings: Vec::new(),
            config: Cmdlet::new("Set-TransportConfig"),
            service: Cmdlet::for_each("Get-TransportService", "Set-TransportService"),
            receive: Cmdlet::for_each("Get-ReceiveConnector", "Set-ReceiveConnector"),
            size: None,
        };
        service.size();
        service.lifetimes();
        service.delay_notices();
        service.numbers();
        service.others();
        service
    }

    /// What came of it.
    pub(super) fn section(self) -> Section {
        let cmdlets = [self.config, self.service, self.receive];
        Section {
            title: "Limits and times (main.cf)".into(),
            findings: self.findings,
            cmdlets: cmdlets.into_iter().filter(|c| !c.arguments.is_empty()).collect(),
            blocked: Vec::new(),
        }
    }

    fn find(&mut self, name: &str, outcome: Outcome, why: &str) {
        if let Some(setting) = self.settings.get(name) {
            self.findings.push(finding(setting, outcome, why));
        }
    }

    fn size(&mut self) {
        const NAME: &str = "message_size_limit";
        let Some(setting) = self.settings.get(NAME) else { return };
        let limit = match setting.value.parse::<u64>() {
            Ok(0) => {
                let word = || Argument::Word("unlimited".into());
                self.config.arguments.extend([("MaxSendSize", word()), ("MaxReceiveSize", word())]);
                self.size = Some(word());
                let why = "Unlimited; Receive connectors keep their limit, Set-ReceiveConnector -MaxMessageSize raises it.";
                return self.find(NAME, Outcome::Changed, why);
            }
            Ok(limit) if limit <= MAX_INT => written(ByteSize::bytes(limit)),
            _ => {
                return self.find(
                    NAME,
                    Outcome::Decision,
                    "No number up to 2147483647; as it stands, Relais's limits.",
                );
            }
        };
        for parameter in ["MaxSendSize", "MaxReceiveSize"] {
            self.config.arguments.push((parameter, limit.clone()));
        }
        self.receive.arguments.push(("MaxMessageSize", limit.clone()));
        self.size = Some(limit);
        let why =
            "For the organization, all Receive connectors, and the Send connectors that are made.";
        self.find(NAME, Outcome::Carried, why);
    }

    fn lifetimes(&mut self) {
        const NAME: &str = "maximal_queue_lifetime";
        let range = TimeSpan::seconds(5)..=TimeSpan::days(90);
        if let Some(setting) = self.settings.get(NAME) {
            match seconds(&setting.value, 'd').map(TimeSpan::seconds) {
                Some(span) if range.contains(&span) => {
                    let argument = Argument::Word(span.to_string());
                    self.service.arguments.push(("MessageExpirationTimeout", argument));
                    self.find(NAME, Outcome::Carried, "");
                }
                _ => {
                    let why = "Mail is returned after 5 seconds to 90 days here; as it stands, Relais's 2 days.";
                    self.find(NAME, Outcome::Decision, why);
                }
            }
        }
        let why = "Reports wait as long as other mail: MessageExpirationTimeout.";
        self.find("bounce_queue_lifetime", Outcome::NoEquivalent, why);
    }

    fn delay_notices(&mut self) {
        const NAME: &str = "delay_warning_time";
        let Some(setting) = self.settings.get(NAME) else { return };
        match seconds(&setting.value, 'h').map(TimeSpan::seconds) {
            Some(span) if span == TimeSpan::seconds(0) => {
                for parameter in ["ExternalDelayDsnEnabled", "InternalDelayDsnEnabled"] {
                    self.config.arguments.push((parameter, Argument::Boolean(false)));
                }
                self.find(NAME, Outcome::Carried, "Nobody is told of delays.");
            }
            // Quick and transient retries come first: 6 times 5 minutes.
            Some(span) if span > TimeSpan::minutes(30) && span <= TimeSpan::days(30) => {
                let argument = Argument::Word(span.to_string());
                self.service.arguments.push(("DelayNotificationTimeout", argument));
                self.find(NAME, Outcome::Carried, "");
            }
            _ => {
                let why = "Senders are told of a delay after more than 30 minutes and at most 30 days; as it stands, after 4 hours.";
                self.find(NAME, Outcome::Decision, why);
            }
        }
    }

    fn numbers(&mut self) {
        let receive = [
            ("smtpd_recipient_limit", "MaxRecipientsPerMessage", 512_000),
            ("smtpd_client_connection_count_limit", "MaxInboundConnectionPerSource", MAX_INT),
            ("smtpd_client_message_rate_limit", "MessageRateLimit", MAX_INT),
            ("hopcount_limit", "MaxHopCount", 500),
        ];
        for (name, parameter, most) in receive {
            if let Some(argument) = self.number(name, most) {
                self.receive.arguments.push((parameter, argument));
            }
        }
        let names = ["smtp_destination_concurrency_limit", "default_destination_concurrency_limit"];
        for name in names {
            let is_second = self.service.argument("MaxPerDomainOutboundConnections").is_some();
            if is_second {
                self.find(name, Outcome::Nothing, "smtp_destination_concurrency_limit counts.");
            } else if let Some(argument) = self.number(name, 1000) {
                self.service.arguments.push(("MaxPerDomainOutboundConnections", argument));
            }
        }
    }

    /// A setting that is a number; nothing is said where it is not there.
    fn number(&mut self, name: &str, most: u64) -> Option<Argument> {
        let setting = self.settings.get(name)?;
        match setting.value.parse::<u64>() {
            Ok(0) => self.find(name, Outcome::Nothing, "No limit there; Relais's default stays."),
            Ok(number) if number <= most => {
                self.find(name, Outcome::Carried, "");
                return Some(Argument::Number(number));
            }
            _ => {
                let why = format!("No number from 1 to {most}; as it stands, Relais's default.");
                self.find(name, Outcome::Decision, &why);
            }
        }
        None
    }

    fn others(&mut self) {
        let why = "Set-ReceiveConnector -ConnectionInactivityTimeout; the default suits.";
        self.find("smtpd_timeout", Outcome::NoEquivalent, why);
        self.find(
            "smtpd_hard_error_limit",
            Outcome::NoEquivalent,
            "Set-ReceiveConnector -MaxProtocolErrors.",
        );
        self.find("disable_vrfy_command", Outcome::Nothing, "VRFY tells nobody anything.");
        let why = "Who is told of failures: Set-TransportConfig -GenerateCopyOfDSNFor with ExternalPostmasterAddress.";
        self.find("notify_classes", Outcome::NoEquivalent, why);
    }
}

/// A time of Postfix's in seconds: a number with a unit, or in the setting's own.
fn seconds(text: &str, unit: char) -> Option<u64> {
    let text = text.trim();
    let (digits, unit) = match text.chars().last()? {
        last if last.is_ascii_digit() => (text, unit),
        last => (text.get(..text.len().checked_sub(last.len_utf8())?)?, last),
    };
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let seconds = digits.parse::<u64>().ok()?.checked_mul(factor)?;
    (seconds <= u64::from(u32::MAX)).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_have_units() {
        assert_eq!(seconds("5", 'd'), Some(432_000));
        assert_eq!(seconds("300s", 'd'), Some(300));
        assert_eq!(seconds("1w", 'h'), Some(604_800));
        for bad in ["", "d", "1y", "-1", "99999999999w", "1é"] {
            assert_eq!(seconds(bad, 'd'), None, "{bad}");
        }
    }
}
