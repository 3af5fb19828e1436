//! Command lines: what is understood, what is refused and how, and that nothing panics.

use proptest::prelude::*;

use super::*;

fn parse(line: &str) -> Result<Command, CommandError> {
    parse_command(line.as_bytes())
}

fn mail_of(line: &str) -> MailCommand {
    match parse(line) {
        Ok(Command::Mail(mail)) => mail,
        other => panic!("{line:?}: {other:?}"),
    }
}

fn rcpt_of(line: &str) -> RcptCommand {
    match parse(line) {
        Ok(Command::Rcpt(rcpt)) => rcpt,
        other => panic!("{line:?}: {other:?}"),
    }
}

#[test]
fn simple_commands() {
    for (line, command) in [
        ("DATA", Command::Data),
        ("data  ", Command::Data),
        ("rSeT", Command::Rset),
        ("QUIT", Command::Quit),
        ("STARTTLS", Command::StartTls),
        ("NOOP whatever it is", Command::Noop),
        ("VRFY jean", Command::Vrfy),
        ("EXPN all", Command::Expn),
        ("HELP", Command::Help),
        ("EHLO [192.0.2.1]", Command::Ehlo("[192.0.2.1]".into())),
        ("HELO", Command::Helo(String::new())),
        ("EHLO  ", Command::Ehlo(String::new())),
        ("helo WIN_HOST", Command::Helo("WIN_HOST".into())),
        ("BDAT 0 last", Command::Bdat { size: 0, last: true }),
        ("BDAT 86", Command::Bdat { size: 86, last: false }),
        ("AUTH LOGIN", Command::Auth { mechanism: "LOGIN".into(), initial: None }),
        ("AUTH PLAIN =", Command::Auth { mechanism: "PLAIN".into(), initial: Some("=".into()) }),
    ] {
        assert_eq!(parse(line), Ok(command), "{line:?}");
    }
}

#[test]
fn wrong_commands() {
    for (line, error) in [
        ("", CommandError::Unrecognized),
        (" NOOP", CommandError::Unrecognized),
        ("GET / HTTP/1.1", CommandError::Unrecognized),
        ("DATA now", CommandError::Arguments),
        ("STARTTLS now", CommandError::Arguments),
        ("NO\rOP", CommandError::Malformed),
        ("NOOP\0", CommandError::Malformed),
        ("NOOP\t", CommandError::Malformed),
        ("EHLO a b", CommandError::HelloName),
        ("EHLO é", CommandError::HelloName),
        ("BDAT", CommandError::ChunkSize),
        ("BDAT -1", CommandError::ChunkSize),
        ("BDAT +1", CommandError::ChunkSize),
        ("BDAT 99999999999999999999", CommandError::ChunkSize),
        ("BDAT 1 LAST LAST", CommandError::ChunkSize),
        ("AUTH", CommandError::Arguments),
        ("AUTH PLAIN a b", CommandError::Arguments),
        ("MAIL", CommandError::Arguments),
        ("MAIL TO:<a@b>", CommandError::Arguments),
        ("MAIL FROM:", CommandError::Sender),
        ("MAIL FROM:a", CommandError::Sender),
        ("MAIL FROM:SIZE=1", CommandError::Sender),
        ("MAIL FROM:a@b>", CommandError::Sender),
        ("MAIL FROM:a@b<c@d>", CommandError::Sender),
        ("MAIL FROM:\"a b\"@c", CommandError::Sender),
        ("MAIL FROM:a@b c@d", CommandError::UnknownParameter),
        ("MAIL FROM:< a@b>", CommandError::Sender),
        ("MAIL FROM:<a@b >", CommandError::Sender),
        ("RCPT TO:", CommandError::Recipient),
        ("RCPT TO:a@b,c@d", CommandError::Recipient),
        ("RCPT TO:@relay.example:a@b", CommandError::Recipient),
        ("MAIL FROM:<a@b", CommandError::Sender),
        ("MAIL FROM:<a>", CommandError::Sender),
        ("MAIL FROM:<a@b>SIZE=1", CommandError::Sender),
        ("RCPT TO:<>", CommandError::Recipient),
        ("RCPT TO:<a@b,c@d>", CommandError::Recipient),
        ("RCPT TO:<a@b> SIZE=1", CommandError::UnknownParameter),
        ("MAIL FROM:<a@b> X=1", CommandError::UnknownParameter),
        ("MAIL FROM:<a@b> NOTIFY=NEVER", CommandError::UnknownParameter),
        ("MAIL FROM:<a@b> SIZE", CommandError::Arguments),
        ("MAIL FROM:<a@b> SIZE=", CommandError::Arguments),
        ("MAIL FROM:<a@b> SIZE=-1", CommandError::Arguments),
        ("MAIL FROM:<a@b> SIZE=1 SIZE=1", CommandError::Arguments),
        ("MAIL FROM:<a@b> BODY=9BIT", CommandError::Arguments),
        ("MAIL FROM:<a@b> BODY=BINARYMIME", CommandError::BinaryMime),
        ("MAIL FROM:<a@b> SMTPUTF8=1", CommandError::Arguments),
        ("MAIL FROM:<a@b> REQUIRETLS=1", CommandError::Arguments),
        ("MAIL FROM:<a@b> REQUIRETLS=", CommandError::Arguments),
        ("MAIL FROM:<a@b> REQUIRETLS REQUIRETLS", CommandError::Arguments),
        ("RCPT TO:<a@b> REQUIRETLS", CommandError::UnknownParameter),
        ("MAIL FROM:<a@b> RET=SOME", CommandError::Arguments),
        ("MAIL FROM:<a@b> ENVID=a=b", CommandError::Arguments),
        ("RCPT TO:<a@b> NOTIFY=NEVER,SUCCESS", CommandError::Arguments),
        ("RCPT TO:<a@b> ORCPT=a@b", CommandError::Arguments),
    ] {
        assert_eq!(parse(line), Err(error), "{line:?}");
        assert!(!error.reply().is_positive());
    }
    assert_eq!(parse_command(b"NOOP \xff"), Err(CommandError::Malformed));
}

#[test]
fn mail_with_everything() {
    let mail = mail_of(
        "mail from:<@relay.example:Jean@Contoso.com> size=1000 BODY=8bitmime SMTPUTF8 ret=hdrs \
         ENVID=QQ314159 requireTLS AUTH=<>",
    );
    assert_eq!(mail.request.sender.as_str(), "Jean@Contoso.com");
    assert_eq!(mail.request.size, Some(1000));
    assert_eq!(mail.request.body, BodyType::EightBitMime);
    assert!(mail.request.smtputf8 && mail.body_given && mail.auth_given);
    assert_eq!(mail.request.ret, Some(DsnReturn::Headers));
    assert!(mail.request.require_tls && !mail_of("MAIL FROM:<>").request.require_tls);
    assert_eq!(mail.request.envid.unwrap().as_str(), "QQ314159");
    assert_eq!(mail_of("MAIL FROM: <>").request.sender, ReversePath::Null);
    let huge = mail_of("MAIL FROM:<> SIZE=99999999999999999999");
    assert_eq!(huge.request.size, Some(u64::MAX));
}

/// Printers and scripts leave the brackets out, or put a blank before them.
#[test]
fn sloppy_addresses() {
    for line in
        ["MAIL FROM:a@b.test SIZE=7", "mail from: <a@b.test> size=7", "MAIL FROM: a@b.test SIZE=7"]
    {
        let request = mail_of(line).request;
        assert_eq!((request.sender.as_str(), request.size), ("a@b.test", Some(7)), "{line}");
    }
    for line in ["RCPT TO:a@b.test", "RCPT TO: a@b.test ", "RCPT TO: <a@b.test>"] {
        assert_eq!(rcpt_of(line).address.unwrap().as_str(), "a@b.test", "{line}");
    }
    assert_eq!(rcpt_of("RCPT TO:postmaster").address, None);
    let notify = rcpt_of("RCPT TO:a@b.test NOTIFY=NEVER").notify;
    assert_eq!(notify, Some(Notify::Never));
}

#[test]
fn rcpt_with_everything() {
    let rcpt = rcpt_of("RCPT TO:<\"a>b\"@c> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+40b");
    assert_eq!(rcpt.address.unwrap().local_part(), "\"a>b\"");
    assert_eq!(rcpt.notify, Some(Notify::On { success: true, failure: false, delay: true }));
    assert_eq!(rcpt.original.unwrap().as_str(), "rfc822;a+40b");
    assert_eq!(rcpt_of("RCPT TO:<PostMaster>").address, None);
    assert!(rcpt_of("RCPT TO:<é@exämple.fr>").address.unwrap().is_internationalized());
}

proptest! {
    #[test]
    fn never_panics(line in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_command(&line);
    }

    #[test]
    fn never_panics_near_commands(
        verb in "(MAIL FROM:|RCPT TO:|BDAT |AUTH |EHLO )",
        rest in "[<>@:\"\\\\a-z0-9= .,;+\\[\\]é-]{0,60}",
    ) {
        let _ = parse(&format!("{verb}{rest}"));
    }

    /// Without brackets a line means what it means with them, or nothing.
    #[test]
    fn brackets_change_no_meaning(word in "[a-z<>@:\"\\\\=.,;\\[\\]é-]{1,24}", rest in "( [A-Z=0-9]{0,8}){0,2}") {
        prop_assume!(!word.starts_with('<'));
        if let Ok(bare) = parse(&format!("RCPT TO:{word}{rest}")) {
            prop_assert_eq!(parse(&format!("RCPT TO:<{word}>{rest}")), Ok(bare));
        }
        if let Ok(bare) = parse(&format!("MAIL FROM:{word}{rest}")) {
            prop_assert_eq!(parse(&format!("MAIL FROM:<{word}>{rest}")), Ok(bare));
        }
    }

    #[test]
    fn addresses_come_back_as_written(local in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}", domain in "[a-z]{1,8}\\.[a-z]{2,5}") {
        let rcpt = rcpt_of(&format!("RCPT TO:<{local}@{domain}>"));
        let address = rcpt.address.unwrap();
        prop_assert_eq!(address.as_str(), format!("{local}@{domain}"));
    }
}
