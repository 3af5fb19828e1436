//! What is left of any rows, by any needs, is what one look at each would have left.

use proptest::prelude::*;

use super::*;
use crate::{
    WaitingRow,
    testing::{Place, content, record, row},
};

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[abA]{0,2}@[abA]{0,2}", "[abK%_\\\\]{0,4}", "[aké\u{212a}]{0,3}"]
}

/// Small ones, and those of digests.
fn part() -> impl Strategy<Value = u64> {
    prop_oneof![1_u64..12, Just(digest::PART)]
}

fn text_needs() -> impl Strategy<Value = Option<TextNeed>> {
    let kinds = [TextNeed::Whole, TextNeed::Start, TextNeed::End, TextNeed::Part];
    proptest::option::of(
        (proptest::sample::select(kinds.to_vec()), "[abkK%_\\\\]{1,2}|@[aB]{0,2}")
            .prop_map(|(kind, text)| kind(text)),
    )
}

fn needs() -> impl Strategy<Value = Needs> {
    (
        text_needs(),
        text_needs(),
        proptest::option::of((0_u64..6, 0_u64..6)),
        proptest::option::of((0_i64..300, 0_i64..300)),
        proptest::option::of(proptest::collection::vec(1_u64..4, 0..3)),
    )
        .prop_map(|(sender, subject, size, accepted, queues)| Needs {
            sender,
            subject,
            size: size.map(|(a, b)| a..=b),
            accepted: accepted.map(|(a, b)| a..=b),
            queues,
        })
}

fn is(text: &str, need: &TextNeed) -> bool {
    let text = text.to_ascii_lowercase();
    match need {
        TextNeed::Whole(need) => text == need.to_ascii_lowercase(),
        TextNeed::Start(need) => text.starts_with(&need.to_ascii_lowercase()),
        TextNeed::End(need) => text.ends_with(&need.to_ascii_lowercase()),
        TextNeed::Part(need) => text.contains(&need.to_ascii_lowercase()),
    }
}

/// Whether a row has what is needed; what is not ASCII is beyond judgement.
fn has(row: &WaitingRow, needs: &Needs) -> bool {
    let text = |text: &str, need: &TextNeed| !text.is_ascii() || is(text, need);
    needs.sender.as_ref().is_none_or(|need| text(&row.from_address, need))
        && (needs.subject.as_ref())
            .is_none_or(|need| row.subject.as_ref().is_some_and(|subject| text(subject, need)))
        && needs.size.as_ref().is_none_or(|size| size.contains(&row.size))
        && needs.accepted.as_ref().is_none_or(|range| range.contains(&row.accepted_at.as_millis()))
        && needs.queues.as_ref().is_none_or(|queues| queues.contains(&row.queue))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_has_it_is_shown_once_and_in_order(
        rows in proptest::collection::vec((texts(), proptest::option::of(texts()), 0_u64..6, 1_u64..4, any::<bool>()), 1..40),
        wanted in proptest::collection::vec(needs(), 1..8),
        (part, dense, skipped, most) in (part(), 1_usize..6, 0_usize..30, 1_usize..40),
        changed in proptest::collection::vec((0_usize..40, texts(), 0_u64..6, 1_u64..4), 0..5),
    ) {
        let place = Place::new();
        // So that they are in many parts.
        let far = part.div_ceil(3);
        let number = |n: usize| model::MessageId::new(1 + n as u64 * far).unwrap();
        let ids: Vec<_> = (0..rows.len()).map(number).collect();
        place.commit(|batch| {
            for id in &ids {
                batch.insert(record(*id, 3), content(*id));
            }
        });
        let mut all = Vec::new();
        for (id, (sender, subject, size, queue, is_split)) in ids.iter().zip(rows) {
            let recipients: &[u32] = if is_split { &[0] } else { &[0, 1] };
            let first = WaitingRow {
                size,
                from_address: sender.into(),
                subject: subject.map(Into::into),
                ..row(*id, recipients, queue)
            };
            all.push(first.clone());
            if is_split {
                all.push(WaitingRow { recipients: vec![1], queue: 3, ..first });
            }
        }
        place.commit(|batch| {
            for row in &all {
                batch.park(row.clone());
            }
        });
        let from = skipped.checked_sub(1).and_then(|n| all.get(n)).map(WaitingRow::key);
        let mut changed = changed.into_iter();
        for needs in wanted {
            // What is known of a row that is written again is known no longer.
            if let Some((n, sender, size, queue)) = changed.next()
                && let Some(row) = all.get_mut(n)
            {
                (row.from_address, row.size, row.queue) = (sender.into(), size, queue);
                place.commit(|batch| {
                    batch.park(row.clone());
                });
            }
            let mut shown = Vec::new();
            let cut = Cut { part, dense };
            place.spool.scan_in_parts(from, &needs, cut, &mut |view| {
                let row = view.to_row();
                if has(&row, &needs) {
                    shown.push(row);
                }
                if shown.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }).unwrap();
            let rest = all.iter().filter(|row| Some(row.key()) > from);
            let expected: Vec<_> = rest.filter(|row| has(row, &needs)).take(most).cloned().collect();
            prop_assert_eq!(shown, expected);
        }
    }
}

/// What was written by an outside hand reads as something; it is not for the test to say what.
#[test]
fn what_cannot_be_judged_passes() {
    let place = Place::new();
    let ids = place.insert(20);
    place.commit(|batch| {
        for id in &ids {
            batch.park(row(*id, &[0], 1));
        }
    });
    let outside = rusqlite::Connection::open(place.spool.path()).unwrap();
    let damage = "UPDATE waiting SET size = 'x', accepted = 'y' WHERE message = ?1";
    outside.execute(damage, [ids[11].as_u64()]).unwrap();
    let needs = Needs { size: Some(0..=1), accepted: Some(0..=1), ..Needs::default() };
    let mut shown = Vec::new();
    let cut = Cut { part: 2, dense: 5 };
    let mut visit = |view: &RowView<'_>| {
        shown.push((view.key().message, view.size()));
        ControlFlow::Continue(())
    };
    place.spool.scan_in_parts(None, &needs, cut, &mut visit).unwrap();
    assert_eq!(shown, [(ids[11], 0)]);
}

#[test]
fn whoever_looks_badly_keeps_no_thread_waiting() {
    let place = Place::new();
    let ids = place.insert(100);
    place.commit(|batch| {
        for id in &ids {
            batch.park(row(*id, &[0], 1));
        }
    });
    let needs = Needs { size: Some(0..=9), ..Needs::default() };
    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        place.spool.scan_in_parts(None, &needs, Cut { part: 2, dense: 5 }, &mut |_| panic!("badly"))
    }));
    assert!(looked.is_err());
}

/// The second question is answered from digests, and what has been written meanwhile is seen.
#[test]
fn a_row_that_is_written_again_is_seen_by_the_next_question() {
    let place = Place::new();
    let number = |n: u64| model::MessageId::new(1 + n * digest::PART).unwrap();
    place.commit(|batch| {
        for n in 0..8 {
            batch.insert(record(number(n), 3), content(number(n)));
            batch.park(row(number(n), &[0], 1));
        }
    });
    let needs = Needs { queues: Some(vec![2]), ..Needs::default() };
    let shown = || {
        let mut shown = Vec::new();
        let mut visit = |view: &RowView<'_>| {
            shown.push(view.key().message);
            ControlFlow::Continue(())
        };
        place.spool.scan_needing(None, &needs, &mut visit).unwrap();
        shown
    };
    assert!(shown().is_empty());
    assert!(place.spool.digests().has(3 * digest::PART));
    place.commit(|batch| {
        batch.park(row(number(3), &[0], 2));
    });
    assert!(!place.spool.digests().has(3 * digest::PART), "it is made anew when it is asked for");
    assert!(place.spool.digests().has(4 * digest::PART));
    assert_eq!(shown(), [number(3)]);
}
