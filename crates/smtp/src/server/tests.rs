//! Whole server sessions with a driver that knows a few names: order of commands, limits,
//! smuggling, chunks, TLS, logons, and that pieces of any size are the same session.

mod bearer;
mod content;
mod logon;
mod scram;
mod transcript;

use proptest::prelude::*;

use super::*;

fn settings() -> ServerSettings {
    ServerSettings {
        fqdn: "mbx01.contoso.com".into(),
        banner: None,
        max_message_size: 100_000,
        max_header_size: 2_000,
        max_recipients: 4,
        max_hops: 3,
        max_protocol_errors: Some(5),
        max_logon_failures: Some(2),
        pipelining: true,
        chunking: true,
        eight_bit_mime: true,
        dsn: true,
        enhanced_status_codes: true,
        smtputf8: true,
        offer_require_tls: true,
        size: SizeMode::Enabled,
        start_tls: true,
        require_tls: false,
        auth: AuthOffer::UnderTls,
        scram: true,
        bearer: None,
        require_hello_name: false,
        require_auth: false,
    }
}

/// A driver that knows a few names: `bad…` is refused, `later…` deferred, `alias` is somebody else,
/// and `jean` with `secret` may sign in.
struct Driver {
    server: Server,
    steps: Vec<String>,
    output: String,
    messages: Vec<ReceivedMessage>,
    closed: bool,
    /// What of the session the next handshake leads to a logon can be bound to.
    bindings: Vec<TlsBinding>,
}

impl Driver {
    fn new(settings: ServerSettings, tls: bool) -> Self {
        let mut server = Server::new(settings, tls);
        server.greet();
        let mut driver = Self {
            server,
            steps: Vec::new(),
            output: String::new(),
            messages: Vec::new(),
            closed: false,
            bindings: Vec::new(),
        };
        driver.run();
        driver.take_output();
        driver
    }

    /// Feeds and returns what the server says to it.
    fn say(&mut self, text: &str) -> String {
        self.feed(text.as_bytes(), usize::MAX);
        self.take_output()
    }

    fn feed(&mut self, bytes: &[u8], size: usize) {
        for piece in bytes.chunks(size) {
            if self.closed {
                return;
            }
            self.server.input().extend_from_slice(piece);
            self.run();
        }
    }

    fn take_output(&mut self) -> String {
        std::mem::take(&mut self.output)
    }

    fn run(&mut self) {
        loop {
            let step = self.server.next();
            if matches!(step, Step::NeedInput) {
                assert!(self.server.input().capacity() > self.server.input().len());
                break;
            }
            self.steps.push(format!("{step:?}"));
            match step {
                Step::NeedInput | Step::Tarpit | Step::SignedIn => {}
                Step::Close => {
                    self.closed = true;
                    break;
                }
                Step::StartTls => {
                    self.server.tls_started();
                    self.server.bind_to(self.bindings.clone());
                }
                Step::Authenticate { user, password, .. } => {
                    let right = user == "jean" && &*password == "secret";
                    let wrong = Reply::new(535, (5, 7, 3), "Authentication unsuccessful");
                    let answer = if right { Answer::AuthOk } else { Answer::Refuse(wrong) };
                    self.server.answer(answer);
                }
                Step::Bearer { user, token, .. } => {
                    let refusal = match &*token {
                        "a.good.token" if user.as_deref().is_none_or(|user| user == "jean") => None,
                        "a.late.token" => Some(Reply::new(454, (4, 7, 0), "Temporary")),
                        _ => Some(Reply::new(535, (5, 7, 3), "Authentication unsuccessful")),
                    };
                    self.server.answer(refusal.map_or(Answer::AuthOk, Answer::Refuse));
                }
                Step::ScramKeys { user } => self.server.answer(scram::keys_of(&user)),
                Step::ScramProof { proof, .. } => {
                    let wrong = Reply::new(535, (5, 7, 3), "Authentication unsuccessful");
                    let answer = proof.map_or(Answer::Refuse(wrong), |()| Answer::AuthOk);
                    self.server.answer(answer);
                }
                Step::Mail(request) => {
                    let answer = self.about(request.sender.as_str());
                    self.server.answer(answer);
                }
                Step::Recipient(recipient) => {
                    let answer = self.about(recipient.address.as_str());
                    self.server.answer(answer);
                }
                Step::Postmaster => {
                    self.server.answer(Answer::AcceptAs("postmaster@contoso.com".parse().unwrap()))
                }
                Step::Message(message) => {
                    self.messages.push(message);
                    let text = "<id> [InternalId=1] Queued mail for delivery";
                    self.server.answer(Answer::Accepted(Reply::new(250, (2, 6, 0), text)));
                }
            }
        }
        let written = self.server.output().split();
        self.output.push_str(std::str::from_utf8(&written).unwrap());
    }

    fn about(&self, address: &str) -> Answer {
        if address.starts_with("bad") {
            Answer::Refuse(Reply::new(550, (5, 1, 1), "User unknown"))
        } else if address.starts_with("later") {
            Answer::Refuse(Reply::new(451, (4, 7, 1), "Later"))
        } else if address.starts_with("bye") {
            Answer::Refuse(Reply::new(421, (4, 3, 2), "Going down"))
        } else if address.starts_with("alias") {
            Answer::AcceptAs("real@contoso.com".parse().unwrap())
        } else {
            Answer::Accept
        }
    }
}

fn session() -> Driver {
    let mut driver = Driver::new(settings(), false);
    driver.say("EHLO client.example\r\n");
    driver
}

fn tls_session() -> Driver {
    let mut driver = Driver::new(settings(), true);
    driver.say("EHLO client.example\r\n");
    driver
}

const ENVELOPE: &str = "MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\n";
const DATA_OK: &str = "354 Start mail input; end with <CRLF>.<CRLF>\r\n";
const QUEUED: &str = "250 2.6.0 <id> [InternalId=1] Queued mail for delivery\r\n";
const BAD_SEQUENCE: &str = "503 5.5.1 Bad sequence of commands\r\n";

#[test]
fn greets_and_introduces_itself() {
    let mut server = Server::new(settings(), false);
    server.greet();
    assert!(matches!(server.next(), Step::NeedInput));
    assert_eq!(server.output().split(), "220 mbx01.contoso.com Relais ESMTP ready\r\n");
    let mut driver = Driver::new(settings(), false);
    assert_eq!(
        driver.say("EHLO client.example\r\n"),
        "250-mbx01.contoso.com Hello\r\n250-SIZE 100000\r\n250-PIPELINING\r\n250-DSN\r\n\
         250-ENHANCEDSTATUSCODES\r\n250-STARTTLS\r\n250-8BITMIME\r\n250-CHUNKING\r\n\
         250 SMTPUTF8\r\n"
    );
    assert!(driver.server.is_esmtp());
    assert_eq!(driver.say("HELO [192.0.2.1]\r\n"), "250 mbx01.contoso.com Hello\r\n");
    assert_eq!(driver.server.hello(), Some("[192.0.2.1]"));
    assert!(!driver.server.is_esmtp());
    let under_tls = tls_session().say("EHLO x\r\n");
    assert!(under_tls.contains("AUTH PLAIN LOGIN") && !under_tls.contains("STARTTLS"));
    assert!(under_tls.ends_with("250 REQUIRETLS\r\n"), "{under_tls}");
}

#[test]
fn settings_shape_the_dialogue() {
    let bare = ServerSettings {
        banner: Some("mail ready".into()),
        pipelining: false,
        chunking: false,
        eight_bit_mime: false,
        dsn: false,
        enhanced_status_codes: false,
        smtputf8: false,
        offer_require_tls: false,
        size: SizeMode::Disabled,
        start_tls: false,
        auth: AuthOffer::Never,
        max_protocol_errors: None,
        ..settings()
    };
    let mut server = Server::new(bare.clone(), false);
    server.greet();
    assert_eq!(server.output().split(), "220 mail ready\r\n");
    let mut driver = Driver::new(bare.clone(), false);
    assert_eq!(driver.say("EHLO x\r\n"), "250 mbx01.contoso.com Hello\r\n");
    for parameter in
        ["SIZE=1", "BODY=8BITMIME", "SMTPUTF8", "RET=FULL", "ENVID=x", "AUTH=<>", "REQUIRETLS"]
    {
        let reply = driver.say(&format!("MAIL FROM:<a@b> {parameter}\r\n"));
        assert_eq!(reply, "555 Unsupported option\r\n", "{parameter}");
    }
    for command in ["STARTTLS", "AUTH PLAIN", "BDAT 0 LAST"] {
        let reply = driver.say(&format!("{command}\r\n"));
        assert_eq!(reply, "502 Command not implemented\r\n", "{command}");
    }
    assert_eq!(driver.say("MAIL FROM:<a@b>\r\n"), "250 Sender OK\r\n");
    assert_eq!(driver.say("RCPT TO:<a@b> NOTIFY=NEVER\r\n"), "555 Unsupported option\r\n");
    let without_value = ServerSettings { size: SizeMode::EnabledWithoutValue, ..bare };
    assert!(Driver::new(without_value, false).say("EHLO x\r\n").ends_with("250 SIZE\r\n"));
}

#[test]
fn one_message() {
    let mut driver = session();
    assert_eq!(
        driver.say("MAIL FROM:<a@b.c> SIZE=20 RET=HDRS ENVID=e1\r\n"),
        "250 2.1.0 Sender OK\r\n"
    );
    assert_eq!(driver.say("RCPT TO:<alias@e.f> NOTIFY=NEVER\r\n"), "250 2.1.5 Recipient OK\r\n");
    assert_eq!(driver.say("RCPT TO:<Postmaster>\r\n"), "250 2.1.5 Recipient OK\r\n");
    assert_eq!(driver.say("DATA\r\n"), DATA_OK);
    assert!(driver.server.in_data());
    assert_eq!(driver.say("Subject: é\r\n\r\n..dot\r\n"), "");
    assert!(driver.server.content_buffered() > 0);
    assert_eq!(driver.say(".\r\n"), QUEUED);
    assert_eq!(driver.server.content_buffered(), 0);
    let message = &driver.messages[0];
    assert_eq!(message.content, "Subject: é\r\n\r\n.dot\r\n");
    assert_eq!(message.envelope.sender.as_str(), "a@b.c");
    assert_eq!(message.envelope.body, model::BodyType::EightBitMime);
    assert_eq!(message.envelope.envid.as_ref().unwrap().as_str(), "e1");
    let recipients: Vec<_> =
        message.envelope.recipients.iter().map(|r| r.address.as_str()).collect();
    assert_eq!(recipients, ["real@contoso.com", "postmaster@contoso.com"]);
    assert_eq!(message.envelope.recipients[0].notify, Some(model::Notify::Never));
    assert_eq!(driver.say("RCPT TO:<d@e.f>\r\n"), BAD_SEQUENCE);
    assert_eq!(driver.say("QUIT\r\n"), "221 2.0.0 Service closing transmission channel\r\n");
    assert!(driver.closed);
}

#[test]
fn requiretls_is_taken_under_tls_and_nowhere_else() {
    let tagged = "MAIL FROM:<a@b.c> REQUIRETLS\r\n";
    let mut clear = session();
    assert_eq!(clear.say(tagged), "530 5.7.0 Must issue a STARTTLS command first\r\n");
    let without_tls = ServerSettings { start_tls: false, ..settings() };
    let mut without_tls = Driver::new(without_tls, false);
    without_tls.say("EHLO x\r\n");
    assert_eq!(without_tls.say(tagged), "555 5.5.4 Unsupported option\r\n");
    let not_offered = ServerSettings { offer_require_tls: false, ..settings() };
    let mut not_offered = Driver::new(not_offered, true);
    not_offered.say("EHLO x\r\n");
    assert_eq!(not_offered.say(tagged), "555 5.5.4 Unsupported option\r\n");
    let mut secure = tls_session();
    secure.say("EHLO x\r\n");
    for sender in ["MAIL FROM:<a@b.c> requiretls", "MAIL FROM:<a@b.c>"] {
        assert_eq!(secure.say(&format!("{sender}\r\n")), "250 2.1.0 Sender OK\r\n");
        secure.say("RCPT TO:<d@e.f>\r\nDATA\r\nx\r\n.\r\n");
    }
    let tags: Vec<bool> = secure.messages.iter().map(|m| m.envelope.require_tls).collect();
    assert_eq!(tags, [true, false]);
    assert_eq!(secure.say("MAIL FROM:<a@b.c> REQUIRETLS=1\r\n"), "501 5.5.4 Invalid arguments\r\n");
}

#[test]
fn pipelined_batch_is_answered_in_one() {
    let mut driver = session();
    let batch = "MAIL FROM:<a@b.c>\r\nRCPT TO:<bad@x.y>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n\
                 body\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<later@x.y>\r\nDATA\r\nRSET\r\nNOOP\r\nQUIT\r\n";
    assert_eq!(
        driver.say(batch),
        format!(
            "250 2.1.0 Sender OK\r\n550 5.1.1 User unknown\r\n250 2.1.5 Recipient OK\r\n{DATA_OK}\
             {QUEUED}250 2.1.0 Sender OK\r\n451 4.7.1 Later\r\n554 5.5.1 No valid recipients\r\n\
             250 2.0.0 Resetting\r\n250 2.0.0 OK\r\n\
             221 2.0.0 Service closing transmission channel\r\n"
        )
    );
    assert_eq!(driver.messages.len(), 1);
    assert_eq!(driver.steps.iter().filter(|step| *step == "Tarpit").count(), 2);
}

/// RequireEHLODomain: old devices greet without a name, and may unless that is set.
#[test]
fn a_name_is_needed_where_it_is_demanded() {
    for verb in ["HELO", "EHLO"] {
        let mut lenient = Driver::new(settings(), false);
        assert!(lenient.say(&format!("{verb}\r\n")).starts_with("250"), "{verb}");
        assert_eq!(lenient.say("MAIL FROM:a@b.c\r\n"), "250 2.1.0 Sender OK\r\n");
        assert_eq!(lenient.say("RCPT TO: d@e.f\r\n"), "250 2.1.5 Recipient OK\r\n");
        let strict = ServerSettings { require_hello_name: true, ..settings() };
        let mut strict = Driver::new(strict, false);
        assert_eq!(strict.say(&format!("{verb}\r\n")), "501 5.5.4 Invalid domain name\r\n");
        assert_eq!(strict.say("MAIL FROM:<a@b.c>\r\n"), "503 5.5.1 Send hello first\r\n");
        assert!(strict.say(&format!("{verb} x\r\n")).starts_with("250"), "{verb}");
    }
}

#[test]
fn sequence_is_kept() {
    let endless = ServerSettings { max_protocol_errors: None, ..settings() };
    let mut driver = Driver::new(endless, false);
    assert_eq!(driver.say("MAIL FROM:<a@b.c>\r\n"), "503 5.5.1 Send hello first\r\n");
    for command in ["RCPT TO:<a@b>", "DATA", "BDAT 0", "BDAT 3 LAST\r\nabc", "STARTTLS"] {
        let end = if command.ends_with('c') { "" } else { "\r\n" };
        assert_eq!(driver.say(&format!("{command}{end}")), BAD_SEQUENCE, "{command}");
    }
    driver.say("EHLO x\r\n");
    driver.say("MAIL FROM:<a@b.c>\r\n");
    assert_eq!(driver.say("MAIL FROM:<a@b.c>\r\n"), BAD_SEQUENCE);
    assert_eq!(driver.say("DATA\r\n"), BAD_SEQUENCE);
    assert_eq!(driver.say("RCPT TO:<d@e.f>\r\n"), "250 2.1.5 Recipient OK\r\n");
    driver.say("EHLO x\r\n");
    assert_eq!(driver.say("DATA\r\n"), BAD_SEQUENCE, "EHLO resets");
    assert_eq!(driver.say("VRFY jean\r\n"), "252 2.1.5 Cannot VRFY user\r\n");
    assert_eq!(driver.say("EXPN all\r\n"), "502 5.5.1 Command not implemented\r\n");
    assert!(driver.say("HELP\r\n").starts_with("214 2.0.0 "));
    assert_eq!(driver.say("WHAT\r\n"), "500 5.5.2 Unrecognized command\r\n");
}

#[test]
fn refused_mail_does_not_count_what_follows() {
    let mut driver = session();
    let batch = format!("MAIL FROM:<bad@b.c>\r\n{}DATA\r\n", "RCPT TO:<a@b>\r\n".repeat(20));
    let replies = driver.say(&batch);
    assert_eq!(replies, format!("550 5.1.1 User unknown\r\n{}", BAD_SEQUENCE.repeat(21)));
    assert_eq!(driver.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
}

#[test]
fn too_many_errors_end_the_session() {
    let mut driver = session();
    let replies = driver.say(&"JUNK\r\n".repeat(10));
    assert_eq!(replies.matches("500 5.5.2").count(), 5);
    assert!(replies.ends_with(
        "421 4.7.0 Too many errors on this connection, closing transmission channel\r\n"
    ));
    assert!(driver.closed);
}

#[test]
fn command_lines_are_strict_and_bounded() {
    let endless = ServerSettings { max_protocol_errors: None, ..settings() };
    let mut driver = Driver::new(endless, false);
    driver.say("EHLO x\r\n");
    let long =
        |verb: &str, length: usize| format!("{verb}{}\r\n", " ".repeat(length - verb.len() - 2));
    assert!(driver.say("NO\rOP\r\n").starts_with("500 5.5.2"));
    assert!(driver.say("NOOP\0\r\n").starts_with("500 5.5.2"));
    assert_eq!(driver.say(&long("NOOP", 512)), "250 2.0.0 OK\r\n");
    assert_eq!(driver.say(&long("NOOP", 513)), "500 5.5.2 Line too long\r\n");
    assert_eq!(driver.say(&long("MAIL FROM:<>", 2000)), "250 2.1.0 Sender OK\r\n");
    assert_eq!(driver.say(&long("RCPT TO:<a@b>", 2001)), "500 5.5.2 Line too long\r\n");
    for _ in 0..1000 {
        driver.feed(&[b'x'; 1000], usize::MAX);
        assert!(driver.server.input().len() < 2000);
    }
    assert_eq!(driver.say("\r\nNOOP\r\n"), "500 5.5.2 Line too long\r\n250 2.0.0 OK\r\n");
    // A CRLF that comes in two pieces ends a long line, too.
    driver.feed(&[b'x'; 1000], usize::MAX);
    driver.feed(b"\r", usize::MAX);
    assert_eq!(driver.say("\nNOOP\r\n"), "500 5.5.2 Line too long\r\n250 2.0.0 OK\r\n");
}

/// Where a line with a bare LF ends is not known: nothing behind it is a command, and there is one answer.
#[test]
fn what_follows_a_bare_newline_is_no_command() {
    let long = "x".repeat(3000);
    for line in ["NOOP\n", "NOOP\nNOOP\r\n", "\nNOOP\r\n", &format!("{long}\nNOOP\r\n")] {
        for size in [1, 600, usize::MAX] {
            let mut driver = Driver::new(settings(), false);
            driver.say("EHLO x\r\n");
            driver.feed(line.as_bytes(), size);
            let said = driver.take_output();
            assert!(said.starts_with("500 5.5.2") && said.lines().count() == 1, "{line:?}: {said}");
            assert!(driver.closed, "{line:?}");
        }
    }
}

#[test]
fn replies_cannot_pile_up() {
    let mut driver = session();
    let replies = driver.say(&"EHLO x\r\n".repeat(10_000));
    assert!(replies.len() < 200_000 && driver.closed);
    assert!(replies.contains("421 4.7.0 Too many commands without reading replies"));
}

#[test]
fn the_driver_can_end_it() {
    let mut server = Server::new(settings(), false);
    server.refuse(Reply::new(421, (4, 3, 2), "Service not available"));
    assert!(matches!(server.next(), Step::Close));
    assert_eq!(server.output().split(), "421 4.3.2 Service not available\r\n");
    server.close(Reply::new(421, (4, 4, 1), "again"));
    assert!(server.output().is_empty());
    let mut driver = session();
    driver.say(ENVELOPE);
    driver.say("DATA\r\n");
    driver.say("body\r\n");
    driver.server.close(Reply::new(421, (4, 4, 2), "Timed out"));
    assert_eq!(driver.server.content_buffered(), 0);
    assert!(!driver.server.in_data());
    driver.run();
    assert_eq!(driver.take_output(), "421 4.4.2 Timed out\r\n");
    assert!(driver.closed);
    let mut driver = session();
    driver.say("MAIL FROM:<a@b>\r\n");
    assert_eq!(driver.say("RCPT TO:<bye@b>\r\nNOOP\r\n"), "421 4.3.2 Going down\r\n");
    assert!(driver.closed);
}

#[test]
fn wrong_or_missing_answers_refuse_for_now() {
    let mut server = Server::new(settings(), false);
    server.answer(Answer::Accept);
    server.input().extend_from_slice(b"EHLO x\r\nMAIL FROM:<a@b>\r\n");
    assert!(matches!(server.next(), Step::Mail(_)));
    assert!(matches!(server.next(), Step::NeedInput));
    server.input().extend_from_slice(b"MAIL FROM:<a@b>\r\n");
    assert!(matches!(server.next(), Step::Mail(_)));
    server.answer(Answer::AuthOk);
    server.input().extend_from_slice(b"MAIL FROM:<a@b>\r\nRCPT TO:<postmaster>\r\n");
    assert!(matches!(server.next(), Step::Mail(_)));
    server.answer(Answer::Accept);
    assert!(matches!(server.next(), Step::Postmaster));
    server.answer(Answer::Accept);
    assert!(matches!(server.next(), Step::NeedInput));
    let output = String::from_utf8(server.output().to_vec()).unwrap();
    assert_eq!(output.matches("451 4.3.0").count(), 3);
    assert!(!server.is_authenticated());
}

/// Scripts of lines that mean something, and of some that do not.
fn script() -> impl Strategy<Value = Vec<u8>> {
    const LINES: [&[u8]; 31] = [
        b"EHLO x\r\n",
        b"EHLO x\r\n",
        b"MAIL FROM:<a@b.c>\r\n",
        b"MAIL FROM:<a@b.c>\r\n",
        b"MAIL FROM:<bad@b.c> SIZE=1\r\n",
        b"RCPT TO:<d@e.f>\r\n",
        b"RCPT TO:<d@e.f>\r\n",
        b"RCPT TO:<bad@e.f>\r\n",
        b"RCPT TO:<postmaster>\r\n",
        b"DATA\r\n",
        b"DATA\r\n",
        b".\r\n",
        b".\r\n",
        b"text\r\n",
        b"Received: x\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"BDAT 7 LAST\r\n",
        b"BDAT 5\r\nab\r\nc",
        b"RSET\r\n",
        b"AUTH LOGIN\r\n",
        b"AUTH PLAIN AGplYW4Ac2VjcmV0\r\n",
        b"amVhbg==\r\n",
        // RFC 7677's example.
        b"AUTH SCRAM-SHA-256\r\n",
        b"AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n",
        b"biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n",
        b"Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAs\
          cD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==\r\n",
        b"AUTH SCRAM-SHA-256-PLUS eSwsbj11c2VyLHI9eA==\r\n",
        b"\xff\xfe\r\n",
        b"QUIT\r\n",
    ];
    proptest::collection::vec(proptest::sample::select(&LINES[..]), 0..40)
        .prop_map(|lines| lines.concat())
}

fn play(script: &[u8], size: usize) -> (Vec<String>, String) {
    let mut driver = tls_session();
    driver.feed(script, size);
    assert!(driver.server.content_buffered() < 1_000_000);
    (driver.steps, driver.output)
}

proptest! {
    #[test]
    fn pieces_are_the_same_session(script in script(), size in 1usize..12) {
        let whole = play(&script, usize::MAX);
        prop_assert_eq!(play(&script, 1), whole.clone());
        prop_assert_eq!(play(&script, size), whole);
    }

    #[test]
    fn messages_are_clean_whatever_comes(script in script()) {
        let mut driver = tls_session();
        driver.feed(&script, usize::MAX);
        for message in driver.messages {
            prop_assert!(!message.envelope.recipients.is_empty());
            let text = String::from_utf8_lossy(&message.content).replace("\r\n", "");
            prop_assert!(!text.contains(['\r', '\n']));
        }
    }

    #[test]
    fn every_reply_is_a_line(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let mut driver = session();
        driver.feed(&bytes, 50);
        for line in driver.output.split_terminator("\r\n") {
            prop_assert!(line.bytes().take(3).all(|b| b.is_ascii_digit()), "{}", line);
        }
    }
}

#[test]
fn a_server_of_ours_says_more_of_a_message_and_others_do_not() {
    let told = "1;00000000-0000-0000-0000-000000000000;5;0;S;9;-";
    let mail = format!("MAIL FROM:<a@b.c> SIZE=4000 XATTR={told}\r\n");
    let narrow = || ServerSettings {
        max_message_size: 1000,
        dsn: false,
        smtputf8: false,
        require_auth: true,
        ..settings()
    };
    let mut stranger = Driver::new(narrow(), true);
    assert!(!stranger.say("EHLO x\r\n").contains("XATTR"));
    assert!(stranger.say(&mail).starts_with("530"));
    let mut stranger = Driver::new(ServerSettings { require_auth: false, ..narrow() }, true);
    stranger.say("EHLO x\r\n");
    assert_eq!(stranger.say(&mail), "555 5.5.4 Unsupported option\r\n");

    let mut peer = Driver::new(narrow(), true);
    peer.server.admit_peer(true);
    let hello = peer.say("EHLO mbx02.contoso.com\r\n");
    for keyword in ["XATTR 1", "SIZE 0", "DSN", "SMTPUTF8", "8BITMIME", "REQUIRETLS"] {
        assert!(hello.contains(keyword), "{keyword}: {hello}");
    }
    assert!(!hello.contains("AUTH"), "{hello}");
    assert!(peer.say("MAIL FROM:<a@b.c> XATTR=2;x\r\n").starts_with("501"));
    assert!(peer.say(&mail).starts_with("250"));
    peer.say("RCPT TO:<jean@contoso.com>\r\nDATA\r\n");
    peer.say("S: x\r\n\r\nx\r\n.\r\n");
    let attributes = peer.messages[0].attributes.clone().unwrap();
    assert_eq!(attributes.to_string(), told);
    // The next message says of itself what it says.
    peer.say("MAIL FROM:<a@b.c>\r\nRCPT TO:<jean@contoso.com>\r\nDATA\r\n");
    peer.say("S: x\r\n\r\nx\r\n.\r\n");
    assert_eq!(peer.messages[1].attributes, None);
    // Where the connector does not let them send messages of any size, its limit holds.
    let mut peer = Driver::new(narrow(), true);
    peer.server.admit_peer(false);
    assert!(peer.say("EHLO mbx02.contoso.com\r\n").contains("SIZE 1000"));
}
