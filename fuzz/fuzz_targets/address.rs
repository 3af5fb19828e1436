//! What parses as an address, domain or pattern is printed as something that parses to the same.
#![no_main]

use std::{fmt::Display, str::FromStr};

use libfuzzer_sys::fuzz_target;
use model::{Address, AddressDomain, DomainPattern};

fn round_trip<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let again = value.to_string().parse::<T>();
        assert!(again.is_ok_and(|again| again == value), "{value}");
    }
}

fuzz_target!(|text: &str| {
    round_trip::<Address>(text);
    round_trip::<AddressDomain>(text);
    round_trip::<DomainPattern>(text);
    if let Ok(address) = text.parse::<Address>() {
        assert!(!address.as_str().contains(['\r', '\n', '\0']));
        assert!(address.key().parse::<Address>().is_ok(), "{}", address.key());
    }
});
