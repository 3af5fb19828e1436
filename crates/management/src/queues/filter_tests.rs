use proptest::prelude::*;

use super::*;

struct Row {
    domain: &'static str,
    count: f64,
    status: &'static str,
    error: Option<&'static str>,
    size: u64,
    at: Timestamp,
}

const COLUMNS: &[Column<Row>] = &[
    Column::new("NextHopDomain", Type::Text, |row| Field::text(row.domain)),
    Column::new("MessageCount", Type::Number, |row| Field::Number(row.count)),
    Column::new("Status", Type::Word, |row| Field::text(row.status)),
    Column::new("LastError", Type::Text, |row| row.error.map_or(Field::Empty, Field::text)),
    Column::new("Size", Type::Size, |row| Field::Size(row.size)),
    Column::new("DateReceived", Type::Time, |row| Field::Time(row.at)),
    Column::new("Recipients", Type::Shown, |_| Field::Empty),
];

fn row() -> Row {
    Row {
        domain: "mail.Contoso.com",
        count: 12.0,
        status: "Retry",
        error: Some("451 4.4.0 can't do"),
        size: 2 << 20,
        at: Timestamp::from_millis(1_700_000_000_000), // 2023-11-14 22:13:20
    }
}

fn holds(filter: &str) -> bool {
    Filter::parse(filter, COLUMNS).unwrap_or_else(|e| panic!("{filter}: {e}")).matches(&row())
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
        let error = Filter::parse(filter, COLUMNS).err().unwrap_or_else(|| panic!("{filter}"));
        assert!(error.to_string().contains(part), "{filter}: {error}");
    }
    let long = format!("Status -eq '{}'", "x".repeat(20_000));
    assert!(Filter::parse(&long, COLUMNS).is_err());
    let many = vec!["Status -eq 'x'"; 60].join(" -and ");
    assert!(Filter::parse(&many, COLUMNS).is_err());
}

#[test]
fn halves_of_the_day() {
    let hour = |text: &str| moment(text).unwrap().date_time().hour();
    assert_eq!(hour("1/1/2024 12:30 AM"), 0);
    assert_eq!(hour("1/1/2024 12:30 PM"), 12);
    assert_eq!(hour("1/1/2024 1:05:06 pm"), 13);
    for bad in ["1/1/2024 13:00 PM", "1/1/2024 0:30 AM", "1/1/2024 1:00 XM", "1/1/24", "2024-02-30"]
    {
        assert!(moment(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn never_fails_on_rubbish(text in ".{0,200}") {
        let _ = Filter::parse(&text, COLUMNS);
    }

    #[test]
    fn quoted_values_come_back(text in "[^*]{0,60}") {
        let filter = format!("NextHopDomain -ne '{}'", text.replace('\'', "''"));
        let parsed = Filter::parse(&filter, COLUMNS).unwrap();
        prop_assert_eq!(&parsed.clauses[0].value, &Wanted::Text(text.to_lowercase()));
    }
}
