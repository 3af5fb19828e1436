//! What a message's row in the store needs to have to satisfy a filter, as far as the store can test
//! that by itself. It leaves rows out; the filter still judges what it is shown.

use transport::{Needs, TextNeed};

use super::filter::Filter;
use super::message_row::MessageRow;
use super::text::{Pattern, Shape};

/// Beyond this a float is no exact integer: there it says nothing.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What `filter` needs.
pub(super) fn needs(filter: &Filter) -> Needs {
    // The null path is shown as `<>`, and a message without a subject as one that is empty.
    let text = |name, shown_for_nothing| {
        let mut patterns = filter.patterns::<MessageRow<'_>>(name);
        patterns.find_map(|pattern| text_need(pattern, shown_for_nothing))
    };
    let size = whole(filter.range::<MessageRow<'_>>("Size"));
    Needs {
        sender: text("FromAddress", "<>").or_else(|| text("OriginalFromAddress", "<>")),
        subject: text("Subject", ""),
        size: size.map(|(least, most)| least.max(0).cast_unsigned()..=most.max(0).cast_unsigned()),
        accepted: whole(filter.range::<MessageRow<'_>>("DateReceived"))
            .map(|(least, most)| least..=most),
        queues: None,
    }
}

/// A need that texts which match have, unless one that is not there at all matches too.
fn text_need(pattern: &Pattern, shown_for_nothing: &str) -> Option<TextNeed> {
    let (shape, text) = pattern.parts();
    if !text.is_ascii() || text.is_empty() || pattern.matches(shown_for_nothing) {
        return None;
    }
    let need = match shape {
        Shape::Whole => TextNeed::Whole,
        Shape::Start => TextNeed::Start,
        Shape::End => TextNeed::End,
        Shape::Part => TextNeed::Part,
    };
    Some(need(text.to_owned()))
}

/// The whole numbers of a range that is limited at one end at least. One that nothing is in needs no
/// test: the filter lets nothing through.
fn whole((least, most): (f64, f64)) -> Option<(i64, i64)> {
    if least == f64::NEG_INFINITY && most == f64::INFINITY || least > most {
        return None;
    }
    let least = if least.abs() < EXACT { least.floor() as i64 } else { i64::MIN };
    let most = if most.abs() < EXACT { most.ceil() as i64 } else { i64::MAX };
    Some((least, most))
}

#[cfg(test)]
mod tests {
    use super::super::moment::DateOrder;
    use super::*;

    fn of(text: &str) -> Needs {
        needs(&Filter::parse::<MessageRow<'_>>(text, DateOrder::DayFirst).unwrap())
    }

    #[test]
    fn of_what_the_store_can_test() {
        let needs = of(
            "FromAddress -like '*@Example.NET' -and Subject -eq 'Sale' -and Size -gt 1KB -and Size -le 2048",
        );
        assert_eq!(needs.sender, Some(TextNeed::End("@example.net".to_owned())));
        assert_eq!(needs.subject, Some(TextNeed::Whole("sale".to_owned())));
        assert_eq!(needs.size, Some(1024..=2048));
        assert_eq!(needs.accepted, None);
        let needs = of("DateReceived -lt '2026-11-29T00:00:00Z' -and Subject -like '*50%*'");
        assert_eq!(needs.accepted, Some(i64::MIN..=1_795_910_400_000));
        assert_eq!(needs.subject, Some(TextNeed::Part("50%".to_owned())));
    }

    #[test]
    fn of_nothing_else() {
        for filter in [
            "FromAddress -ne 'a@example.net'",
            "FromAddress -like '<*'",
            "FromAddress -eq '<>'",
            "Subject -like '*'",
            "Subject -eq ''",
            "Subject -eq $null",
            "Subject -like '*é*'",
            "Size -ne 5",
            "Size -gt 5KB -and Size -lt 1KB",
            "Status -eq 'Suspended'",
        ] {
            assert_eq!(of(filter), Needs::default(), "{filter}");
        }
    }
}
