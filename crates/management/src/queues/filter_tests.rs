use proptest::prelude::*;

use model::Timestamp;

use super::super::column::{Column, Read, row};
use super::*;

struct Line {
    domain: &'static str,
    count: f64,
    status: &'static str,
    error: Option<&'static str>,
    size: u64,
    at: Timestamp,
}

const COLUMNS: &[Column<Read<Line>>] = &[
    Column::new("NextHopDomain", Type::Text, |row| Field::text(row.domain)),
    Column::new("MessageCount", Type::Number, |row| Field::Number(row.count)),
    Column::new("Status", Type::Word, |row| Field::text(row.status)),
    Column::new("LastError", Type::Text, |row| row.error.map_or(Field::Empty, Field::text)),
    Column::new("Size", Type::Size, |row| Field::Size(row.size)),
    Column::new("DateReceived", Type::Time, |row| Field::Time(row.at)),
    Column::new("Recipients", Type::Shown, |_| Field::Empty),
];

row!(Line, COLUMNS);

fn parse(text: &str) -> Result<Filter, ValueError> {
    Filter::parse::<Line>(text, DateOrder::MonthFirst)
}

fn line() -> Line {
    Line {
        domain: "mail.Contoso.com",
        count: 12.0,
        status: "Retry",
        error: Some("451 4.4.0 can't do"),
        size: 2 << 20,
        at: Timestamp::from_millis(1_700_000_000_000), // 2023-11-14 22:13:20
    }
}

fn holds(filter: &str) -> bool {
    parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}")).matches(&line())
}

#[test]
fn documented_forms() {
    for yes in [
        "NextHopDomain -eq 'MAIL.contoso.com'",
        "nexthopdomain -LIKE '*contoso*'",
        "NextHopDomain -like '*.contoso.com' -and MessageCount -ge 12",
        "NextHopDomain -like mail*",
        "{Status -eq \"Retry\" -and MessageCount -gt 5}",
        "Status -ne 'Ready'",
        "LastError -like '451*' -and LastError -ne $null",
        "LastError -eq '451 4.4.0 can''t do'",
        "Size -gt 1MB -and Size -le '2 MB'",
        "DateReceived -lt '11/14/2023 10:14 PM'",
        "DateReceived -ge '2023-11-14 22:13:20' -and DateReceived -lt '2023-11-15'",
        "DateReceived -eq '2023-11-14T22:13:20.000Z'",
        "DateReceived -lt '11/15/2023 12:00 AM'",
    ] {
        assert!(holds(yes), "{yes}");
    }
    for no in [
        "NextHopDomain -eq contoso.com",
        "MessageCount -lt 12",
        "LastError -eq $null",
        "DateReceived -gt '11/14/2023 11:00 PM'",
        "Status -eq 'Retry' -and Status -eq 'Active'",
    ] {
        assert!(!holds(no), "{no}");
    }
}

#[test]
fn errors_say_what_is_wrong() {
    for (filter, part) in [
        ("", "complete"),
        ("Status", "complete"),
        ("Status -eq", "complete"),
        ("Status -eq 'a' -and", "complete"),
        ("Status -eq 'a' -or Status -eq 'b'", "-or"),
        ("Status -like 'a*'", "-eq or -ne"),
        ("NextHopDomain -gt 'a'", "-like"),
        ("MessageCount -eq many", "number"),
        ("MessageCount -gt $null", "order"),
        ("Size -eq huge", "size"),
        ("DateReceived -lt tomorrow", "date"),
        ("DateReceived -lt '13/13/2023'", "date"),
        ("Nothing -eq 1", "NextHopDomain, MessageCount"),
        ("Recipients -eq 1", "cannot be filtered by"),
        ("'Status' -eq 'x'", "cannot be filtered by"),
        ("NextHopDomain -like 'a*b'", "middle"),
        ("Status -eq 'x", "closing quote"),
        ("NextHopDomain -eq \"a\"b -and Status -eq 'x'", "blank"),
    ] {
        let error = parse(filter).err().unwrap_or_else(|| panic!("{filter}"));
        assert!(error.to_string().contains(part), "{filter}: {error}");
    }
    let long = format!("Status -eq '{}'", "x".repeat(20_000));
    assert!(parse(&long).is_err());
    let many = vec!["Status -eq 'x'"; 60].join(" -and ");
    assert!(parse(&many).is_err());
}

proptest! {
    #[test]
    fn never_fails_on_rubbish(text in ".{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn quoted_values_come_back(text in "[^*]{0,60}") {
        let filter = format!("NextHopDomain -ne '{}'", text.replace('\'', "''"));
        let parsed = parse(&filter).unwrap();
        prop_assert_eq!(&parsed.clauses[0].test, &Test::Text(Pattern::whole(&text), false));
    }
}
