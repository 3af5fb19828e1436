//! Fills a spool with what waits, through the store's own API, or measures what questions cost.
//!
//! `fill` stores messages all of whose recipients wait: spread over domains, one row for each
//! next hop, and a next hop for each domain with key and state as given (`{domain}` and
//! `{number}` stand for what they say). `measure` asks the questions a server asks and prints a line
//! of JSON for each, with the resident memory at its end. Both need the spool to themselves.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, Result};
use bytes::Bytes;
use clap::{Args, Parser, Subcommand};
use model::{Address, Clock, Envelope, Guid, MessageId, ReversePath, SystemClock, Timestamp};
use spool::{Batch, Due, MessageRecord, NextHopRow, Origin, Spool, WaitingRow};

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Store messages that wait.
    Fill(Fill),
    /// Ask what a server asks.
    Measure(Measure),
}

#[derive(Debug, Args)]
struct Fill {
    /// The directory of spool.db, made when missing.
    dir: PathBuf,
    /// How many messages.
    #[arg(long, default_value_t = 100_000)]
    messages: u64,
    /// Bytes of content of each.
    #[arg(long, default_value_t = 1024)]
    size: usize,
    /// Recipients of each.
    #[arg(long, default_value_t = 1)]
    recipients: u64,
    /// Domains the recipients are spread over.
    #[arg(long, default_value_t = 1)]
    domains: u64,
    /// Senders who take turns.
    #[arg(long, default_value_t = 1)]
    senders: u64,
    /// Messages in one commit.
    #[arg(long, default_value_t = 1000)]
    batch: u64,
    /// What the domains are called: this, with the number.
    #[arg(long, default_value = "d{number}.example.net")]
    domain: String,
    /// Key of a next hop.
    #[arg(long, default_value = "{domain}")]
    key: String,
    /// State of a next hop.
    #[arg(long, default_value = "{}")]
    state: String,
    /// Minutes before now at which the messages were accepted.
    #[arg(long, default_value_t = 0)]
    age: i64,
}

#[derive(Debug, Args)]
struct Measure {
    /// The directory of spool.db.
    dir: PathBuf,
    /// The queue to load from.
    #[arg(long, default_value_t = 1)]
    queue: u64,
    /// Rows to load.
    #[arg(long, default_value_t = 1000)]
    limit: usize,
    /// Rows that are taken as resident when loading a second time.
    #[arg(long, default_value_t = 20_000)]
    resident: usize,
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Fill(fill) => fill.run(),
        Command::Measure(measure) => measure.run(),
    }
}

impl Fill {
    fn run(&self) -> Result<()> {
        let spool = Spool::open(&self.dir)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(async {
            let begin = Begin::now();
            self.next_hops(&spool).await?;
            let mut rows = 0;
            let mut left = self.messages;
            // One batch is made while the one before it is committed.
            let mut under_way = None;
            while left > 0 || under_way.is_some() {
                let count = left.min(self.batch);
                left -= count;
                let next = (count > 0).then(|| self.messages(&spool, count, &mut rows));
                let next = next.transpose()?.map(|batch| {
                    let spool = spool.clone();
                    std::thread::spawn(move || commit(&spool, batch))
                });
                let before: Option<std::thread::JoinHandle<Result<()>>> =
                    std::mem::replace(&mut under_way, next);
                if let Some(Err(error)) = before.and_then(|thread| thread.join().ok()) {
                    return Err(error);
                }
            }
            let mut batch = Batch::new();
            batch.settled_below(spool.next_id());
            spool.commit(batch).await?;
            let seconds = begin.0.elapsed().as_secs_f64();
            report(
                "fill",
                &begin,
                &format!(
                    "\"messages\": {}, \"rows\": {rows}, \"rows_per_second\": {:.0}",
                    self.messages,
                    rows as f64 / seconds
                ),
            );
            Ok(())
        })?;
        drop(spool);
        println!("{{\"what\": \"file\", \"mb\": {}}}", size_of(&self.dir)? >> 20);
        Ok(())
    }

    async fn next_hops(&self, spool: &Spool) -> Result<()> {
        let mut batch = Batch::new();
        for number in 1..=self.domains {
            let fill = |template: &str| {
                template.replace("{domain}", &self.domain).replace("{number}", &number.to_string())
            };
            let (key, state) = (fill(&self.key), fill(&self.state));
            batch.next_hop(NextHopRow { number, key, state });
        }
        Ok(spool.commit(batch).await?)
    }

    fn messages(&self, spool: &Spool, count: u64, rows: &mut u64) -> Result<Batch> {
        let mut batch = Batch::new();
        let accepted_at = SystemClock.now().as_millis() - self.age * 60_000;
        for _ in 0..count {
            let id = spool.next_id();
            let sender = scatter(id.as_u64()) % self.senders;
            let (record, queues) = self.message(id, sender, Timestamp::from_millis(accepted_at))?;
            let content = content(id, sender, self.size);
            let record = Arc::new(record);
            batch.insert(Arc::clone(&record), Bytes::from(content));
            for (queue, recipients) in queues {
                *rows += 1;
                batch.park(row(&record, queue, recipients, scatter(sender)));
            }
        }
        Ok(batch)
    }

    fn message(
        &self,
        id: MessageId,
        sender: u64,
        accepted_at: Timestamp,
    ) -> Result<(MessageRecord, BTreeMap<u64, Vec<u32>>)> {
        let mut queues: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        let mut to = Vec::new();
        for index in 0..self.recipients {
            let number = (id.as_u64().wrapping_mul(self.recipients) + index) % self.domains + 1;
            let domain = self.domain.replace("{number}", &number.to_string());
            queues.entry(number).or_default().push(u32::try_from(index)?);
            to.push(format!("r{index}-{id}@{domain}").parse::<Address>()?);
        }
        let from: Address = format!("sender{sender}@contoso.com").parse()?;
        let record = MessageRecord {
            id,
            network_id: Guid::nil(),
            accepted_at,
            band: 1,
            size: self.size as u64,
            stranger: false,
            tls_not_required: false,
            eight_bit: false,
            origin: Origin::Smtp { connector: "Default".into(), client: [127, 0, 0, 1].into() },
            subject: Some(format!("Message {id} of many")),
            internet_message_id: Some(format!("<{id}@contoso.com>")),
            trace: String::new(),
            envelope: Arc::new(Envelope::plain(ReversePath::Address(from), to)),
        };
        Ok((record, queues))
    }
}

fn row(record: &MessageRecord, queue: u64, recipients: Vec<u32>, sender: u64) -> WaitingRow {
    WaitingRow {
        message: record.id,
        recipients,
        queue,
        due: Due::Now,
        band: 1,
        sender,
        accepted_at: record.accepted_at,
        told: false,
        attempts: 0,
        crashes: 0,
        size: record.size,
        from_address: record.envelope.sender.as_str().into(),
        subject: record.subject.as_deref().map(Into::into),
        last_error: None,
    }
}

/// Numbers that follow one another go far apart, as hashes do (the finalizer of SplitMix64).
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn content(id: MessageId, sender: u64, size: usize) -> Vec<u8> {
    let mut content = format!(
        "From: sender{sender}@contoso.com\r\nSubject: Message {id} of many\r\nMessage-ID: <{id}@contoso.com>\r\n\r\n"
    )
    .into_bytes();
    while content.len() < size {
        let line = size.saturating_sub(content.len() + 2).min(76);
        content.extend(std::iter::repeat_n(b'x', line));
        content.extend(b"\r\n");
    }
    content
}

fn commit(spool: &Spool, batch: Batch) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(spool.commit(batch))?)
}

impl Measure {
    fn run(&self) -> Result<()> {
        let begin = Begin::now();
        let spool = Spool::open(&self.dir)?;
        report("open", &begin, "");
        let begin = Begin::now();
        let counts = spool.waiting_counts()?;
        let rows: u64 = counts.iter().map(|count| count.now + count.later + count.suspended).sum();
        report("counts", &begin, &format!("\"rows\": {rows}, \"queues\": {}", counts.len()));
        let begin = Begin::now();
        let unsettled = spool.unsettled(None, 1000)?.len();
        report("unsettled", &begin, &format!("\"found\": {unsettled}"));
        self.loads(&spool)?;
        let mut matched = 0;
        let begin = Begin::now();
        let mut seen = 0;
        spool.scan(None, &mut |view| {
            seen += 1;
            matched += u64::from(view.from_address().eq_ignore_ascii_case("nobody@contoso.com"));
            ControlFlow::Continue(())
        })?;
        report("scan", &begin, &format!("\"rows\": {seen}, \"matched\": {matched}"));
        let begin = Begin::now();
        let old = spool.older_than(false, 1, Timestamp::from_millis(i64::MAX), None, 1000)?.len();
        report("older_than", &begin, &format!("\"found\": {old}"));
        Ok(())
    }

    fn loads(&self, spool: &Spool) -> Result<()> {
        let now = SystemClock.now();
        let mut resident = std::collections::HashSet::new();
        for what in ["load", "load again", "load with residents"] {
            if what == "load with residents" {
                let more =
                    spool.load(self.queue, now, self.resident, &|k| resident.contains(&k))?;
                resident.extend(more.iter().map(|loaded| loaded.row.key()));
            }
            let begin = Begin::now();
            let loaded = spool.load(self.queue, now, self.limit, &|k| resident.contains(&k))?;
            let senders: std::collections::HashSet<_> =
                loaded.iter().map(|loaded| loaded.row.sender).collect();
            report(
                what,
                &begin,
                &format!(
                    "\"rows\": {}, \"senders\": {}, \"resident\": {}",
                    loaded.len(),
                    senders.len(),
                    resident.len()
                ),
            );
            resident.extend(loaded.iter().map(|loaded| loaded.row.key()));
        }
        Ok(())
    }
}

/// When something began, and how long this thread had worked until then, in nanoseconds.
struct Begin(Instant, u64);

impl Begin {
    fn now() -> Self {
        Self(Instant::now(), worked())
    }
}

/// Nanoseconds on a processor. Linux alone says so; elsewhere it is none.
fn worked() -> u64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    said.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

fn report(what: &str, begin: &Begin, more: &str) {
    let ms = begin.0.elapsed().as_secs_f64() * 1e3;
    let cpu = worked().saturating_sub(begin.1) as f64 / 1e6;
    let comma = if more.is_empty() { "" } else { ", " };
    let (now, peak) = memory().unwrap_or_default();
    println!(
        "{{\"what\": \"{what}\", \"ms\": {ms:.1}, \"cpu_ms\": {cpu:.1}{comma}{more}, \"rss_mb\": {now}, \"peak_mb\": {peak}}}"
    );
}

/// Resident memory of this process and its peak, in MB.
fn memory() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let of = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kb: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kb >> 10)
    };
    Some((of("VmRSS:")?, of("VmHWM:")?))
}

fn size_of(directory: &Path) -> Result<u64> {
    let file = directory.join("spool.db");
    Ok(std::fs::metadata(&file).with_context(|| file.display().to_string())?.len())
}
