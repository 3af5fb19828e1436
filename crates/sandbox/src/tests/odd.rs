//! Each odd host breaks the rule that the list says, and no other.

use super::*;

const MAIL: &str = "MAIL FROM:<jean@contoso.com>";

fn recipient(domain: &str) -> String {
    format!("RCPT TO:<u@{domain}>")
}

/// The replies to these commands, each said alone, after the greeting.
async fn said(sandbox: &Sandbox, domain: &str, commands: &[&str]) -> (Client, Vec<String>) {
    let mut client = Client::connect(sandbox, domain).await;
    let mut replies = vec![client.reply().await];
    for command in commands {
        replies.push(client.say(command).await);
    }
    (client, replies)
}

/// How the last of these commands is answered.
async fn last(sandbox: &Sandbox, domain: &str, commands: &[&str]) -> (Client, String) {
    let (client, mut replies) = said(sandbox, domain, commands).await;
    let last = replies.pop().unwrap();
    (client, last)
}

#[tokio::test]
async fn hosts_close_at_the_step_that_is_said() {
    let sandbox = sandbox().await;
    let steps = ["EHLO a", MAIL, "", "DATA", "Subject: x\r\n\r\n."];
    for (domain, step) in [
        ("closing-hello.example", 0),
        ("closing-mail.example", 1),
        ("closing-rcpt.example", 2),
        ("closing-data.example", 3),
        ("closing-content.example", 4),
        ("drop-hello.example", 0),
        ("drop-mail.example", 1),
        ("drop-rcpt.example", 2),
        ("drop-data.example", 3),
    ] {
        let rcpt = recipient(domain);
        let commands = steps.map(|step| if step.is_empty() { rcpt.as_str() } else { step });
        let (mut client, replies) = said(&sandbox, domain, &commands[..=step]).await;
        let (end, before) = replies.split_last().unwrap();
        assert!(before.iter().all(|reply| reply.starts_with(['2', '3'])), "{domain}: {before:?}");
        let wanted = if domain.starts_with("closing") { "421 4.3.2" } else { "" };
        assert!(end.starts_with(wanted) && end.is_empty() == wanted.is_empty(), "{domain}: {end}");
        assert_eq!(client.reply().await, "", "{domain} is closed");
    }
    let mut client = Client::connect(&sandbox, "drop-connection.example").await;
    assert_eq!(client.reply().await, "");
    assert!(sandbox.messages().is_empty());
}

#[tokio::test]
async fn the_content_is_cut_off() {
    let sandbox = sandbox().await;
    let mut client = Client::ready(&sandbox, "drop-content.example").await;
    assert!(client.recipient("u@drop-content.example").await.starts_with("250"));
    assert!(client.say("DATA").await.starts_with("354"));
    client.0.write_all(b"Subject: x\r\n").await.unwrap();
    let error = client.0.read_line(&mut String::new()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn taken_messages_are_kept_whatever_follows() {
    let sandbox = sandbox().await;
    let mut first = Client::ready(&sandbox, "taken-drop.example").await;
    assert_eq!(first.send("u@taken-drop.example").await, "", "taken, and not said");
    assert_eq!(sandbox.messages().len(), 1);
    let mut again = Client::ready(&sandbox, "taken-drop.example").await;
    assert!(again.send("u@taken-drop.example").await.starts_with("250"));
    assert!(again.say("NOOP").await.starts_with("250"));
    let mut reset = Client::ready(&sandbox, "taken-reset.example").await;
    assert!(reset.send("u@taken-reset.example").await.starts_with("250"));
    assert!(reset.0.read_line(&mut String::new()).await.is_err(), "a reset");
    let mut one = Client::ready(&sandbox, "one-message.example").await;
    assert!(one.send("u@one-message.example").await.starts_with("250"));
    assert_eq!(one.reply().await, "");
    assert_eq!(sandbox.messages().len(), 4);
}

#[tokio::test]
async fn replies_come_slowly_in_pieces_or_without_end() {
    let sandbox = sandbox().await;
    let begun = Instant::now();
    let mut slow = Client::connect(&sandbox, "slow-greeting.example").await;
    assert!(slow.reply().await.starts_with("220 "));
    assert!(begun.elapsed() >= Duration::from_millis(4900));
    let mut pieces = Client::ready(&sandbox, "fragments.example").await;
    assert!(pieces.send("u@fragments.example").await.starts_with("250"));
    let mut drip = Client::connect(&sandbox, "trickle.example").await;
    let mut two = [0; 2];
    tokio::io::AsyncReadExt::read_exact(&mut drip.0, &mut two).await.unwrap();
    assert_eq!(&two, b"22");
    for (domain, text) in
        [("endless-reply.example", "250-and"), ("endless-line.example", "250 and")]
    {
        let mut endless = Client::connect(&sandbox, domain).await;
        endless.reply().await;
        endless.0.write_all(b"EHLO a\r\n").await.unwrap();
        let mut much = vec![0; 1 << 16];
        tokio::io::AsyncReadExt::read_exact(&mut endless.0, &mut much).await.unwrap();
        assert!(much.starts_with(text.as_bytes()), "{domain}");
    }
}

#[tokio::test]
async fn what_is_said_is_not_what_is_due() {
    let sandbox = sandbox().await;
    for (domain, wanted) in [
        ("two-codes.example", "250-2.1.5 Recipient ok\r\n550 5.1.1 or not\r\n"),
        ("go-ahead.example", "354 Go ahead\r\n"),
        ("control.example", "550 5.1.1 No \0such\x1b[31m user\rhere\r\n"),
        ("unusual-code.example", "571 5.7.1"),
        ("long-reply.example", "550-5.1.1"),
    ] {
        let (_, reply) = last(&sandbox, domain, &["EHLO a", MAIL, &recipient(domain)]).await;
        assert!(reply.starts_with(wanted), "{domain}: {reply}");
    }
    let (_, long) =
        last(&sandbox, "long-reply.example", &["EHLO a", MAIL, &recipient("long-reply.example")])
            .await;
    assert!(long.len() > 40_000 && long.lines().count() > 50);
    for (domain, wanted) in
        [("no-go-ahead.example", "250 2.0.0 Ok\r\n"), ("taken-early.example", "354 Go ahead\r\n")]
    {
        let rcpt = recipient(domain);
        let (_, reply) = last(&sandbox, domain, &["EHLO a", MAIL, &rcpt, "DATA"]).await;
        assert_eq!(reply, wanted, "{domain}");
    }
    for (to, wanted) in [("no", "550 2.1.5"), ("later", "450 5.1.1"), ("yes", "250")] {
        let mut client = Client::ready(&sandbox, "contradiction.example").await;
        let reply = client.recipient(&format!("{to}@contradiction.example")).await;
        assert!(reply.starts_with(wanted), "{to}: {reply}");
    }
    let mut client = Client::ready(&sandbox, "contradiction.example").await;
    assert!(client.send("u@contradiction.example").await.starts_with("250 5.7.1"));
    let mut early = Client::connect(&sandbox, "early.example").await;
    for wanted in ["220", "250", "250", "250", "354", "250"] {
        assert!(early.reply().await.starts_with(wanted));
    }
}

#[tokio::test]
async fn what_is_offered_is_not_kept() {
    let sandbox = sandbox().await;
    let mut group = Client::ready(&sandbox, "loses-group.example").await;
    let all = format!("{MAIL}\r\n{}\r\nDATA", recipient("loses-group.example"));
    assert!(group.say(&all).await.starts_with("250"));
    assert_eq!(group.reply().await, "", "the rest is lost");
    let mut alone = Client::ready(&sandbox, "loses-group.example").await;
    assert!(alone.send("u@loses-group.example").await.starts_with("250"));
    let mut behind = Client::ready(&sandbox, "loses-behind.example").await;
    assert!(behind.send("u@loses-behind.example").await.starts_with("250"));
    assert!(behind.send("v@loses-behind.example").await.starts_with("250"), "one by one");
    for (domain, wanted) in [
        ("tls-refused.example", "454 4.7.0"),
        ("tls-injected.example", "220 "),
        ("tls-drop.example", "220 "),
    ] {
        let (mut client, replies) = said(&sandbox, domain, &["EHLO a", "STARTTLS"]).await;
        assert!(replies[1].contains("STARTTLS"), "{domain}");
        assert!(replies[2].starts_with(wanted), "{domain}: {}", replies[2]);
        if domain == "tls-injected.example" {
            assert!(client.reply().await.starts_with("250 AUTH"));
        }
        let mut client = Client::ready(&sandbox, domain).await;
        assert!(client.send(&format!("u@{domain}")).await.starts_with("250"), "in clear");
    }
}

#[tokio::test]
async fn what_every_host_does_is_refused() {
    let sandbox = sandbox().await;
    let (mut client, greeting) = last(&sandbox, "refused-greeting.example", &[]).await;
    assert!(greeting.starts_with("554 5.7.1"));
    assert_eq!(client.reply().await, "");
    let (_, replies) = said(&sandbox, "hello-later.example", &["EHLO a", "HELO a"]).await;
    assert!(replies[1..].iter().all(|reply| reply.starts_with("451 4.3.0")), "{replies:?}");
    let rcpt = recipient("few-recipients.example");
    let commands = ["EHLO a", MAIL, &rcpt, &rcpt, &rcpt, &rcpt];
    let (_, replies) = said(&sandbox, "few-recipients.example", &commands).await;
    assert!(replies[5].starts_with("250") && replies[6].starts_with("452 4.5.3"), "{replies:?}");
    let (_, reset) = last(&sandbox, "no-reset.example", &["EHLO a", "RSET"]).await;
    assert!(reset.starts_with("502"));
    let mut silent = Client::ready(&sandbox, "no-goodbye.example").await;
    silent.0.write_all(b"QUIT\r\nNOOP\r\n").await.unwrap();
    assert!(silent.reply().await.starts_with("250"), "to NOOP: nothing was said to QUIT");
}

#[tokio::test]
async fn it_encrypts_and_is_busy_then() {
    let sandbox = sandbox().await;
    let client = Client::ready(&sandbox, "tls-busy.example").await;
    let (mut client, reply) = client.encrypt().await.unwrap();
    assert!(reply.starts_with("421 4.3.2"), "{reply}");
    assert_eq!(client.reply().await, "");
    let mut clear = Client::ready(&sandbox, "tls-busy.example").await;
    assert!(clear.send("u@tls-busy.example").await.starts_with("250"));
}
