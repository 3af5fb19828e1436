//! What counts when records and hosts change, fail and come back, and who waits for whom.

use super::*;
use crate::{Failure, FetchError, RecordError};
use tokio::sync::Semaphore;

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

fn not_found() -> Answer {
    Answer::Bytes(NOT_FOUND.into())
}

const STATUS: Option<Failure> = Some(Failure::Fetch(FetchError::Status(404)));

#[tokio::test]
async fn without_a_record_there_is_no_policy_and_no_request() {
    let rig = Rig::new().await;
    let nothing = Outcome { policy: None, failure: None };
    for says in [
        Says::NoSuchName,
        Says::Texts(Vec::new()),
        Says::Texts(vec!["v=spf1 -all".into(), "v=TLSRPTv1; rua=mailto:a@example.net".into()]),
    ] {
        rig.record(says);
        assert_eq!(rig.ask().await, nothing);
    }
    rig.record(Says::Texts(vec!["v=STSv1; id=1;".into(), "v=STSv1; id=2;".into()]));
    let several = Failure::Record(RecordError::Several(2));
    assert_eq!(several.result_type(), None);
    assert_eq!(rig.ask().await, Outcome { policy: None, failure: Some(several) });
    rig.record(Says::Texts(vec!["v=STSv1; id;".into()]));
    let malformed = rig.ask().await;
    assert!(matches!(malformed.failure, Some(Failure::Record(RecordError::Field(_)))));
    rig.record(Says::Failure);
    let unknown = rig.ask().await;
    assert_eq!(unknown.policy, None);
    assert!(matches!(&unknown.failure, Some(Failure::LookUp(why)) if why.contains("SERVFAIL")));
    let longest = [&"a".repeat(63), &"b".repeat(63), &"c".repeat(63), &*"d".repeat(61)].join(".");
    assert_eq!(rig.policies.of(&domain(&longest), &rig.resolver).await, nothing);
    assert_eq!(rig.web.requests(), 0);
}

#[tokio::test]
async fn a_kept_policy_counts_until_it_expires_whatever_the_record_says() {
    let rig = Rig::new().await;
    let until = rig.ask().await.policy.unwrap().until;
    for (says, is_why) in [
        (Says::NoSuchName, (|why| *why == Failure::Record(RecordError::Absent)) as fn(&_) -> bool),
        (Says::Texts(Vec::new()), |why| *why == Failure::Record(RecordError::Absent)),
        (Says::Texts(vec!["v=STSv1;".into()]), |why| *why == Failure::Record(RecordError::NoId)),
        (Says::Failure, |why| matches!(why, Failure::LookUp(_))),
    ] {
        rig.record(says);
        let outcome = rig.ask().await;
        assert!(outcome.failure.as_ref().is_some_and(is_why), "{outcome:?}");
        let found = outcome.policy.unwrap();
        assert_eq!((found.origin, found.until), (Origin::Kept, until));
    }
    rig.record(Says::NoSuchName);
    rig.wait(TimeSpan::millis(until.since(rig.now()).as_millis() - 1));
    assert_eq!(rig.origin().await, Some(Origin::Kept));
    rig.wait(TimeSpan::millis(1));
    assert_eq!(rig.ask().await, Outcome { policy: None, failure: None });
    assert_eq!(rig.web.requests(), 1);
}

#[tokio::test]
async fn a_new_id_is_fetched_and_a_failure_keeps_the_old_policy() {
    let rig = Rig::new().await;
    rig.ask().await;
    rig.wait(TimeSpan::minutes(1));
    rig.announce("2");
    rig.web.says(not_found());
    // The first asks the host, the others do not for five minutes.
    for wait in [0, 1, 298] {
        rig.wait(TimeSpan::seconds(wait));
        let outcome = rig.ask().await;
        assert_eq!(outcome.failure, STATUS);
        let found = outcome.policy.unwrap();
        assert_eq!((found.id.as_str(), found.origin), ("1", Origin::Kept));
        assert_eq!(rig.web.requests(), 2);
    }
    // The old id confirms the old policy in spite of the failure.
    rig.announce("1");
    let outcome = rig.ask().await;
    assert_eq!((outcome.failure, outcome.policy.unwrap().origin), (None, Origin::Confirmed));
    rig.announce("2");
    rig.web.says(Answer::policy(&WEEK.replace("enforce", "testing")));
    rig.wait(TimeSpan::seconds(1));
    let outcome = rig.ask().await;
    let found = outcome.policy.unwrap();
    assert_eq!((found.id.as_str(), found.origin), ("2", Origin::Fetched));
    assert_eq!((found.policy.mode(), outcome.failure), (crate::Mode::Testing, None));
    assert_eq!(rig.web.requests(), 3);
}

#[tokio::test]
async fn a_failing_host_is_asked_every_five_minutes() {
    let rig = Rig::new().await;
    rig.web.says(not_found());
    for asked in 1..4 {
        for _ in 0..3 {
            assert_eq!(rig.ask().await, Outcome { policy: None, failure: STATUS });
            rig.wait(TimeSpan::minutes(1));
        }
        assert_eq!(rig.web.requests(), asked);
        rig.wait(TimeSpan::minutes(2));
    }
    rig.web.says(Answer::policy(WEEK));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
}

#[tokio::test]
async fn servers_that_disagree_do_not_cost_a_fetch_for_each_message() {
    let rig = Rig::new().await;
    rig.ask().await;
    rig.announce("2");
    rig.wait(TimeSpan::seconds(9));
    let outcome = rig.ask().await;
    assert_eq!((outcome.failure, outcome.policy.unwrap().origin), (None, Origin::Kept));
    assert_eq!(rig.web.requests(), 1);
    rig.wait(TimeSpan::seconds(1));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
}

#[tokio::test]
async fn a_policy_that_lasts_no_time_counts_for_a_moment() {
    let rig = Rig::new().await;
    rig.web.says(Answer::policy(&WEEK.replace("604800", "0")));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
    assert_eq!(rig.origin().await, Some(Origin::Confirmed));
    rig.wait(TimeSpan::seconds(10));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
}

#[tokio::test]
async fn a_policy_outlives_a_restart() {
    let mut rig = Rig::new().await;
    let found = rig.ask().await.policy.unwrap();
    rig.restart();
    rig.record(Says::Failure);
    rig.wait(TimeSpan::days(6));
    let after = rig.ask().await.policy.unwrap();
    assert_eq!(after, crate::Found { origin: Origin::Kept, ..found });
    rig.announce("1");
    rig.wait(TimeSpan::minutes(1));
    assert_eq!(rig.origin().await, Some(Origin::Confirmed));
    assert_eq!(rig.web.requests(), 1);
}

#[tokio::test]
async fn a_dns_that_does_not_answer_is_asked_once_a_minute() {
    let rig = Rig::new().await;
    rig.record(Says::Failure);
    let failed = rig.ask().await;
    assert!(matches!(failed.failure, Some(Failure::LookUp(_))));
    rig.announce("1");
    rig.wait(TimeSpan::seconds(59));
    assert_eq!(rig.ask().await, failed);
    rig.wait(TimeSpan::seconds(1));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
}

#[tokio::test]
async fn who_comes_together_fetches_once() {
    let rig = Rig::new().await;
    let gate = Arc::new(Semaphore::new(0));
    rig.web.says(Answer::gated(&gate, WEEK));
    let asks = futures_util::future::join_all((0..20).map(|_| rig.ask()));
    let open = async {
        rig.web.arrival().await;
        gate.add_permits(1);
    };
    let (outcomes, ()) = tokio::join!(asks, open);
    let of =
        |origin| outcomes.iter().filter(|o| o.policy.as_ref().unwrap().origin == origin).count();
    assert_eq!((of(Origin::Fetched), of(Origin::Confirmed)), (1, 19));
    assert_eq!(rig.web.requests(), 1);
}

#[tokio::test]
async fn who_comes_together_fails_once() {
    let rig = Rig::new().await;
    rig.web.says(not_found());
    let outcomes = futures_util::future::join_all((0..20).map(|_| rig.ask())).await;
    assert!(outcomes.iter().all(|o| *o == Outcome { policy: None, failure: STATUS }));
    assert_eq!(rig.web.requests(), 1);
}

#[tokio::test]
async fn who_has_a_policy_does_not_wait_for_a_newer_one() {
    let rig = Rig::new().await;
    rig.ask().await;
    rig.web.arrival().await;
    rig.wait(TimeSpan::minutes(1));
    rig.announce("2");
    let gate = Arc::new(Semaphore::new(0));
    rig.web.says(Answer::gated(&gate, WEEK));
    let first = rig.ask();
    let second = async {
        rig.web.arrival().await;
        let outcome = rig.ask().await;
        gate.add_permits(1);
        outcome
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.policy.unwrap().origin, Origin::Fetched);
    assert_eq!((second.policy.unwrap().origin, second.failure), (Origin::Kept, None));
    assert_eq!(rig.web.requests(), 2);
}

#[tokio::test]
async fn a_look_up_that_is_given_up_blocks_nobody() {
    let rig = Rig::new().await;
    rig.web.says(Answer::Stuck(Vec::new()));
    tokio::select! {
        outcome = rig.ask() => panic!("{outcome:?}"),
        () = rig.web.arrival() => {}
    }
    rig.web.says(Answer::policy(WEEK));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
}

#[tokio::test]
async fn domains_do_not_mix() {
    let rig = Rig::new().await;
    rig.ask().await;
    for other in ["a.example.net", "net", "example.org"] {
        let outcome = rig.policies.of(&domain(other), &rig.resolver).await;
        assert_eq!(outcome, Outcome { policy: None, failure: None }, "{other}");
    }
}
