//! A million messages: what a list and an action cost, and that memory does not grow with them.

use std::hint::black_box;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use model::{MessageId, Timestamp};
use serde_json::{Value, json};
use transport::{
    Exported, Matches, MessageAction, MessageDetails, MessageScope, MessageView, Progress,
    QueueError, QueueInfo, QueueName,
};

use super::message_row::{Context, MessageRow};
use super::*;
use crate::binding::Bound;
use crate::output::Output;

const MILLION: u64 = 1_000_000;
const SENDERS: [&str; 4] =
    ["jean@contoso.com", "eva@contoso.com", "paul@sales.contoso.com", "Lena@fabrikam.test"];

/// So many messages, made while they are visited.
struct Generated {
    number: u64,
    seen: AtomicU64,
    read: AtomicU64,
}

impl Generated {
    fn new(number: u64) -> Arc<Self> {
        Arc::new(Self { number, seen: AtomicU64::new(0), read: AtomicU64::new(0) })
    }
}

fn visit_all(ids: RangeInclusive<u64>, read: &dyn Fn() -> MessageDetails, visit: &mut Visit<'_>) {
    for id in ids {
        let Some(id) = MessageId::new(id) else { continue };
        let turn = (id.as_u64().wrapping_mul(7919) % 1000) as usize;
        let mut view = MessageView::new(id, QueueName::Delivery(id.as_u64() % 50 + 1), read);
        view.from_address = SENDERS[turn % 4];
        view.subject = Some(if turn == 3 { "Win a prize now" } else { "Quarterly figures, part" });
        view.status = "Retry";
        view.size = 1000 + turn as u64;
        view.date_received = Timestamp::from_millis(1_700_000_000_000 + id.as_u64() as i64);
        view.expiration_time = Timestamp::from_millis(1_700_172_800_000 + id.as_u64() as i64);
        view.last_error = Some("451 4.4.0 no answer from mail.fabrikam.test");
        if visit(&view).is_break() {
            break;
        }
    }
}

impl QueueAdministration for Generated {
    fn queues(&self) -> Vec<QueueInfo> {
        Vec::new()
    }

    fn visit_messages(
        &self,
        scope: &MessageScope,
        visit: &mut Visit<'_>,
    ) -> Result<(), QueueError> {
        let read = || {
            self.read.fetch_add(1, Ordering::Relaxed);
            MessageDetails::default()
        };
        // One message is found by its number, as in a store.
        let ids = scope.id.map_or(1..=self.number, |id| id.as_u64()..=id.as_u64());
        visit_all(ids, &read, &mut |view| {
            if !scope.includes(view.id, view.queue) {
                return ControlFlow::Continue(());
            }
            self.seen.fetch_add(1, Ordering::Relaxed);
            visit(view)
        });
        Ok(())
    }

    fn suspend_queue(&self, queue: QueueName) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }

    fn resume_queue(&self, queue: QueueName, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }

    fn retry_queue(&self, queue: QueueName, _: bool, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }

    fn act(
        &self,
        scope: MessageScope,
        matches: Matches,
        _: MessageAction,
        progress: Arc<Progress>,
    ) -> Acted<'_> {
        Box::pin(async move {
            self.visit_messages(&scope, &mut |view| {
                if progress.is_cancelled() {
                    return ControlFlow::Break(());
                }
                if matches(view) {
                    progress.matched.fetch_add(1, Ordering::Relaxed);
                    progress.done.fetch_add(1, Ordering::Relaxed);
                    if progress.done.load(Ordering::Relaxed) == 1000 && self.number < MILLION {
                        progress.cancel();
                    }
                }
                ControlFlow::Continue(())
            })
        })
    }

    fn redirect(&self, _: Vec<String>, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async { Ok(()) })
    }

    fn export(
        &self,
        id: MessageId,
        _: Option<QueueName>,
    ) -> BoxFuture<'_, Result<Exported, QueueError>> {
        Box::pin(async move { Err(QueueError::NoSuchMessage(id)) })
    }
}

async fn run(queues: &Arc<Generated>, cmdlet: &str, parameters: Value) -> Output {
    let Value::Object(map) = parameters else { panic!("an object") };
    let clock = Arc::new(model::SystemClock);
    let call = QueueCall {
        queues: Arc::clone(queues) as Arc<dyn QueueAdministration>,
        actions: Actions::new(clock),
        place: Place::new("MBX01", [], []),
        bound: Arc::new(Bound::new(cmdlets::find(cmdlet).unwrap(), map).unwrap()),
        user: "Anna".to_owned(),
        dates: DateOrder::MonthFirst,
        now: Timestamp::from_millis(1_700_000_060_000),
        progress: Arc::default(),
    };
    queue_cmdlet(cmdlet).unwrap().run(call).await.unwrap()
}

fn counted(queues: &Generated) -> (u64, u64) {
    (queues.seen.swap(0, Ordering::Relaxed), queues.read.swap(0, Ordering::Relaxed))
}

#[tokio::test]
async fn a_list_looks_no_further_than_it_must() {
    let queues = Generated::new(MILLION);
    let output = run(&queues, "Get-Message", json!({})).await;
    assert_eq!((output.objects.len(), counted(&queues)), (1000, (1001, 1000)));
    assert!(output.warnings[0].starts_with("There are more results."));
    let filter = json!({ "Filter": "Subject -like 'win*'", "ResultSize": 20 });
    let output = run(&queues, "Get-Message", filter).await;
    let (seen, read) = counted(&queues);
    assert_eq!((output.objects.len(), read), (20, 20));
    assert!((20_000..22_000).contains(&seen), "{seen}");
    // The next page begins where the last ended.
    let last = output.objects[19].clone();
    let next = json!({
        "Filter": "Subject -like 'win*'", "ResultSize": 20, "BookmarkObject": last,
        "IncludeBookmark": false,
    });
    let output = run(&queues, "Get-Message", next).await;
    assert_eq!(output.objects.len(), 20);
    assert!(counted(&queues).0 < 22_000, "what comes before the bookmark is left out");
    // What a filter asks last is what has to be read.
    let dear = json!({ "Filter": "InternetMessageId -eq $null -and Subject -like 'win*'" });
    let output = run(&queues, "Get-Message", dear).await;
    assert_eq!((output.objects.len(), counted(&queues)), (1000, (MILLION, 1000)));
}

#[tokio::test]
async fn any_order_keeps_one_page() {
    let queues = Generated::new(MILLION);
    let sorted = json!({ "SortOrder": "-Size,+FromAddress", "ResultSize": 3 });
    let output = run(&queues, "Get-Message", sorted).await;
    let sizes: Vec<&Value> = output.objects.iter().map(|o| &o["Size"]).collect();
    assert!(sizes.iter().all(|size| *size == "1.952 KB (1,999 bytes)"), "{sizes:?}");
    assert_eq!(output.warnings[0].split(' ').nth(2), Some("999997"));
    // A pass over all, then the rest of three messages.
    assert_eq!(queues.read.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn an_action_is_cancelled_on_its_way() {
    let queues = Generated::new(MILLION / 10);
    let parameters = json!({ "Filter": "Subject -like 'quarterly*'" });
    let output = run(&queues, "Remove-Message", parameters).await;
    let text = "The action was cancelled: 1000 messages had been removed.";
    assert_eq!(output.warnings, [text]);
    assert!(queues.seen.load(Ordering::Relaxed) < 1_100);
}

/// `cargo test --release -p management -- --ignored --nocapture a_million` prints what a row costs.
#[test]
#[ignore = "a measurement: it prints figures"]
fn a_million_rows() {
    let context = Context {
        server: "MBX01".to_owned(),
        now: Timestamp::from_millis(1_700_000_060_000),
        domains: [].into(),
    };
    let pass = |look: &mut dyn FnMut(&MessageView<'_>)| {
        let begun = Instant::now();
        visit_all(1..=MILLION, &MessageDetails::default, &mut |view| {
            look(view);
            ControlFlow::Continue(())
        });
        begun.elapsed().as_nanos() as f64 / MILLION as f64
    };
    let bare = pass(&mut |view| {
        black_box(view.size);
    });
    println!("visit alone: {bare:.1} ns a row");
    for text in [
        "Size -gt 10MB",
        "FromAddress -eq 'nobody@contoso.com'",
        "FromAddress -like '*@contoso.com' -and Size -gt 10MB",
        "Subject -like '*prize today*'",
        "LastError -like '*5.7.1*'",
        "Subject -like '*d\u{e9}j\u{e0}*'",
        "ExpirationTime -lt '2/9/2015 6:30 AM'",
        "Identity -like '*\\77777777'",
        "Queue -eq 'MBX01\\99'",
        "MessageLatency -gt '1.00:00:00'",
    ] {
        let filter = Filter::parse::<MessageRow<'_>>(text, DateOrder::MonthFirst).unwrap();
        let mut found = 0;
        let whole = pass(&mut |view| {
            found += u64::from(filter.matches(&MessageRow { view, context: &context }));
        });
        println!("{:6.1} ns a row  {text}  ({found} found)", whole - bare);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let queues = Generated::new(MILLION);
    for parameters in [
        json!({ "Filter": "Subject -like '*prize*'", "ResultSize": 1000 }),
        json!({ "SortOrder": "+Size" }),
        json!({ "SortOrder": "-DateReceived" }),
        json!({ "SortOrder": "-DateReceived", "ResultSize": "Unlimited" }),
        json!({ "SearchForward": false }),
        json!({ "ReturnPageInfo": true }),
        json!({ "ResultSize": "Unlimited" }),
    ] {
        let begun = Instant::now();
        let output = runtime.block_on(run(&queues, "Get-Message", parameters.clone()));
        println!(
            "{:6} ms  {} rows  {parameters}",
            begun.elapsed().as_millis(),
            output.objects.len()
        );
    }
}
