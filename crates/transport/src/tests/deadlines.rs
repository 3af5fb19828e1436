//! Two days are two days, four hours are four hours, wherever a message waits: each has come to its
//! end, and its sender has been told, within a minute of its time by the server's own clock.
//!
//! Not so by design: what is in the Poison queue, which never expires; and what is being sent at that
//! moment, whose attempt goes on to its end first.

use std::collections::BTreeMap;

use model::{Clock, Event, EventSink, ManualClock, MessageEventKind, Timestamp};
use rusqlite::Connection;

use super::*;
use crate::{Matches, MessageAction, MessageScope, Progress};

const STEP: TimeSpan = TimeSpan::seconds(30);
const LATEST: TimeSpan = TimeSpan::seconds(60);
/// Several pages of the store.
const MANY: usize = 300;

/// Counts what senders are told, by the clock of the server.
#[derive(Default)]
struct Told(Mutex<Ends>);

#[derive(Default)]
struct Ends {
    /// When each recipient came to his end.
    failed: BTreeMap<String, Timestamp>,
    notices: usize,
}

impl EventSink for Told {
    fn emit(&self, at: Timestamp, event: &Event<'_>) {
        let Event::Message(event) = event else { return };
        let mut ends = self.0.lock();
        match event.kind {
            MessageEventKind::Fail => {
                for result in &event.recipients {
                    ends.failed.insert(result.recipient.to_string(), at);
                }
            }
            MessageEventKind::Dsn
                if event.message.subject.is_some_and(|s| s.contains("delayed")) =>
            {
                ends.notices += 1;
            }
            _ => {}
        }
    }
}

async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A place, its clock, and what is told.
struct Scene {
    place: Place,
    clock: Arc<ManualClock>,
    told: Arc<Told>,
    transport: Transport,
    /// When each recipient's message was accepted.
    accepted: BTreeMap<String, Timestamp>,
}

impl Scene {
    async fn start(place: Place) -> Self {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let told = Arc::<Told>::default();
        let transport = started(&place, &clock, &told).await;
        Self { place, clock, told, transport, accepted: BTreeMap::new() }
    }

    async fn restart(&mut self, meanwhile: impl FnOnce(&Place)) {
        self.transport.stop().await;
        let stopped = std::mem::replace(&mut self.transport, {
            // Only one may have the spool.
            let other = Place::new();
            other.start().await
        });
        drop(stopped);
        meanwhile(&self.place);
        self.transport = started(&self.place, &self.clock, &self.told).await;
    }

    async fn send(&mut self, to: &str) {
        submit(&self.transport, &[to], None).await;
        self.accepted.insert(to.to_owned(), self.clock.now());
    }

    /// A connector for one domain.
    fn connect(&self, name: &str, to: SocketAddr, change: impl FnOnce(&mut SendConnector)) {
        let (space, name) = (format!("{name}.example").parse().unwrap(), name.parse().unwrap());
        self.place.connect(to, |connector| {
            connector.address_spaces = vec![space];
            connector.name = name;
            change(connector);
        });
    }

    fn queue_of(&self, to: &str) -> Option<QueueName> {
        let messages = self.transport.messages();
        messages.iter().find(|m| m.recipients.iter().any(|r| r.address == to)).map(|m| m.queue)
    }

    async fn until_it_waits(&self, to: &str, error: &str) {
        until(&format!("{to} waits"), || {
            self.transport.messages().iter().any(|m| {
                m.recipients.iter().any(|r| {
                    r.address == to && r.last_error.as_deref().is_some_and(|e| e.contains(error))
                })
            })
        })
        .await;
    }

    async fn suspend_message(&self, to: &str) {
        let (to, all) = (to.to_owned(), Arc::<Progress>::default());
        let is_meant: Matches =
            Arc::new(move |view| view.details().recipients.iter().any(|r| r.address == to));
        let scope = MessageScope::default();
        let act = self.transport.act(scope, is_meant, MessageAction::Suspend, Arc::clone(&all));
        act.await.unwrap();
        assert_eq!(all.done.load(Ordering::Relaxed), 1);
    }

    /// Puts the clock forward a step at a time, from shortly before `timeout` of the first message to a
    /// minute after that of the last. It stands still until what is due at a step is done, however
    /// slow the machine: what is not done within its step is not done at all, and said.
    async fn pass(&self, timeout: TimeSpan, is_done: impl Fn(&Ends, &[&String]) -> bool) {
        let first = *self.accepted.values().min().unwrap();
        let last = *self.accepted.values().max().unwrap();
        let before = (first + timeout).since(self.clock.now());
        self.clock.advance(TimeSpan::millis(before.as_millis().saturating_sub(STEP.as_millis())));
        while self.clock.now() < last + timeout + LATEST {
            self.clock.advance(STEP);
            let now = self.clock.now();
            let is_due = |accepted: &Timestamp| *accepted + timeout <= now;
            let due: Vec<_> =
                self.accepted.iter().filter(|(_, at)| is_due(at)).map(|(to, _)| to).collect();
            let end = Instant::now() + Duration::from_secs(180);
            while !is_done(&self.told.0.lock(), &due) {
                assert!(Instant::now() < end, "at {now} not done: some of {due:?}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn started(place: &Place, clock: &Arc<ManualClock>, told: &Arc<Told>) -> Transport {
    let (time, events): (Arc<dyn Clock>, Arc<dyn EventSink>) =
        (Arc::clone(clock) as _, Arc::clone(told) as _);
    let start = place.start_with(|settings| {
        settings.clock = time;
        settings.events = events;
    });
    start.await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_to_its_end_within_a_minute_of_its_time() {
    let place = Place::new();
    // So that it does not fail by itself, and what is put off stays so.
    place.set_server(|s| s.message_retry_interval = TimeSpan::hours(20));
    let peer = Peer::start().await;
    peer.script.lock().extend(vec![model::Reply::new(450, (4, 2, 0), "later"); 5]);
    let mut scene = Scene::start(place).await;
    scene.connect("deferred", peer.address, |_| {});
    scene.connect("dead", nobody().await, |_| {});
    scene.connect("stopped", nobody().await, |_| {});
    scene.connect("lost", nobody().await, |_| {});
    scene.connect("barred", nobody().await, |c| c.frontend_proxy_enabled = true);
    scene.send("own@deferred.example").await;
    scene.until_it_waits("own@deferred.example", "later").await;
    scene.send("retry@dead.example").await;
    scene.until_it_waits("retry@dead.example", "421").await;
    scene.send("held@barred.example").await;
    scene.until_it_waits("held@barred.example", "FrontendProxyEnabled").await;
    scene.send("aside@dead.example").await;
    scene.suspend_message("aside@dead.example").await;
    scene.send("queue@stopped.example").await;
    let stopped = scene.queue_of("queue@stopped.example").unwrap();
    scene.transport.suspend_queue(stopped).await.unwrap();
    scene.send("lost@lost.example").await;
    let lost = scene.queue_of("lost@lost.example").unwrap();
    scene.clock.advance(TimeSpan::seconds(70));
    scene.send("nowhere@else.example").await;
    for number in 0..MANY {
        scene.send(&format!("u{number}@dead.example")).await;
    }
    scene.transport.suspend_queue(QueueName::Submission).await.unwrap();
    scene.send("here@dead.example").await;
    // From now on nothing is in memory but what comes; of one queue nothing is known any more.
    scene
        .restart(|place| {
            let spool = Connection::open(place.data.path().join("spool/spool.db")).unwrap();
            let QueueName::Delivery(lost) = lost else { panic!("{lost:?}") };
            let forgotten =
                spool.execute("DELETE FROM next_hop WHERE number = ?1", [lost]).unwrap();
            assert_eq!(forgotten, 1);
        })
        .await;
    scene.send("late@dead.example").await;
    let all = scene.accepted.len();
    until("all of them wait", || scene.transport.messages().len() == all).await;

    scene
        .pass(TimeSpan::hours(4), |ends, over| ends.failed.is_empty() && ends.notices >= over.len())
        .await;
    assert_eq!(scene.told.0.lock().notices, all, "each once");
    scene
        .pass(TimeSpan::hours(48), |ends, over| over.iter().all(|to| ends.failed.contains_key(*to)))
        .await;
    {
        let ends = scene.told.0.lock();
        for (to, accepted) in &scene.accepted {
            let late = ends.failed[to].since(*accepted + TimeSpan::hours(48));
            assert!(late <= LATEST, "{to} came to its end {late} late");
        }
        assert_eq!((ends.failed.len(), ends.notices), (all, all));
    }
    until("nothing is left", || is_empty(&scene.transport)).await;
    scene.transport.stop().await;
}

/// Whoever is being sent is not torn from the wire; when that ends without success, so does he.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_comes_to_its_end_when_the_attempt_does() {
    let mut scene = Scene::start(Place::new()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    scene.connect("slow", listener.local_addr().unwrap(), |_| {});
    scene.send("a@slow.example").await;
    let (mut stream, _) = listener.accept().await.unwrap();
    drop(listener);
    let mut said = [0; 512];
    for (answer, next) in [("220 slow.example", "EHLO"), ("250 slow.example", "MAIL")] {
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        let length = stream.read(&mut said).await.unwrap();
        assert!(said[..length].starts_with(next.as_bytes()));
    }
    scene.clock.advance(TimeSpan::hours(49));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(scene.told.0.lock().failed.is_empty());
    drop(stream);
    until("its session has ended", || scene.transport.queues()[1].status == "Retry").await;
    let ended = scene.clock.now();
    scene.clock.advance(STEP);
    let has_ended = || scene.told.0.lock().failed.contains_key("a@slow.example");
    let begun = Instant::now();
    // The clock that looks at deadlines may have looked while its row was on the way into the store:
    // then it looks once more, within the minute.
    until("it has come to its end", || {
        let is_late = begun.elapsed() > Duration::from_secs(2);
        if is_late && !has_ended() && scene.clock.now() < ended + LATEST {
            scene.clock.advance(STEP);
        }
        has_ended()
    })
    .await;
    let end = scene.told.0.lock().failed["a@slow.example"];
    assert!(end.since(ended) <= LATEST, "{}", end.since(ended));
    scene.transport.stop().await;
}
