//! What an engine takes when copies of mail come as a server sends them: groups of messages of one content, one
//! statement each over one connection, the next one when the last is durable. The measure of `bench/cluster`.
//!
//! ```text
//! copies --engine "host=..." --of MBX01 --messages 20000 --batch 25
//! ```
//!
//! The content is that of a message which the server named has in the engine. Prints one line of JSON, and leaves
//! nothing there but tombstones.

use std::{
    collections::HashMap,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{JoinHandle, sleep, spawn},
    time::Instant,
};

use cluster::{
    BEAT, Beat, Claim, Engine, EngineError, EngineSettings, Estate, Group, Ledger, Postgres, Row,
    Seat,
};

type Failure = Box<dyn Error + Send + Sync>;

/// The server under whose name it writes.
const NAME: &str = "BENCH";

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let options: HashMap<&str, &str> =
        words.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    let option = |name: &str| {
        options.get(name).copied().ok_or_else(|| Failure::from(format!("{name} is missing")))
    };
    let (messages, batch): (u64, u64) =
        (option("--messages")?.parse()?, option("--batch")?.parse()?);
    let engine = Engine::new(EngineSettings::new(option("--engine")?, None, None)?);

    let mut ledger = Postgres::new(engine.clone(), "bench")?;
    let claim = Claim { name: NAME.to_owned(), version: "0".to_owned(), ..Claim::default() };
    let seat = ledger.sit(&claim)?.seat;
    let pattern = pattern(&mut ledger, &seat, option("--of")?)?;
    let beating = Beating::start(engine, seat.clone())?;
    // The first statement is prepared, and its pages are there.
    write(&mut ledger, &seat, &pattern, 0..batch, batch)?;
    let begun = Instant::now();
    write(&mut ledger, &seat, &pattern, batch..batch + messages, batch)?;
    let seconds = begun.elapsed().as_secs_f64();
    remove(&mut ledger, &seat, batch + messages)?;
    beating.stop()?;
    ledger.rise(&seat)?;
    let (rate, bytes) = (messages as f64 / seconds, pattern.content.len());
    println!(
        "{{\"messages\": {messages}, \"batch\": {batch}, \"content\": {bytes}, \"seconds\": {seconds:.3}, \"rate\": {rate:.1}}}"
    );
    Ok(())
}

/// A message as the server named has it there.
fn pattern(ledger: &mut Postgres, seat: &Seat, server: &str) -> Result<Row, Failure> {
    let members = ledger.beat(seat, &Beat::default())?.members;
    let member = members.into_iter().find(|member| member.name == server);
    let member = member.ok_or_else(|| format!("there is no server {server}"))?;
    let estate = Estate { name: member.name, incarnation: member.incarnation, epoch: None };
    let row = ledger.inventory(&estate, 1)?.into_iter().next();
    Ok(row.ok_or_else(|| format!("{server} has no message in the engine"))?)
}

fn write(
    ledger: &mut Postgres,
    seat: &Seat,
    pattern: &Row,
    ids: std::ops::Range<u64>,
    batch: u64,
) -> Result<(), EngineError> {
    let mut first = ids.start;
    while first < ids.end {
        let end = (first + batch).min(ids.end);
        let inserts = (first..end).map(|id| Row { id: id + 1, ..pattern.clone() }).collect();
        ledger.write(seat, &Group { inserts, ..Group::default() })?;
        first = end;
    }
    Ok(())
}

fn remove(ledger: &mut Postgres, seat: &Seat, messages: u64) -> Result<(), EngineError> {
    let all: Vec<u64> = (1..=messages).collect();
    for removes in all.chunks(1000) {
        ledger.write(seat, &Group { removes: removes.to_vec(), ..Group::default() })?;
    }
    Ok(())
}

/// Keeps the seat, so that nobody takes over what is written.
struct Beating {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), EngineError>>,
}

impl Beating {
    fn start(engine: Engine, seat: Seat) -> Result<Self, EngineError> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, mut ledger) = (Arc::clone(&stop), Postgres::new(engine, "bench heartbeat")?);
        let thread = spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                ledger.beat(&seat, &Beat::default())?;
                sleep(BEAT / 4);
            }
            Ok(())
        });
        Ok(Self { stop, thread })
    }

    fn stop(self) -> Result<(), Failure> {
        self.stop.store(true, Ordering::SeqCst);
        Ok(self.thread.join().map_err(|_| Failure::from("the heartbeat ended badly"))??)
    }
}
