//! Policy files: what is read, what is refused with which words, and that nothing else happens.

use proptest::prelude::*;

use super::*;

const GOOD: &str =
    "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n";

fn parse(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse(text.as_bytes())
}

fn host(text: &str) -> DomainName {
    text.parse().unwrap()
}

#[test]
fn a_policy_is_read() {
    for text in [
        GOOD.to_owned(),
        GOOD.replace('\n', "\r\n"),
        GOOD.replace('\n', " \t\r\n"),
        GOOD.replace(": ", ":"),
        GOOD.trim_end().to_owned(),
        format!("{GOOD}\n\r\n"),
        format!("x-unknown.1: \u{e9} : value\n{GOOD}other_key:1\nVersion: 2\n"),
    ] {
        let policy = parse(&text).unwrap();
        assert_eq!(policy.mode(), Mode::Enforce, "{text:?}");
        assert_eq!(policy.max_age().as_seconds(), 604_800);
        assert_eq!(policy.to_string(), GOOD);
    }
}

#[test]
fn hosts_are_allowed_by_any_mx() {
    let policy = parse(GOOD).unwrap();
    assert!(policy.allows(&host("MAIL.example.com")) && policy.allows(&host("a.example.net")));
    assert!(!policy.allows(&host("a.example.com")) && !policy.allows(&host("example.net")));
    let none = parse("version: STSv1\nmode: none\nmax_age: 0").unwrap();
    assert!(none.mx().is_empty() && none.allows(&host("any.example.org")));
}

#[test]
fn of_a_repeated_key_the_first_counts() {
    let text = format!("{GOOD}mode: none\nmax_age: never\nversion: STSv2\nmx: third.example\n");
    let policy = parse(&text).unwrap();
    assert_eq!((policy.mode(), policy.max_age().as_seconds()), (Mode::Enforce, 604_800));
    assert_eq!(policy.mx().len(), 3);
    let first_is_bad = format!("mode: Enforce\n{GOOD}");
    assert!(matches!(parse(&first_is_bad), Err(PolicyError::Value { key: "mode", .. })));
}

#[test]
fn what_is_missing_is_named() {
    for key in ["version", "mode", "max_age"] {
        let text: Vec<&str> = GOOD.lines().filter(|line| !line.starts_with(key)).collect();
        assert_eq!(parse(&text.join("\n")), Err(PolicyError::Missing(key)));
    }
    assert_eq!(parse(""), Err(PolicyError::Missing("version")));
    for mode in [Mode::Enforce, Mode::Testing] {
        let text = format!("version: STSv1\nmode: {mode}\nmax_age: 1\n");
        assert_eq!(parse(&text), Err(PolicyError::NoMx(mode)));
    }
}

#[test]
fn nonsense_is_refused_with_its_place() {
    for bad in ["mode", "mode :enforce", ": x", "mode:", "-a: b", "a b: c", "x: \u{7}", "é: 1"] {
        let text = format!("version: STSv1\n{bad}\n{GOOD}");
        assert_eq!(parse(&text), Err(PolicyError::Line(2)), "{bad:?}");
    }
    let long_key = format!("{}: 1\n{GOOD}", "k".repeat(33));
    assert_eq!(parse(&long_key), Err(PolicyError::Line(1)));
    assert_eq!(parse(&format!("\u{feff}{GOOD}")), Err(PolicyError::Line(1)));
    assert_eq!(parse("<!DOCTYPE html>\n<p>"), Err(PolicyError::Line(1)));
    assert_eq!(Policy::parse(b"version: STSv1\xff"), Err(PolicyError::NotText));
    for (old, new) in [
        ("STSv1", "STSv2"),
        ("enforce", "Enforce"),
        ("604800", "31557601"),
        ("604800", "-1"),
        ("604800", "+1"),
        ("604800", "00000000001"),
        ("604800", "9999999999"),
        ("mail.example.com", "*"),
        ("mail.example.com", "mail.example.com."),
    ] {
        let refused = parse(&GOOD.replace(old, new));
        assert!(matches!(refused, Err(PolicyError::Value { .. })), "{new}: {refused:?}");
    }
    assert_eq!(parse(&GOOD.replace("604800", "31557600")).unwrap().max_age(), MaxAge::MAX);
    let told = parse(&GOOD.replace("enforce", "on")).unwrap_err().to_string();
    assert!(told.contains("mode") && told.contains("\"on\"") && told.contains("testing"), "{told}");
}

#[test]
fn size_and_patterns_are_bounded() {
    let mut text = format!("{GOOD}x: ");
    text.extend(std::iter::repeat_n('y', LARGEST_FILE - text.len()));
    assert!(parse(&text).is_ok());
    text.push('y');
    assert_eq!(parse(&text), Err(PolicyError::TooLarge));
    let many = |n: usize| format!("{GOOD}{}", "mx: a.example\n".repeat(n));
    assert_eq!(parse(&many(248)).unwrap().mx().len(), 250);
    assert_eq!(parse(&many(249)), Err(PolicyError::TooManyMx));
}

prop_compose! {
    fn some_policy()(
        mode in prop_oneof![Just(Mode::Enforce), Just(Mode::Testing), Just(Mode::None)],
        mx in prop::collection::vec("(\\*\\.)?[a-z0-9]{1,10}(\\.[a-z0-9]{1,10}){0,3}", 1..20),
        seconds in 0..=MaxAge::MAX.0,
    ) -> Policy {
        let mx = mx.iter().map(|pattern| pattern.parse().unwrap()).collect();
        Policy::new(mode, mx, MaxAge(seconds)).unwrap()
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_policy_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Policy::parse(&bytes);
    }

    #[test]
    fn any_lines_are_a_policy_or_an_error(
        lines in prop::collection::vec("(version|mode|mx|max_age|[a-z]{1,3})?:? ?(STSv1|none|testing|[0-9]{1,11}|\\PC{0,8})", 0..12),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) {
        if let Ok(policy) = parse(&lines.join(end)) {
            prop_assert_eq!(parse(&policy.to_string()), Ok(policy));
        }
    }

    #[test]
    fn a_policy_survives_its_file(policy in some_policy(), crlf: bool) {
        let mut text = policy.to_string();
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        prop_assert_eq!(parse(&text), Ok(policy));
    }
}
