//! Counts events for `/metrics`, under the names that the message tracking log gives them: steps
//! of messages and of recipients by event and source, sign-ins, changes of pressure, next hops
//! not reached. Labels are words of the program; nothing a peer sends becomes one.

use model::{Event, EventSink, Timestamp};
use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// Two labels, each a word of the program.
type Labels = [(&'static str, &'static str); 2];

/// Counts events.
#[derive(Debug, Clone, Default)]
pub struct EventCounters {
    messages: Family<Labels, Counter>,
    recipients: Family<Labels, Counter>,
    sign_ins: Family<[(&'static str, &'static str); 1], Counter>,
    pressure: Family<Labels, Counter>,
    retries: Counter,
}

impl EventCounters {
    /// Makes the counts readable in `registry`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "messages",
            "Steps of messages by the event and source of the message tracking log: RECEIVE is a message accepted",
            self.messages.clone(),
        );
        registry.register(
            "recipients",
            "The same by recipient: SEND and DELIVER are delivered, FAIL is failed, DEFER is put off",
            self.recipients.clone(),
        );
        registry.register("sign_ins", "Sign-ins of clients that send mail", self.sign_ins.clone());
        registry.register(
            "pressure_changes",
            "Changes of pressure by resource and the level it came to",
            self.pressure.clone(),
        );
        registry.register(
            "next_hop_failures",
            "Attempts in which a queue's next hop could not be reached",
            self.retries.clone(),
        );
    }
}

impl EventSink for EventCounters {
    fn emit(&self, _at: Timestamp, event: &Event<'_>) {
        match event {
            Event::Message(event) => {
                let labels = [("event", event.kind.name()), ("source", event.source.name())];
                self.messages.get_or_create(&labels).inc();
                let recipients = event.recipients.len() as u64;
                self.recipients.get_or_create(&labels).inc_by(recipients);
            }
            Event::SignIn { success, .. } => {
                let result = if *success { "success" } else { "failure" };
                self.sign_ins.get_or_create(&[("result", result)]).inc();
            }
            Event::Pressure { resource, level, before, .. } if level != before => {
                let labels = [("resource", resource.name()), ("level", level.name())];
                self.pressure.get_or_create(&labels).inc();
            }
            Event::QueueRetry { .. } => {
                self.retries.inc();
            }
            Event::Pressure { .. } | Event::RoutingChanged { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{NewMail, PressureLevel, Resource};
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn events_are_counted_under_their_names() {
        let (counters, now) = (EventCounters::default(), Timestamp::from_millis(0));
        for success in [true, false, false] {
            counters.emit(now, &Event::SignIn { user: "x".to_owned(), client: None, success });
        }
        let pressure = |level, before| Event::Pressure {
            resource: Resource::LogDisk,
            level,
            before,
            new_mail: NewMail::Refused,
            detail: String::new(),
        };
        counters.emit(now, &pressure(PressureLevel::High, PressureLevel::Normal));
        counters.emit(now, &pressure(PressureLevel::Medium, PressureLevel::Medium));
        let mut registry = Registry::with_prefix("relais");
        counters.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        let has = |line: &str| text.lines().any(|l| l == line);
        assert!(has("relais_sign_ins_total{result=\"failure\"} 2"), "{text}");
        assert!(
            has("relais_pressure_changes_total{resource=\"LogDisk\",level=\"High\"} 1"),
            "{text}"
        );
        assert_eq!(text.matches("relais_pressure_changes_total").count(), 1);
    }
}
