//! A record is refused or announces an id that can be announced again; a policy is refused or is
//! within its bounds, and written as what reads as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mta_sts::{MaxAge, Mode, Policy, Record};

fn record(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let texts: Vec<&str> = text.split('\0').collect();
    if let Ok(record) = Record::among(&texts) {
        assert!(record.id.as_str().len() <= 32);
        let again = Record::among(&[format!("v=STSv1; id={};", record.id)]);
        assert_eq!(again, Ok(record));
    }
}

fn policy(data: &[u8]) {
    let Ok(policy) = Policy::parse(data) else { return };
    assert!(policy.max_age() <= MaxAge::MAX && policy.mx().len() <= 250);
    assert!(policy.mode() == Mode::None || !policy.mx().is_empty());
    for pattern in policy.mx() {
        assert_eq!(pattern.to_string().parse().as_ref(), Ok(pattern));
    }
    let written = policy.to_string();
    assert_eq!(Policy::parse(written.as_bytes()), Ok(policy), "{written}");
}

fuzz_target!(|data: &[u8]| {
    record(data);
    policy(data);
});
