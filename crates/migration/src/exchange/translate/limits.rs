//! Numbers, spans, sizes and texts.

use model::{ByteSize, TimeSpan};

use super::{
    MAX_INT, Translation,
    values::{items, size, text, written},
};
use crate::{Argument, Outcome, exchange::Property};

/// The size of connectors that were made without one.
const DEFAULT_SIZE: ByteSize = ByteSize::mb(25);

impl Translation<'_> {
    pub(super) fn comment(&mut self, property: &Property) {
        match text(&property.value) {
            empty if empty.is_empty() => self.find(property, Outcome::Nothing, ""),
            comment => {
                self.set("Comment", Argument::Text(comment));
                self.find(property, Outcome::Carried, "");
            }
        }
    }

    pub(super) fn inactivity(&mut self, property: &Property) {
        let given = text(&property.value);
        let range = TimeSpan::seconds(1)..=TimeSpan::days(1);
        match given.parse::<TimeSpan>() {
            _ if given.is_empty() => self.find(property, Outcome::Nothing, ""),
            Ok(span) if span == TimeSpan::minutes(10) => {
                self.find(property, Outcome::Nothing, "The default.");
            }
            Ok(span) if range.contains(&span) => {
                self.set("ConnectionInactivityTimeOut", Argument::Word(span.to_string()));
                self.find(property, Outcome::Carried, "");
            }
            _ => {
                let why =
                    "No time span from 00:00:01 to 1.00:00:00; as it stands, the default 00:10:00.";
                self.find(property, Outcome::Decision, why);
            }
        }
    }

    pub(super) fn size(&mut self, property: &Property) {
        let given = text(&property.value);
        if given.is_empty() {
            return self.find(property, Outcome::Nothing, "");
        }
        if given.eq_ignore_ascii_case("unlimited") {
            self.set("MaxMessageSize", Argument::Word("unlimited".into()));
            return self.find(property, Outcome::Carried, "");
        }
        match size(&given) {
            Some(DEFAULT_SIZE) => self.find(property, Outcome::Nothing, "The default."),
            Some(size) if size.as_u64() <= MAX_INT => {
                self.set("MaxMessageSize", written(size));
                self.find(property, Outcome::Carried, "");
            }
            _ => {
                let why = "No size up to 2147483647 bytes, and not unlimited; as it stands, the default 25 MB.";
                self.find(property, Outcome::Decision, why);
            }
        }
    }

    pub(super) fn port(&mut self, property: &Property) {
        let given = text(&property.value);
        match given.parse::<u64>() {
            _ if given.is_empty() => self.find(property, Outcome::Nothing, ""),
            Ok(25) => self.find(property, Outcome::Nothing, "The default."),
            Ok(0) => self.find(property, Outcome::Changed, "Port 0 is no port; here it is 25."),
            Ok(port @ 1..=65535) => {
                self.set("Port", Argument::Number(port));
                self.find(property, Outcome::Carried, "");
            }
            _ => {
                self.blocked.push("Its port cannot be told.".into());
                self.find(property, Outcome::Decision, "A port is 1 to 65535.");
            }
        }
    }

    pub(super) fn messages(&mut self, property: &Property) {
        let given = text(&property.value);
        match given.parse::<u64>() {
            _ if given.is_empty() => self.find(property, Outcome::Nothing, ""),
            Ok(20) => self.find(property, Outcome::Nothing, "The default."),
            Ok(number) if (1..=MAX_INT).contains(&number) => {
                self.set("SmtpMaxMessagesPerConnection", Argument::Number(number));
                self.find(property, Outcome::Carried, "");
            }
            _ => {
                let why = "Here 1 to 2147483647; as it stands, the default 20.";
                self.find(property, Outcome::Changed, why);
            }
        }
    }

    pub(super) fn error_policies(&mut self, property: &Property) {
        let known = ["DowngradeDnsFailures", "DowngradeCustomFailures", "UpgradeCustomFailures"];
        let (items, _) = items(&property.value, false);
        let given: Vec<&String> =
            items.iter().filter(|word| !word.eq_ignore_ascii_case("Default")).collect();
        if given.is_empty() {
            return self.find(property, Outcome::Nothing, "The default.");
        }
        let words: Option<Vec<String>> = given
            .iter()
            .map(|word| {
                known.iter().find(|k| k.eq_ignore_ascii_case(word)).map(|k| (*k).to_owned())
            })
            .collect();
        match words {
            Some(words) => {
                self.set("ErrorPolicies", Argument::List(words));
                self.find(property, Outcome::Carried, "");
            }
            None => {
                let why = format!("Allowed: {}; as it stands, the default.", known.join(", "));
                self.find(property, Outcome::Decision, &why);
            }
        }
    }
}
