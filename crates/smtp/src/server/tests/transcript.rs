//! What a session's log gets to see.

use super::*;

/// `< ` what the client said, `> ` what we said, since the last call.
fn taken(driver: &mut Driver) -> Vec<String> {
    let sign = |by_client| if by_client { "<" } else { ">" };
    let lines = driver.server.take_transcript();
    lines.into_iter().map(|line| format!("{} {}", sign(line.by_client), line.text)).collect()
}

#[test]
fn commands_and_replies_stand_in_their_order() {
    let mut driver = session();
    assert!(taken(&mut driver).is_empty());
    driver.server.keep_transcript();
    driver.say(
        "MAIL FROM:<a@b>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: a secret\r\n\r\nx\r\n.\r\nQUIT\r\n",
    );
    let lines = taken(&mut driver);
    let start: Vec<String> = lines.iter().map(|line| line.chars().take(12).collect()).collect();
    assert_eq!(
        start,
        [
            "< MAIL FROM:",
            "> 250 2.1.0 ",
            "< RCPT TO:<d",
            "> 250 2.1.5 ",
            "< DATA",
            "> 354 Start ",
            "< <24 bytes ",
            "> 250 2.6.0 ",
            "< QUIT",
            "> 221 2.0.0 ",
        ]
    );
    assert!(taken(&mut driver).is_empty());
}

#[test]
fn the_lines_of_a_reply_stand_apart() {
    let mut driver = session();
    driver.server.keep_transcript();
    driver.say("EHLO x\r\n");
    let lines = taken(&mut driver);
    assert_eq!(lines[0], "< EHLO x");
    assert!(lines[1].starts_with("> 250-") && lines.len() > 5, "{lines:?}");
    assert!(lines.last().unwrap().starts_with("> 250 "), "{lines:?}");
}

#[test]
fn nothing_of_a_logon_is_seen() {
    const PASSWORDS: [&str; 5] =
        ["AGplYW4Ac2VjcmV0", "c2VjcmV0", "secret", "amVhbg==", "VXNlcm5hbWU6"];
    let endless = ServerSettings { max_protocol_errors: None, ..settings() };
    for lines in [
        "AUTH PLAIN AGplYW4Ac2VjcmV0\r\n",
        "AUTH LOGIN\r\namVhbg==\r\nc2VjcmV0\r\n",
        // All in one packet, the logon broken off, the rest sent as commands.
        "AUTH LOGIN\r\n*\r\namVhbg==\r\nc2VjcmV0\r\nsecret\r\n",
        "AUTH CRAM-MD5\r\nc2VjcmV0\r\n",
        "AUTH c2VjcmV0\r\nsecret more\r\n",
        "AUTH PLAIN c2VjcmV0\nAUTH LOGIN\r\nsecret\n",
    ] {
        let mut driver = Driver::new(endless.clone(), true);
        driver.server.keep_transcript();
        driver.say("EHLO x\r\n");
        driver.say(lines);
        let shown = taken(&mut driver).join("\n");
        assert!(shown.contains("< AUTH") || shown.contains(crate::transcript::HIDDEN), "{shown}");
        for password in PASSWORDS {
            assert!(!shown.contains(password), "{password} is seen:\n{shown}");
        }
    }
}

proptest! {
    /// Whatever comes behind the word AUTH, in whatever pieces: a marker that no command of ours
    /// begins with is never shown, and every line is fit for a log.
    #[test]
    fn no_bytes_bring_a_logon_s_secret_into_a_log(
        before in "([ -~]{0,20}(\r\n|\n))?",
        after in proptest::collection::vec("(PLAIN|LOGIN|\\*|=| |\r\n|\n|Secret5)", 0..12),
        size in 1usize..40,
    ) {
        let endless = ServerSettings { max_protocol_errors: None, ..settings() };
        let mut driver = Driver::new(endless, true);
        driver.server.keep_transcript();
        driver.say("EHLO x\r\n");
        let talk = format!("{before}AUTH {}\r\nQUIT\r\n", after.concat());
        driver.feed(talk.as_bytes(), size);
        for line in driver.server.take_transcript() {
            prop_assert!(!line.text.contains("Secret5"), "{talk:?}: {line:?}");
            prop_assert!(!line.text.contains(char::is_control));
            prop_assert!(line.text.len() <= crate::transcript::MAX_SHOWN + 3);
        }
    }
}
