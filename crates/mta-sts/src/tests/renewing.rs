//! Renewals: which policies they are for, and what stops them.

use super::*;
use crate::Refreshed;

const NOTHING: Refreshed = Refreshed { renewed: 0, failed: 0, left: 0, expired: 0 };

impl Rig {
    async fn refresh(&self) -> Refreshed {
        // As its owner does: in a task of its own.
        let (policies, resolver) = (self.policies.clone(), self.resolver.clone());
        tokio::spawn(async move { policies.refresh(&resolver).await }).await.unwrap()
    }

    fn kept(&self) -> usize {
        std::fs::read_dir(self.place.path().join("mta-sts")).unwrap().count()
    }
}

#[tokio::test]
async fn what_expires_within_a_day_is_renewed() {
    let rig = Rig::new().await;
    assert_eq!(rig.refresh().await, NOTHING);
    rig.ask().await;
    rig.wait(TimeSpan::days(6));
    assert_eq!(rig.refresh().await, NOTHING);
    rig.wait(TimeSpan::millis(1));
    assert_eq!(rig.refresh().await, Refreshed { renewed: 1, ..NOTHING });
    let found = rig.ask().await.policy.unwrap();
    assert_eq!(found.origin, Origin::Confirmed);
    assert_eq!(found.until, rig.now() + TimeSpan::days(7));
    assert_eq!(rig.refresh().await, NOTHING);
    assert_eq!(rig.web.requests(), 2);
}

#[tokio::test]
async fn a_renewal_takes_what_is_announced_now() {
    let mut rig = Rig::new().await;
    rig.ask().await;
    rig.wait(TimeSpan::hours(6 * 24 + 1));
    rig.announce("2");
    rig.web.says(Answer::policy(&WEEK.replace("*.mx", "other")));
    assert_eq!(rig.refresh().await, Refreshed { renewed: 1, ..NOTHING });
    rig.restart();
    let found = rig.ask().await.policy.unwrap();
    assert_eq!((found.id.as_str(), found.origin), ("2", Origin::Confirmed));
    assert!(found.policy.allows(&domain("other.example.net")));
}

#[tokio::test]
async fn a_dns_that_does_not_answer_lets_no_policy_expire() {
    let rig = Rig::new().await;
    rig.ask().await;
    rig.wait(TimeSpan::hours(6 * 24 + 1));
    rig.record(Says::Failure);
    assert_eq!(rig.refresh().await, Refreshed { renewed: 1, ..NOTHING });
    rig.announce("1");
    rig.wait(TimeSpan::minutes(1));
    assert_eq!(rig.origin().await, Some(Origin::Confirmed));
}

#[tokio::test]
async fn a_record_that_is_gone_lets_it_expire() {
    let rig = Rig::new().await;
    rig.ask().await;
    rig.record(Says::NoSuchName);
    rig.wait(TimeSpan::hours(6 * 24 + 1));
    assert_eq!(rig.refresh().await, Refreshed { left: 1, ..NOTHING });
    assert_eq!((rig.web.requests(), rig.kept()), (1, 1));
    rig.wait(TimeSpan::hours(23));
    assert_eq!(rig.refresh().await, Refreshed { expired: 1, ..NOTHING });
    assert_eq!((rig.refresh().await, rig.kept()), (NOTHING, 0));
}

#[tokio::test]
async fn a_host_that_fails_is_tried_again_and_costs_nothing_before_the_end() {
    let rig = Rig::new().await;
    rig.ask().await;
    rig.wait(TimeSpan::hours(6 * 24 + 1));
    rig.web.says(Answer::Bytes(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n".to_vec()));
    for _ in 0..2 {
        assert_eq!(rig.refresh().await, Refreshed { failed: 1, ..NOTHING });
        assert_eq!(rig.web.requests(), 2);
    }
    // The record still announces what is kept.
    let outcome = rig.ask().await;
    assert_eq!((outcome.failure, outcome.policy.unwrap().origin), (None, Origin::Confirmed));
    rig.wait(TimeSpan::hours(1));
    rig.web.says(Answer::policy(WEEK));
    assert_eq!(rig.refresh().await, Refreshed { renewed: 1, ..NOTHING });
}

#[tokio::test]
async fn what_protects_nothing_is_not_renewed() {
    let rig = Rig::new().await;
    rig.web.says(Answer::policy("version: STSv1\nmode: none\nmax_age: 3600\n"));
    assert_eq!(rig.origin().await, Some(Origin::Fetched));
    rig.wait(TimeSpan::minutes(30));
    assert_eq!(rig.refresh().await, NOTHING);
    rig.wait(TimeSpan::minutes(30));
    assert_eq!(rig.refresh().await, Refreshed { expired: 1, ..NOTHING });
}

#[tokio::test]
async fn many_are_renewed_in_one_round() {
    let rig = Rig::new().await;
    // One host answers for all: its certificate names them.
    let all: Vec<DomainName> = (0..30).map(|n| domain(&format!("d{n}.example.net"))).collect();
    let hosts = all.iter().map(|name| format!("mta-sts.{name}"));
    let web = Web::start(rig.authority.issue_all(hosts.collect())).await;
    let mut rig = Rig::with(rig.authority, web, PATIENT).await;
    for name in &all {
        let record = Says::Texts(vec!["v=STSv1; id=1".into()]);
        rig.names.say(&format!("_mta-sts.{name}"), record);
        assert!(rig.policies.of(name, &rig.resolver).await.policy.is_some());
    }
    rig.restart();
    rig.wait(TimeSpan::hours(6 * 24 + 1));
    assert_eq!(rig.refresh().await, Refreshed { renewed: 30, ..NOTHING });
}
