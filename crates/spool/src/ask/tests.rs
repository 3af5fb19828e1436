//! Every question, asked of a real file.

use super::*;
use crate::{
    Due,
    testing::{Place, record, row},
};

#[test]
fn what_was_parked_comes_back_whole() {
    let place = Place::new();
    let [a, b] = place.insert(2)[..] else { panic!() };
    let full = WaitingRow {
        due: Due::NotBefore(Timestamp::from_millis(5000)),
        band: 2,
        sender: u64::MAX,
        told: true,
        attempts: 3,
        crashes: 1,
        size: 1 << 40,
        subject: None,
        last_error: Some("450 4.2.0 later".into()),
        ..row(a, &[0, 2], 9)
    };
    place.commit(|batch| {
        batch.park(full.clone()).park(row(a, &[1], 4)).park(row(b, &[2, 1, 1], 9));
        batch.park(row(MessageId::new(4444).unwrap(), &[0], 9));
        batch.park(WaitingRow { due: Due::Suspended, ..row(b, &[0], 9) });
    });
    assert_eq!(place.spool.rows_of(a).unwrap(), [full.clone(), row(a, &[1], 4)]);
    let suspended = WaitingRow { due: Due::Suspended, ..row(b, &[0], 9) };
    let all = [row(b, &[1, 2], 9), full.clone(), suspended];
    assert_eq!(place.spool.scan_queue(9, None, 10).unwrap(), all);
    let from = Some(all[0].turn_key());
    assert_eq!(place.spool.scan_queue(9, from, 1).unwrap(), std::slice::from_ref(&full));
    assert_eq!(place.load(9, 4999, 10), [row(b, &[1, 2], 9)]);
    assert_eq!(place.load(9, 5000, 10), [row(b, &[1, 2], 9), full.clone()]);
    let at = |millis| Some(Timestamp::from_millis(millis));
    let nine = WaitingCount {
        now: 1,
        later: 1,
        suspended: 1,
        earliest: at(5000),
        oldest: at(a.as_u64() as i64 * 10),
        ..WaitingCount::none(9)
    };
    let four = WaitingCount { now: 1, oldest: nine.oldest, ..WaitingCount::none(4) };
    assert_eq!(place.spool.waiting_counts().unwrap(), [four, nine]);
    let old = |told, band, at, after| {
        let at = Timestamp::from_millis(at);
        place.spool.older_than(told, band, at, after, 10).unwrap()
    };
    assert_eq!(old(true, 2, 10, None), std::slice::from_ref(&full));
    assert!(old(true, 2, 9, None).is_empty());
    let young = old(false, 1, 1000, Some(row(a, &[1], 4).age_key()));
    let keys: Vec<_> = young.iter().map(|row| (row.message, row.recipients[0])).collect();
    assert_eq!(keys, [(b, 0), (b, 1)]);

    place.commit(|batch| {
        batch.unpark(full.key()).remove(b);
    });
    assert_eq!(place.spool.rows_of(a).unwrap(), [row(a, &[1], 4)]);
    assert!(place.spool.rows_of(b).unwrap().is_empty(), "rows go with their message");
    assert!(place.spool.message(b).unwrap().is_none());
    assert_eq!(place.spool.message(a).unwrap().unwrap().record, record(a, 3));
}

#[test]
fn a_scan_shows_every_row_once_and_in_order() {
    let place = Place::new();
    let ids = place.insert(1500);
    place.commit(|batch| {
        for id in &ids {
            batch.park(row(*id, &[0, 2], id.as_u64() % 3)).park(row(*id, &[1], 5));
        }
    });
    let mut seen = Vec::new();
    place
        .spool
        .scan(None, &mut |view| {
            assert_eq!(view.subject(), Some("Été"));
            seen.push(view.key());
            ControlFlow::Continue(())
        })
        .unwrap();
    let expected: Vec<_> =
        ids.iter().flat_map(|id| [0, 1].map(|first| RowKey { message: *id, first })).collect();
    assert_eq!(seen, expected);
    // What was not asked for at first is there all the same, and from now on at once.
    let mut seen = Vec::new();
    let mut visit = |view: &RowView<'_>| {
        if seen.len() % 700 == 699 {
            let whole = row(view.key().message, &view.recipients().unwrap(), view.queue());
            assert_eq!(view.to_row(), whole);
            assert_eq!(
                (view.from_address(), view.size(), view.last_error()),
                ("jean@contoso.com", 5, None)
            );
        }
        seen.push(view.key());
        ControlFlow::Continue(())
    };
    place.spool.scan(None, &mut visit).unwrap();
    assert_eq!(seen, expected);
    let mut rest = Vec::new();
    place
        .spool
        .scan(Some(expected[2997]), &mut |view| {
            // Whoever is shown a row may look into its message.
            assert!(place.spool.message(view.key().message).unwrap().is_some());
            rest.push(view.to_row());
            if rest.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(rest.iter().map(WaitingRow::key).collect::<Vec<_>>(), expected[2998..]);
}

#[test]
fn next_hops_are_kept() {
    let place = Place::new();
    let hop = |number, key: &str, state: &str| NextHopRow {
        number,
        key: key.to_owned(),
        state: state.to_owned(),
    };
    place.commit(|batch| {
        batch.next_hop(hop(2, "b", "")).next_hop(hop(1, "a", "x")).next_hop(hop(3, "c", ""));
        batch.next_hop(hop(1, "a", "y")).forget_next_hop(3);
    });
    assert_eq!(place.spool.next_hops().unwrap(), [hop(1, "a", "y"), hop(2, "b", "")]);
}

#[test]
fn contents_are_read_until_the_bytes_are_used_up() {
    let place = Place::new();
    let ids = place.insert(4);
    place.commit(|batch| {
        batch.remove(ids[1]);
    });
    let size = "content of 1".len();
    let read = |most| -> Vec<_> {
        place.spool.contents_of(&ids, most).into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(read(2 * size), [ids[0], ids[2]]);
    assert_eq!(read(2 * size - 1), [ids[0]]);
    assert_eq!(read(usize::MAX), [ids[0], ids[2], ids[3]]);
}
