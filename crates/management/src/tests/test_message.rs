//! `Send-TestMessage` with a Transport service that only remembers.

use std::sync::Mutex;

use model::{MessageId, Reply};
use serde_json::json;
use transport::{Draft, Receipt};

use super::*;
use crate::Submission;

/// Takes messages, or refuses them.
#[derive(Default)]
struct Taken {
    drafts: Mutex<Vec<Draft>>,
    refuses: bool,
}

impl Submission for Taken {
    fn submit(&self, draft: Draft) -> BoxFuture<'_, Result<Receipt, Reply>> {
        self.drafts.lock().unwrap().push(draft);
        let refused = self.refuses;
        Box::pin(async move {
            if refused {
                return Err(Reply::new(452, (4, 3, 1), "Insufficient system resources"));
            }
            let id = MessageId::new(7).unwrap();
            let at = Timestamp::from_millis(1_700_000_000_000);
            Ok(Receipt { id, internet_message_id: "<7@contoso.com>".to_owned(), at })
        })
    }
}

fn organization(taken: &Arc<Taken>) -> Organization {
    let mut organization = Organization::new();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let directory = organization.directory.clone();
    let queues = Arc::new(NoQueues);
    let server = "MBX01".parse().unwrap();
    organization.management = Management::with_queues(directory, queues, server, clock)
        .with_submission(Arc::clone(taken) as Arc<dyn Submission>);
    organization
}

#[tokio::test]
async fn it_is_sent_from_the_caller_s_mailbox() {
    let taken = Arc::new(Taken::default());
    let organization = organization(&taken);
    let output = organization.run("Send-TestMessage", json!({ "To": "a@example.net" })).await;
    let sent = &output.unwrap().objects[0];
    assert_eq!(
        sent,
        &json!({
            "Identity": "7",
            "InternetMessageId": "<7@contoso.com>",
            "From": "administrator@contoso.com",
            "To": "a@example.net",
            "Subject": "Test message (14 November 2023 at 22:13 UTC)",
            "Date": "2023-11-14T22:13:20.000Z",
        })
    );
    organization
        .run("Set-Mailbox", json!({ "Identity": "Administrator", "Languages": "fr-FR" }))
        .await
        .unwrap();
    organization.run("Send-TestMessage", json!({ "To": "a@example.net" })).await.unwrap();
    let given = json!({ "To": "a@example.net", "Subject": "été", "Body": "a\nb" });
    organization.run("Send-TestMessage", given).await.unwrap();
    let drafts = taken.drafts.lock().unwrap();
    assert_eq!(drafts[0].from_name, "Administrator");
    assert!(drafts[0].body.contains("Administrator sent it"), "{}", drafts[0].body);
    assert!(drafts[1].subject.starts_with("Message d’essai"), "{}", drafts[1].subject);
    assert_eq!((&drafts[2].subject[..], &drafts[2].body[..]), ("été", "a\nb"));
    let audit = organization.directory.audit_log(10).unwrap();
    assert_eq!(audit[0].audit.cmdlet, "Send-TestMessage");
    assert_eq!(audit[0].audit.parameters["To"], "a@example.net");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is() {
    let taken = Arc::new(Taken::default());
    let organization = organization(&taken);
    let long = "é".repeat(256);
    let large = "x".repeat((64 << 10) + 1);
    for (parameters, parameter) in [
        (json!({}), "To"),
        (json!({ "To": "" }), "To"),
        (json!({ "To": "nobody" }), "To"),
        (json!({ "To": "a@example.net, b@example.net" }), "To"),
        (json!({ "To": "a@example.net\r\nBcc: b@example.net" }), "To"),
        (json!({ "To": "a@example.net", "Subject": "a\r\nBcc: b@example.net" }), "Subject"),
        (json!({ "To": "a@example.net", "Subject": long }), "Subject"),
        (json!({ "To": "a@example.net", "Body": large }), "Body"),
        (json!({ "To": "a@example.net", "Body": "a\u{0}b" }), "Body"),
    ] {
        let problem = organization.run("Send-TestMessage", parameters).await.unwrap_err();
        assert_eq!((problem.status, problem.parameter.as_deref()), (400, Some(parameter)));
        assert!(problem.value.is_none_or(|value| value.chars().count() <= 200));
    }
    let what_if = json!({ "To": "a@example.net", "WhatIf": true });
    let said = organization.run("Send-TestMessage", what_if).await.unwrap().what_if.unwrap();
    assert!(said.contains("to \"a@example.net\""), "{said}");
    let jean = caller_of(organization.directory.snapshot().mailbox("Jean").unwrap());
    let to = json!({ "To": "a@example.net" });
    let refused = organization.run_as(&jean, "Send-TestMessage", to.clone()).await.unwrap_err();
    assert_eq!((refused.status, refused.id.as_deref()), (403, Some("SC-24")));
    let nobody = Caller {
        mailbox: None,
        role_groups: vec!["Organization Management".to_owned()],
        ..organization.administrator.clone()
    };
    assert_eq!(organization.run_as(&nobody, "Send-TestMessage", to).await.unwrap_err().status, 400);
    assert!(taken.drafts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_service_that_takes_nothing_is_told_of() {
    let taken = Arc::new(Taken { refuses: true, ..Taken::default() });
    let organization = organization(&taken);
    let to = json!({ "To": "a@example.net" });
    let problem = organization.run("Send-TestMessage", to.clone()).await.unwrap_err();
    assert_eq!(problem.status, 503);
    assert!(problem.message.contains("452 4.3.1"), "{problem}");
    assert_eq!(Organization::new().run("Send-TestMessage", to).await.unwrap_err().status, 503);
}
