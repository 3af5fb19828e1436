//! Any line is a command or an error whose reply is negative; addresses come back as written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use smtp::grammar::{Command, parse_command};

fuzz_target!(|line: &[u8]| {
    match parse_command(line) {
        Err(error) => assert!(!error.reply().is_positive()),
        Ok(Command::Rcpt(rcpt)) => {
            if let Some(address) = rcpt.address {
                let again = format!("RCPT TO:<{address}>");
                let Ok(Command::Rcpt(rcpt)) = parse_command(again.as_bytes()) else {
                    panic!("{again} is refused");
                };
                assert_eq!(rcpt.address.as_ref().map(|a| a.as_str()), Some(address.as_str()));
            }
        }
        Ok(Command::Mail(mail)) => {
            let again = format!("MAIL FROM:{}", mail.request.sender);
            assert!(matches!(parse_command(again.as_bytes()), Ok(Command::Mail(_))), "{again}");
        }
        Ok(_) => {}
    }
});
