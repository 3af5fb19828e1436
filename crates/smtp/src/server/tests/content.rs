//! DATA and BDAT in a session: limits, false ends of data, chunks that fail.

use super::*;

#[test]
fn limits_of_a_message() {
    let mut driver = session();
    assert!(driver.say("MAIL FROM:<a@b> SIZE=100001\r\n").starts_with("552 5.3.4"));
    assert!(driver.say("MAIL FROM:<é@b>\r\n").starts_with("553 5.6.7"));
    assert!(driver.say("MAIL FROM:<é@b> SMTPUTF8 SIZE=100000\r\n").starts_with("250 2.1.0"));
    driver.say("RSET\r\n");
    driver.say("MAIL FROM:<a@b>\r\n");
    assert!(driver.say("RCPT TO:<é@b>\r\n").starts_with("553 5.6.7"));
    for _ in 0..4 {
        assert!(driver.say("RCPT TO:<a@b>\r\n").starts_with("250 2.1.5"));
    }
    assert_eq!(driver.say("RCPT TO:<a@b>\r\n"), "452 4.5.3 Too many recipients\r\n");
    driver.say("RSET\r\n");
    for (content, code) in [
        (format!("\r\n{}", "0123456789\r\n".repeat(10_000)), "552 5.3.4 Message size"),
        (format!("A: {}\r\n\r\n", "x".repeat(2_000)), "552 5.3.4 Header size"),
        (format!("{}\r\n", "Received: x\r\n".repeat(4)), "554 5.4.6 Hop count"),
        ("a\nb\r\n".to_owned(), "550 5.6.11 "),
    ] {
        driver.say(ENVELOPE);
        driver.say("DATA\r\n");
        assert_eq!(driver.say(&content), "");
        assert!(driver.say(".\r\n").starts_with(code), "{code}");
        assert!(driver.server.content_buffered() == 0 && !driver.server.in_data());
    }
    assert!(driver.messages.is_empty());
}

#[test]
fn smuggled_ends_make_no_second_message() {
    for end in [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r",
        "\r\n\0.\r\n",
        "\r\n.\r\r\n",
        "\r\n.\0\r\n",
        "\n\n.\r\n",
        "\r\r\n.\n",
        "\n.\r\r\n",
        "\r\n. \r\n",
        "\r.\n",
    ] {
        for size in [1, 2, usize::MAX] {
            let mut driver = session();
            driver.say(ENVELOPE);
            driver.say("DATA\r\n");
            let smuggled =
                format!("S: x\r\n\r\nfirst{end}MAIL FROM:<evil@x>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n");
            driver.feed(smuggled.as_bytes(), size);
            assert_eq!(driver.take_output(), "", "{end:?}");
            driver.feed(b"second\r\n.\r\n", size);
            let reply = driver.take_output();
            if driver.messages.is_empty() {
                assert!(reply.starts_with("550 5.6.11 "), "{end:?}: {reply}");
            } else {
                assert_eq!((reply.as_str(), driver.messages.len()), (QUEUED, 1), "{end:?}");
            }
            assert_eq!(driver.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
        }
    }
}

#[test]
fn chunks() {
    let mut driver = session();
    driver.say(ENVELOPE);
    assert_eq!(driver.say("BDAT 6\r\n.\r\na\r\n"), "250 2.6.0 CHUNK received OK, 6 octets\r\n");
    assert_eq!(driver.say("DATA\r\n"), BAD_SEQUENCE);
    assert_eq!(driver.say("RCPT TO:<x@y.z>\r\n"), BAD_SEQUENCE);
    assert_eq!(driver.say("BDAT 0\r\n"), "250 2.6.0 CHUNK received OK, 0 octets\r\n");
    assert_eq!(driver.say("BDAT 0 LAST\r\n"), QUEUED);
    assert_eq!(driver.messages[0].content, ".\r\na\r\n");
    // Everything in one write, the line end between two chunks.
    let batch = format!("{ENVELOPE}BDAT 2\r\na\rBDAT 3 LAST\r\n\n\r\nQUIT\r\n");
    assert!(driver.say(&batch).contains(QUEUED));
    assert_eq!(driver.messages[1].content, "a\r\n\r\n");
    assert!(driver.closed);
}

#[test]
fn chunks_that_fail_are_read_over() {
    let mut driver = session();
    // After a refused recipient, and after RSET.
    let replies =
        driver.say("MAIL FROM:<a@b>\r\nRCPT TO:<bad@x>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n");
    assert!(replies.ends_with("554 5.5.1 No valid recipients\r\n250 2.0.0 OK\r\n"), "{replies}");
    driver.say(ENVELOPE);
    driver.say("BDAT 3\r\nabc");
    driver.say("RSET\r\n");
    assert_eq!(driver.say("BDAT 6 LAST\r\nQUIT\r\n"), BAD_SEQUENCE);
    // Bare LF, told at once and again, and a whole message after it.
    driver.say(ENVELOPE);
    assert!(driver.say("BDAT 3\r\na\nb").starts_with("550 5.6.11 "));
    assert!(driver.say("BDAT 3 LAST\r\nc\r\n").starts_with("550 5.6.11 "));
    driver.say(ENVELOPE);
    assert!(driver.say("BDAT 1 LAST\r\n\r").starts_with("550 5.6.11 "));
    driver.say(ENVELOPE);
    assert!(
        driver.say(&format!("BDAT 100001\r\n{}", "x".repeat(100_001))).starts_with("552 5.3.4")
    );
    assert_eq!(driver.server.content_buffered(), 0);
    assert!(driver.messages.is_empty());
    // Where the next command is cannot be told.
    assert!(driver.say("BDAT x LAST\r\nQUIT\r\n").starts_with("501 5.5.4"));
    assert!(driver.closed);
}
