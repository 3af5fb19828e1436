//! Who is meant (routing.md section 2.2): other addresses, distribution groups, mail contacts and forwarding, as
//! administrators set them up in the shell, and what users, strangers and the message tracking log see of it.

use end_to_end::{SOON, Sink, Smtp, message, until};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

/// `contoso.com` with a way out, and a mail host elsewhere that takes everything.
struct Place {
    world: World,
    sink: Sink,
}

impl Place {
    fn new() -> Self {
        let world = World::of(&["a"]);
        let sink = world.sink(PORT);
        world.relais.send_connector("Out", "*", PORT);
        Self { world, sink }
    }

    fn shell(&self, commands: &str) -> String {
        self.world.relais.shell_ok(commands)
    }

    /// How often a mailbox has got this subject.
    fn has(&self, address: &str, subject: &str) -> usize {
        let needle = format!("Subject: {subject}");
        self.world.relais.maildir(address).iter().filter(|mail| mail.contains(&needle)).count()
    }

    fn wait_for(&self, address: &str, subject: &str) {
        until(&format!("{address} has {subject:?}"), SOON, || {
            (self.has(address, subject) > 0).then_some(())
        });
    }

    fn tracked(&self, subject: &str) -> Vec<Value> {
        self.world.relais.run("Get-MessageTrackingLog", json!({ "MessageSubject": subject }))
    }

    /// What a stranger is told who names this recipient.
    fn rcpt_of_stranger(&self, to: &str) -> String {
        let mut smtp = Smtp::hello(self.world.relais.front());
        assert_eq!(smtp.say(&format!("MAIL FROM:<{STRANGER}>")).code, 250);
        smtp.say(&format!("RCPT TO:<{to}>")).text()
    }
}

#[test]
fn a_group_reaches_everybody_once_inside_and_outside() {
    let place = Place::new();
    let anna = place.world.sender("anna", &[]);
    place.shell(
        "New-Mailbox jean; New-Mailbox paul; \
         New-MailContact 'Eva Extern' -ExternalEmailAddress eva@a.test -EmailAddresses eva@contoso.com; \
         New-DistributionGroup Vertrieb -Alias vertrieb -Members paul,'Eva Extern'; \
         New-DistributionGroup 'Tous les collègues' -PrimarySmtpAddress tous@contoso.com -Members jean; \
         Add-DistributionGroupMember tous@contoso.com -Member Vertrieb; \
         Add-DistributionGroupMember Vertrieb -Member 'Tous les collègues'; \
         Add-DistributionGroupMember 'Tous les collègues' -Member paul",
    );
    place.world.send_as(&anna, "tous@contoso.com", "for all");
    place.wait_for("jean@contoso.com", "for all");
    place.wait_for("paul@contoso.com", "for all");
    let outside = place.sink.wait_for(1, SOON);
    assert!(outside[0].recipients[0].starts_with("TO:<eva@a.test>"), "{outside:?}");
    place.world.relais.wait_until_empty(SOON);
    assert_eq!(place.has("paul@contoso.com", "for all"), 1, "a member twice over");
    let rows = place.tracked("for all");
    let of = |id: &str| rows.iter().filter(|row| row["EventId"] == id).collect::<Vec<_>>();
    assert_eq!(of("RECEIVE")[0]["Recipients"], json!(["tous@contoso.com"]));
    let expanded = of("EXPAND");
    assert_eq!(expanded.len(), 2, "{rows:#?}");
    assert_eq!(expanded[0]["RelatedRecipientAddress"], "tous@contoso.com");
    assert_eq!(expanded[0]["Source"], "ROUTING");
    // Whoever asks by the group's address finds what became of it.
    let found = place.world.relais.run(
        "Get-MessageTrackingLog",
        json!({ "Recipients": "tous@contoso.com", "EventId": "RECEIVE" }),
    );
    assert_eq!(found.len(), 1);
    let shown = place.shell(
        "Get-DistributionGroupMember 'Tous les collègues' | Format-Table Name,RecipientType",
    );
    for expected in ["jean", "Vertrieb", "MailUniversalDistributionGroup", "UserMailbox"] {
        assert!(shown.contains(expected), "{shown}");
    }
    let shown = place.shell("Get-Recipient eva@contoso.com | Format-List");
    assert!(shown.contains("MailContact") && shown.contains("eva@a.test"), "{shown}");
}

#[test]
fn strangers_are_told_at_once_where_they_may_not_write() {
    let place = Place::new();
    let anna = place.world.sender("anna", &[]);
    place.shell("New-Mailbox jean; New-DistributionGroup team -Members jean");
    let refused = "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required";
    assert_eq!(place.rcpt_of_stranger("team@contoso.com"), refused);
    place.world.send_as(&anna, "team@contoso.com", "from inside");
    place.wait_for("jean@contoso.com", "from inside");
    place.shell("Set-DistributionGroup team -RequireSenderAuthenticationEnabled $false");
    assert!(place.rcpt_of_stranger("team@contoso.com").starts_with("250 2.1.5"));
    // Only some of ours, and who else tries is told by a report.
    place.shell(
        "New-Mailbox chef; Set-DistributionGroup team -AcceptMessagesOnlyFromSendersOrMembers chef",
    );
    place.world.send_as(&anna, "team@contoso.com", "not allowed");
    let report = place.world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("RESOLVER.RST.NotAuthorized"), "{report}");
    assert!(report.contains("team@contoso.com"), "{report}");
    assert_eq!(place.has("jean@contoso.com", "not allowed"), 0);
    let (good, said) = place.world.relais.shell("Remove-Mailbox chef -Confirm:$false");
    assert!(!good && said.contains("would then take mail from everybody"), "{said}");
}

#[test]
fn mail_is_forwarded_and_loops_are_reported() {
    let place = Place::new();
    let anna = place.world.sender("anna", &[]);
    place.shell(
        "New-Mailbox jean; New-Mailbox paul; New-Mailbox rita; \
         Set-Mailbox jean -ForwardingAddress paul -DeliverToMailboxAndForward $true; \
         Set-Mailbox rita -ForwardingSmtpAddress rita@a.test",
    );
    place.world.send_as(&anna, "jean@contoso.com", "kept and forwarded");
    place.wait_for("jean@contoso.com", "kept and forwarded");
    place.wait_for("paul@contoso.com", "kept and forwarded");
    place.world.send_as(&anna, "rita@contoso.com", "on its way");
    let outside = place.sink.wait_for(1, SOON);
    assert!(outside[0].recipients[0].starts_with("TO:<rita@a.test>"), "{outside:?}");
    // The sender stays whom it was.
    assert!(outside[0].mail.contains(&anna), "{outside:?}");
    let rows = place.tracked("on its way");
    let redirect = rows.iter().find(|row| row["EventId"] == "REDIRECT").expect("a REDIRECT row");
    assert_eq!(redirect["RelatedRecipientAddress"], "rita@contoso.com");
    assert_eq!(redirect["Recipients"], json!(["rita@a.test"]));
    place.shell(
        "Set-Mailbox jean -DeliverToMailboxAndForward $false; Set-Mailbox paul -ForwardingAddress jean",
    );
    place.world.send_as(&anna, "paul@contoso.com", "round and round");
    let report = place.world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("5.4.6") && report.contains("RESOLVER.FWD.Loop"), "{report}");
    // Who is removed is forwarded to no more.
    place.shell("Remove-Mailbox jean -Confirm:$false");
    assert_eq!(
        place.world.relais.run("Get-Mailbox", json!({ "Identity": "paul" }))[0]["ForwardingAddress"],
        Value::Null
    );
    place.world.send_as(&anna, "paul@contoso.com", "at last");
    place.wait_for("paul@contoso.com", "at last");
}

#[test]
fn an_address_is_one_recipient_s_and_the_refusal_names_whose() {
    let place = Place::new();
    place.shell("New-Mailbox jean; New-DistributionGroup team -Members jean; Set-Mailbox jean -EmailAddresses chef@contoso.com");
    let refused = |command: &str, expected: &str| {
        let (good, said) = place.world.relais.shell(command);
        assert!(!good && said.contains(expected), "{command}: {said}");
    };
    refused("New-Mailbox team", "used by distribution group 'team' already");
    refused(
        "New-DistributionGroup x -PrimarySmtpAddress chef@contoso.com",
        "used by mailbox 'jean' already",
    );
    refused(
        "New-MailContact x -ExternalEmailAddress jean@contoso.com",
        "used by mailbox 'jean' already",
    );
    refused(
        "New-MailContact x -ExternalEmailAddress x@a.test -EmailAddresses x@b.test",
        "in no accepted domain",
    );
    refused(
        "New-DistributionGroup y -Members nobody",
        "There is no mailbox, distribution group or mail contact called 'nobody'",
    );
    refused("Add-DistributionGroupMember team -Member team", "cannot be a member of 'team' itself");
    refused("Add-DistributionGroupMember team -Member jean", "is a member of 'team' already");
    refused(
        "Remove-DistributionGroupMember team -Member Administrator -Confirm:$false",
        "is not a member of 'team'",
    );
    refused("Set-Mailbox jean -ForwardingAddress jean", "cannot be forwarded to itself");
    refused("Set-DistributionGroup team -MaxReceiveSize 3TB", "MaxReceiveSize");
    // By another address too, with the one that was written to in the report's words.
    let smtp = &mut Smtp::hello(place.world.relais.relay());
    let to = "chef@contoso.com";
    assert_eq!(smtp.deliver(STRANGER, &[to], &message(STRANGER, to, "by alias")).code, 250);
    place.wait_for("jean@contoso.com", "by alias");
    let rows = place.tracked("by alias");
    let resolve = rows.iter().find(|row| row["EventId"] == "RESOLVE").expect("a RESOLVE row");
    assert_eq!(resolve["RelatedRecipientAddress"], to);
    assert_eq!(resolve["Recipients"], json!(["jean@contoso.com"]));
}
