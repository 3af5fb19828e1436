//! Many reports at once are made at their pace: who waits for his turn stays where he is, for all to
//! see, and keeps nobody else.

use model::{Clock, ManualClock};

use super::*;
use crate::{Matches, MessageAction, MessageScope, Progress, ReportPace};

/// So many at once, and one a second.
const BURST: usize = 2;

struct Paced {
    place: Place,
    clock: Arc<ManualClock>,
    transport: Transport,
}

impl Paced {
    async fn start() -> Self {
        let place = Place::new();
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let pace = ReportPace { per_second: 1, burst: BURST as u32 };
        let transport = place
            .start_with(|settings| {
                settings.clock = time;
                settings.report_pace = pace;
            })
            .await;
        Self { place, clock, transport }
    }

    fn count(&self) -> usize {
        self.transport.messages().iter().filter(|m| m.from_address != "<>").count()
    }

    /// A change of the server's settings makes the clock look at once.
    fn look(&self, number: u64) {
        self.place.set_server(|t| t.queue_max_idle_time = TimeSpan::seconds(60 + number % 60));
    }

    async fn until_looking(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let mut looks = 0;
        until(what, || {
            looks += 1;
            if looks % 20 == 1 {
                self.look(looks);
            }
            condition(self)
        })
        .await;
    }

    /// Given as much time as many turns take, were there any.
    async fn a_while(&self) {
        for number in 0..3 {
            self.look(number);
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expires_together_is_reported_at_its_pace() {
    let paced = Paced::start().await;
    paced.place.set_config(|config| config.external_delay_dsn_enabled = false);
    for number in 0..6 {
        submit(&paced.transport, &[&format!("u{number}@example.net")], None).await;
    }
    submit(&paced.transport, &["quiet@example.net"], Some(Notify::Never)).await;
    assert_eq!(paced.count(), 7);
    paced.clock.advance(TimeSpan::hours(49));
    paced
        .until_looking("a burst is reported, and who is told of nothing is gone", |p| {
            p.place.inbox().len() == BURST && p.count() == 4
        })
        .await;
    paced.a_while().await;
    assert_eq!((paced.place.inbox().len(), paced.count()), (BURST, 4), "the others wait");
    let waiting = paced.transport.messages();
    let error = waiting[0].last_error.as_deref().unwrap();
    assert!(
        error
            .starts_with("550 4.4.7 QUEUE.Expired; message expired; its report waits for its turn"),
        "{error}"
    );
    submit(&paced.transport, &["jean@contoso.com"], None).await;
    until("other mail is delivered", || paced.place.inbox().len() == BURST + 1).await;
    paced.clock.advance(TimeSpan::seconds(1));
    paced.until_looking("a turn a second", |p| p.place.inbox().len() == BURST + 2).await;
    paced.a_while().await;
    assert_eq!(paced.count(), 3);
    // They wait in the store: a stop forgets none of them.
    let Paced { place, clock, transport } = paced;
    transport.stop().await;
    drop(transport);
    let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
    let transport = place.start_with(|settings| settings.clock = time).await;
    let paced = Paced { place, clock, transport };
    paced
        .until_looking("all are reported", |p| p.place.inbox().len() == 7 && is_empty(&p.transport))
        .await;
    paced.transport.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removals_with_a_report_wait_for_their_turn_and_can_be_stopped() {
    let paced = Paced::start().await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    paced.place.connect(dead, |connector| {
        connector.address_spaces = vec!["example.net".parse().unwrap()];
    });
    for number in 0..3 {
        submit(&paced.transport, &[&format!("u{number}@example.net")], None).await;
        submit(&paced.transport, &[&format!("u{number}@nowhere.example")], None).await;
    }
    submit(&paced.transport, &["quiet@nowhere.example"], Some(Notify::Never)).await;
    let (all, progress): (Matches, _) = (Arc::new(|_| true), Arc::<Progress>::default());
    let action = tokio::spawn({
        let (transport, progress) = (paced.transport.clone(), Arc::clone(&progress));
        let action = MessageAction::Remove { with_ndr: true };
        async move { transport.act(MessageScope::default(), all, action, progress).await }
    });
    let done = || progress.done.load(Ordering::Relaxed);
    // Those of whom nobody is told have no turn to wait for.
    until("a burst is removed", || done() == BURST as u64 + 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((done(), paced.count()), (BURST as u64 + 1, 4));
    paced.clock.advance(TimeSpan::seconds(1));
    until("a turn a second", || done() == BURST as u64 + 2).await;
    assert!(!action.is_finished());
    progress.cancel();
    action.await.unwrap().unwrap();
    assert_eq!(paced.count(), 3, "what was done stays done, and the rest where it was");
    paced.transport.stop().await;
}

/// Reports that cannot wait are made at once, and count.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_reported_at_once() {
    let paced = Paced::start().await;
    let peer = Peer::start().await;
    paced.place.connect(peer.address, |_| {});
    for number in 1..=5 {
        peer.script.lock().push_back(model::Reply::new(550, (5, 1, 1), "no such user"));
        submit(&paced.transport, &["gone@example.net"], None).await;
        until("it is reported", || paced.place.inbox().len() == number).await;
    }
    paced.transport.stop().await;
}
