//! Three servers on one engine that may all send to `a.test`, and load of which each message is accounted for:
//! *accepted = delivered ∪ returned ∪ queued*, and whatever came twice was under way when something broke.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use end_to_end::{
    Answers, Ledger, Letter, NameServer, Network, Organization, Postgres, Received, Relais, SOON,
    Senders, Settings, Sink, address, until, until_or_say,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::world::PORT;

/// Connections over which mail is submitted to each server at once.
const SENDERS: usize = 3;
/// How soon the mail of a server that is lost is another's, on a busy machine.
pub(crate) const TAKEN_OVER: Duration = Duration::from_secs(60);
/// How long what is left may take.
const DRAINED: Duration = Duration::from_secs(90);
/// What was delivered is in the engine after so long, on a busy machine.
pub(crate) const RECORDED_WITHIN: Duration = Duration::from_secs(3);

/// How it is set up.
#[derive(Default)]
pub(crate) struct Plan {
    /// Hosts for all of them.
    pub(crate) network: Option<Network>,
    /// `RejectMessageOnShadowFailure`.
    pub(crate) rejects_alone: bool,
    /// Which servers send to `a.test`; all, when none is named.
    pub(crate) sources: &'static [&'static str],
    /// Whether the servers' clocks can be set.
    pub(crate) false_time: bool,
    /// The program of another version, on which all of them begin.
    pub(crate) program: Option<PathBuf>,
}

/// The servers, the engine, and the mail host of `a.test` when it is open.
pub(crate) struct Company {
    pub(crate) organization: Organization,
    sink: Option<Sink>,
    /// What arrived before the mail host was closed.
    before: Vec<Received>,
    /// When it was closed.
    closed: Vec<Break>,
    host: Ipv4Addr,
    _dns: NameServer,
}

/// One arrival: when, and from which address.
pub(crate) type Arrival = (Instant, IpAddr);

/// What has arrived of each number: it, or its return.
pub(crate) type Arrivals = BTreeMap<String, Vec<Arrival>>;

/// What a server delivered in this time may come twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Break {
    pub(crate) server: Ipv4Addr,
    pub(crate) since: Instant,
    pub(crate) until: Instant,
}

impl Break {
    /// It broke now; what it had delivered a moment before the engine may not know.
    pub(crate) fn now(server: Ipv4Addr) -> Self {
        let until = Instant::now();
        Self { server, since: until - RECORDED_WITHIN, until }
    }

    /// It lasts until now.
    pub(crate) fn ends(&mut self) {
        self.until = Instant::now();
    }

    fn explains(&self, arrivals: &[Arrival]) -> bool {
        let by_it = |(at, client): &Arrival| {
            *client == IpAddr::from(self.server) && self.since <= *at && *at <= self.until
        };
        arrivals.iter().any(by_it)
    }

    /// A message was refused a moment before the break: its heir is refused again and reports it, and so does the server
    /// that has the first report in its spool, once it is back.
    fn explains_report(&self, arrivals: &[Arrival]) -> bool {
        let is_its = |client: &IpAddr| *client == IpAddr::from(self.server);
        let others = arrivals.iter().filter(|(_, client)| !is_its(client));
        let first = others.map(|(at, _)| *at).filter(|at| *at > self.until).min();
        first.is_some_and(|first| arrivals.iter().any(|(at, client)| is_its(client) && *at > first))
    }
}

/// A message in 23 comes back to its sender.
fn is_returned(number: usize) -> bool {
    number % 23 == 3
}

/// A mail host that refuses those.
fn host() -> Answers {
    Answers::scripted(|verb, argument, _| {
        let (_, rest) = argument.split_once("<u").filter(|_| verb == "RCPT")?;
        let number = rest.split('@').next()?.split('-').nth(1)?.parse().ok()?;
        is_returned(number).then(|| "550 5.1.1 Nobody here".to_owned())
    })
}

fn letters(ledger: usize) -> impl Fn(usize) -> Letter + Send + Sync + 'static {
    move |number| Letter {
        from: format!("s{ledger}-{number}@a.test"),
        to: format!("u{ledger}-{number}@a.test"),
        size: number * 37 % 20_000,
    }
}

/// Mail that is submitted to the servers.
pub(crate) struct Load {
    pub(crate) ledgers: Vec<Arc<Ledger>>,
    senders: Vec<Option<Senders>>,
}

impl Load {
    /// How much each has accepted.
    pub(crate) fn counts(&self) -> Vec<usize> {
        self.ledgers.iter().map(|ledger| ledger.count()).collect()
    }

    /// Waits until each of these servers (from 1) has accepted so much more.
    pub(crate) fn grow(&self, servers: &[usize], more: usize, limit: Duration) {
        let before = self.counts();
        until(&format!("{more} more are accepted by {servers:?}"), limit, || {
            let grown =
                |server: &usize| self.ledgers[server - 1].count() >= before[server - 1] + more;
            servers.iter().all(grown).then_some(())
        });
    }

    /// Submits nothing to this server (from 1) any more.
    pub(crate) fn stop(&mut self, server: usize) {
        if let Some(senders) = self.senders[server - 1].take() {
            senders.stop();
        }
    }

    /// Submits nothing any more.
    pub(crate) fn stop_all(&mut self) {
        (1..=self.senders.len()).for_each(|server| self.stop(server));
    }
}

impl Company {
    /// Starts it on these nodes, without the mail host.
    pub(crate) fn start(engine: Vec<Postgres>, plan: Plan) -> Self {
        let at = |number| plan.network.as_ref().map_or_else(address, |n| n.address(number));
        let (host, resolver) = (at(1), at(2));
        let records = [format!("mail A {host}"), "a MX 10 mail".to_owned()];
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let dns = NameServer::start(resolver, &records);
        let settings = Settings {
            dns: Some(dns.address()),
            network: plan.network.clone(),
            false_time: plan.false_time,
            program: plan.program.clone(),
            ..Settings::default()
        };
        let organization = Organization::start(engine, 3, settings, |first| prepare(first, &plan));
        Self { organization, sink: None, before: Vec::new(), closed: Vec::new(), host, _dns: dns }
    }

    /// The mail host begins to answer.
    pub(crate) fn open_sink(&mut self) {
        self.sink = Some(Sink::answering(self.host, PORT, host()));
    }

    /// The mail host is gone, with every connection where it is: what it has taken may come again.
    pub(crate) fn close_sink(&mut self) {
        self.before.extend(self.sink.take().map(Sink::kill).unwrap_or_default());
        let addresses = self.organization.servers.iter().map(Relais::address);
        self.closed.extend(addresses.chain([Ipv4Addr::LOCALHOST]).map(Break::now));
    }

    fn received(&self) -> Vec<Received> {
        let now = self.sink.as_ref().map(Sink::received).unwrap_or_default();
        self.before.iter().cloned().chain(now).collect()
    }

    /// A server, from 1.
    pub(crate) fn server(&mut self, number: usize) -> &mut Relais {
        &mut self.organization.servers[number - 1]
    }

    /// The primary is killed. As a manager of PostgreSQL does it, the standby that has more is promoted, and the other
    /// follows it. Returns the new primary's place among the nodes.
    pub(crate) fn fail_over(&mut self) -> usize {
        let nodes = &mut self.organization.engine;
        nodes[0].kill();
        let first_is_ahead = nodes[1].received() >= nodes[2].received();
        let (ahead, behind, name) = if first_is_ahead { (1, 2, "s2") } else { (2, 1, "s1") };
        nodes[ahead].promote(&format!("ANY 1 ({name})"));
        nodes[behind].follow(&nodes[ahead], name);
        nodes[behind].stop();
        nodes[behind].revive();
        ahead
    }

    /// Submits mail to all.
    pub(crate) fn load(&self) -> Load {
        let servers = &self.organization.servers;
        let ledgers: Vec<_> = servers.iter().map(|_| Ledger::new()).collect();
        let senders = servers
            .iter()
            .enumerate()
            .map(|(at, server)| Some(ledgers[at].send(server.relay(), SENDERS, letters(at))));
        let senders = senders.collect();
        Load { ledgers, senders }
    }

    /// Submits mail to this server again, or with more connections.
    pub(crate) fn load_again(&self, load: &mut Load, server: usize) {
        load.stop(server);
        let relay = self.organization.servers[server - 1].relay();
        let senders = load.ledgers[server - 1].send(relay, SENDERS, letters(server - 1));
        load.senders[server - 1] = Some(senders);
    }

    /// Messages of a server (from 1) that the engine has.
    pub(crate) fn held_of(&self, server: usize) -> usize {
        let statement = format!(
            "SELECT count(*) FROM relais.message AS m JOIN relais.server AS s \
             ON s.incarnation = m.owner WHERE s.name = 'MBX0{server}'"
        );
        self.organization.sql(&statement).parse().expect("a number")
    }

    /// Waits until nothing of what a server (from 1) left is its any more.
    pub(crate) fn wait_until_taken_over(&self, server: usize) {
        let is_empty = || (self.held_of(server) == 0).then_some(());
        let say = || format!("others have its mail\n{}", self.how_the_engine_stands());
        until_or_say(TAKEN_OVER, is_empty, say);
    }

    /// Whom the engine takes for alive since when, whose messages it has, and what it is doing: for who asks why
    /// something did not happen.
    fn how_the_engine_stands(&self) -> String {
        const QUESTIONS: [&str; 4] = [
            "SELECT name, incarnation, epoch, fenced, lease_until - now() FROM relais.server",
            "SELECT now(), now() - writable_since, now() - last_beat FROM relais.engine",
            "SELECT owner, adopted, count(*) FROM relais.message GROUP BY owner, adopted",
            "SELECT application_name, state, wait_event, now() - xact_start, now() - query_start, \
             pg_blocking_pids(pid), left(regexp_replace(query, '\\s+', ' ', 'g'), 90) \
             FROM pg_stat_activity WHERE backend_type = 'client backend'",
        ];
        QUESTIONS.map(|question| self.organization.sql(question)).join("\n")
    }

    /// Messages that a server (from 1) has acknowledged and that have no copy yet.
    pub(crate) fn alone(&self, server: usize) -> u64 {
        let file = self.organization.servers[server - 1].data().join("spool/spool.db");
        let spool = Connection::open(file).expect("the spool's file");
        let count = spool.query_row("SELECT count(*) FROM alone", [], |row| row.get(0));
        count.expect("a count")
    }

    /// Waits until a server (from 1) has logged this more than `times` times.
    pub(crate) fn wait_for_log(&self, server: usize, text: &str, times: usize, limit: Duration) {
        until(&format!("MBX0{server} logs {text:?}"), limit, || {
            (self.logged(server, text) > times).then_some(())
        });
    }

    /// How often a server (from 1) has logged this.
    pub(crate) fn logged(&self, server: usize, text: &str) -> usize {
        self.organization.servers[server - 1].log().matches(text).count()
    }

    /// Waits until nothing waits, in the engine or in a queue: all that was accepted has arrived or come
    /// back.
    pub(crate) fn drain(&self) {
        until("all that was accepted has left", DRAINED, || {
            let held = self.organization.sql("SELECT count(*) FROM relais.message");
            (held == "0" && self.queued() == 0).then_some(())
        });
    }

    /// Waits until the engine has a copy of each message that waits, and of no other.
    pub(crate) fn wait_until_alike(&self) {
        let begun = Instant::now();
        until("spools and engine are alike", DRAINED, || {
            let (held, queued) =
                (self.organization.sql("SELECT count(*) FROM relais.message"), self.queued());
            if begun.elapsed() > DRAINED - RECORDED_WITHIN {
                eprintln!("the engine has {held}, the queues {queued}");
                for server in 1..=3 {
                    let queues = self.organization.servers[server - 1].queues();
                    eprintln!(
                        "{server}: {}, {}, {queues:?}",
                        self.held_of(server),
                        self.stored(server)
                    );
                }
            }
            (held == queued.to_string()).then_some(())
        });
    }

    /// Messages in the spool of a server (from 1).
    fn stored(&self, server: usize) -> u64 {
        let file = self.organization.servers[server - 1].data().join("spool/spool.db");
        let spool = Connection::open(file).expect("the spool's file");
        let count = spool.query_row("SELECT count(*) FROM message", [], |row| row.get(0));
        count.expect("a count")
    }

    /// Messages in the servers' queues; what is shown of the copies is not more of them.
    pub(crate) fn queued(&self) -> u64 {
        let running = self.organization.servers.iter().filter(|server| server.runs());
        let is_real = |queue: &&Value| queue["DeliveryType"] != "ShadowRedundancy";
        let count = |queue: &Value| queue["MessageCount"].as_u64().unwrap_or_default();
        running.map(|server| server.queues().iter().filter(is_real).map(count).sum::<u64>()).sum()
    }

    /// How many messages have arrived from this address since then.
    pub(crate) fn arrived_from(&self, client: Ipv4Addr, since: Instant) -> usize {
        let is_its = |message: &&Received| message.client == client && message.at > since;
        self.received().iter().filter(is_its).count()
    }

    /// *Accepted = delivered ∪ returned*, once nothing waits. Returns what has arrived.
    pub(crate) fn account(&self, load: &Load) -> Arrivals {
        let mut arrivals = Arrivals::new();
        for message in self.received() {
            let (_, to) = message.recipients[0].split_once('<').expect("an address");
            let key = to[1..].split('@').next().unwrap_or_default();
            // A report goes to whom it is for, and nothing but reports.
            assert_eq!(to.starts_with('s'), message.mail.starts_with("FROM:<>"), "{message:?}");
            arrivals.entry(key.to_owned()).or_default().push((message.at, message.client));
        }
        for (at, ledger) in load.ledgers.iter().enumerate() {
            let accepted = ledger.accepted();
            let keys = accepted.keys().map(|number| format!("{at}-{number}"));
            let lost: Vec<String> = keys.filter(|key| !arrivals.contains_key(key)).collect();
            let some = &lost[..lost.len().min(20)];
            assert!(lost.is_empty(), "{} of {} lost: {some:?}", lost.len(), accepted.len());
        }
        arrivals
    }

    /// Keys of what came back as a report.
    fn reports(&self) -> BTreeSet<String> {
        let received = self.received();
        let reports = received.iter().filter(|message| message.mail.starts_with("FROM:<>"));
        let key = |message: &Received| {
            let (_, to) = message.recipients[0].split_once('<')?;
            Some(to[1..].split('@').next()?.to_owned())
        };
        reports.filter_map(key).collect()
    }

    /// Prints the header of each copy of a message that came: it says which server had it when.
    fn tell_the_ways_of(&self, key: &str) {
        let has_key = |message: &&Received| message.recipients[0].contains(&format!("{key}@"));
        for message in self.received().iter().filter(has_key) {
            let text = message.text();
            let header = text.split("\r\n\r\n").next().unwrap_or_default();
            eprintln!("{key} from {} at {:?}:\n{header}", message.client, message.at);
        }
    }

    /// Accounts for everything: nothing is lost, and what came twice one of the breaks explains. Returns
    /// how many came twice.
    pub(crate) fn reconcile(&self, load: &Load, breaks: &[Break]) -> usize {
        let twice = duplicates(&self.account(load));
        let reports = self.reports();
        let strange = |(key, arrivals): &&(String, Vec<Arrival>)| {
            let is_report = reports.contains(key);
            !breaks.iter().chain(&self.closed).any(|each| {
                each.explains(arrivals) || (is_report && each.explains_report(arrivals))
            })
        };
        let strange: Vec<_> = twice.iter().filter(strange).take(10).collect();
        for (key, _) in &strange {
            self.tell_the_ways_of(key);
        }
        assert!(
            strange.is_empty(),
            "these came twice, and no break explains it: {strange:?} {breaks:?}"
        );
        println!("{} accepted, {} came twice", load.counts().iter().sum::<usize>(), twice.len());
        twice.len()
    }
}

/// What has arrived more than once.
pub(crate) fn duplicates(arrivals: &Arrivals) -> Vec<(String, Vec<Arrival>)> {
    let twice = arrivals.iter().filter(|(_, all)| all.len() > 1);
    twice.map(|(key, all)| (key.clone(), all.clone())).collect()
}

fn prepare(first: &Relais, plan: &Plan) {
    first.send_connector("A", "a.test", PORT);
    let all = ["MBX01", "MBX02", "MBX03"];
    let sources = if plan.sources.is_empty() { &all } else { plan.sources };
    let sources = json!({ "Identity": "A", "SourceTransportServers": sources });
    first.run("Set-SendConnector", sources);
    let rejects = json!({ "RejectMessageOnShadowFailure": plan.rejects_alone });
    first.run("Set-TransportConfig", rejects);
    for name in all {
        first.run(
            "Set-TransportService",
            json!({
                "Identity": name,
                "TransientFailureRetryInterval": "00:00:01",
                "OutboundConnectionFailureRetryInterval": "00:00:01",
                "MessageRetryInterval": "00:00:01",
                "MaxConnectionRatePerMinute": 1_000_000,
            }),
        );
    }
}

/// A primary with two standbys.
pub(crate) fn trio(network: Option<&Network>) -> Vec<Postgres> {
    network.map_or_else(Postgres::trio, Postgres::trio_on).into()
}

/// Waits until a server that had been away is one of three again.
pub(crate) fn wait_for_all(company: &Company) {
    company.organization.wait_for_company(3);
}

/// As a check of a condition that is to become true soon.
pub(crate) fn soon(what: &str, ask: impl FnMut() -> bool) {
    let mut ask = ask;
    until(what, SOON, || ask().then_some(()));
}
