//! Whatever can happen to several servers and their engine, in an order that nobody thought of: from a seed
//! (`RELAIS_SEED`), for `SOAK_SECONDS`. One server and the engine can be in trouble at the same time.

use std::{
    fs,
    net::Ipv4Addr,
    thread,
    time::{Duration, Instant},
};

use end_to_end::{Network, SOON, until};

use crate::{
    company::{Break, Company, Load, Plan, trio, wait_for_all},
    dice::{Dice, number_from},
};

/// In `make test`.
const SECONDS: u64 = 30;
/// What is delivered so soon after a trouble may still come twice.
const AFTER: Duration = Duration::from_secs(15);
/// How long the last of it may take to be gone.
const BACK: Duration = Duration::from_secs(120);
/// A lease and a little more.
const SEAT_IS_FREE: Duration = Duration::from_secs(13);

/// What a server suffers, by its number from 1.
#[derive(Debug, Clone, Copy)]
enum Suffering {
    Killed(usize),
    Halted(usize),
    /// From all of the engine.
    Cut(usize),
    /// It is told nothing.
    Deaf(usize),
    CutFromServer(usize, usize),
    LostDisk(usize),
}

/// What the engine suffers.
#[derive(Debug, Clone, Copy)]
enum Outage {
    Killed,
    Halted,
    StandbyHalted(usize),
    /// At once, and for good.
    FailedOver,
}

/// Something that goes on until it is ended.
struct Trouble<T> {
    what: T,
    until: Instant,
    since: Instant,
}

impl<T: std::fmt::Debug> Trouble<T> {
    fn of(what: T, begun: Instant, lasts: Duration) -> Self {
        println!("{what:?} for {lasts:?}");
        Self { what, until: begun + lasts, since: begun }
    }

    /// What is over, if it is to end now.
    fn take_if_over(trouble: &mut Option<Self>, at_once: bool) -> Option<Self> {
        trouble.take_if(|trouble| at_once || trouble.until <= Instant::now())
    }
}

struct Soak {
    company: Company,
    dice: Dice,
    server: Option<Trouble<Suffering>>,
    engine: Option<Trouble<Outage>>,
    breaks: Vec<Break>,
    /// The primary's place among the nodes.
    primary: usize,
}

impl Soak {
    fn step(&mut self, load: &Load) {
        thread::sleep(self.dice.millis(3_000));
        self.end_what_is_over(false);
        match self.dice.below(3) {
            0 if self.engine.is_none() => self.trouble_engine(),
            1 | 2 if self.server.is_none() => self.trouble_server(),
            _ => {}
        }
        println!("accepted so far: {:?}", load.counts());
    }

    fn trouble_server(&mut self) {
        let at = 1 + self.dice.below(3) as usize;
        let other = 1 + at % 3;
        let may_lose = self.engine.is_none() && self.company.alone(at) == 0;
        let (what, least) = match self.dice.below(6) {
            0 => (Suffering::Killed(at), Duration::ZERO),
            1 => (Suffering::Halted(at), Duration::ZERO),
            2 => (Suffering::Cut(at), Duration::ZERO),
            3 => (Suffering::Deaf(at), Duration::ZERO),
            4 => (Suffering::CutFromServer(at, other), Duration::ZERO),
            // What was accepted alone dies with the disk, as it says.
            _ if may_lose => (Suffering::LostDisk(at), SEAT_IS_FREE),
            _ => return,
        };
        let begun = Instant::now();
        self.begin(what);
        self.server = Some(Trouble::of(what, begun, least + self.dice.millis(25_000)));
    }

    fn begin(&mut self, what: Suffering) {
        match what {
            Suffering::Killed(at) => self.company.server(at).kill(),
            Suffering::Halted(at) => self.company.server(at).halt(),
            Suffering::LostDisk(at) => {
                let server = self.company.server(at);
                server.kill();
                fs::remove_dir_all(server.data().join("spool")).expect("the spool");
            }
            Suffering::Cut(at) => self.each_node(at, |server, node| server.cut_from(node)),
            Suffering::Deaf(at) => self.each_node(at, |server, node| node.lose_to(server)),
            Suffering::CutFromServer(at, other) => {
                let servers = &self.company.organization.servers;
                servers[at - 1].host().cut_from(servers[other - 1].host());
            }
        }
    }

    fn each_node(&self, at: usize, what: impl Fn(&end_to_end::Host, &end_to_end::Host)) {
        let server = self.company.organization.servers[at - 1].host();
        self.company.organization.engine.iter().for_each(|node| what(server, node.host()));
    }

    fn end(&mut self, what: Suffering) -> usize {
        match what {
            Suffering::Killed(at) | Suffering::LostDisk(at) => {
                self.company.server(at).resume();
                at
            }
            Suffering::Halted(at) => {
                self.company.server(at).go_on();
                at
            }
            Suffering::Cut(at) | Suffering::Deaf(at) => {
                self.each_node(at, |server, node| server.rejoin(node));
                at
            }
            Suffering::CutFromServer(at, other) => {
                let servers = &self.company.organization.servers;
                servers[at - 1].host().rejoin(servers[other - 1].host());
                at
            }
        }
    }

    fn trouble_engine(&mut self) {
        let begun = Instant::now();
        let has_standbys = self.company.organization.engine.len() == 3 && self.primary == 0;
        let what = match self.dice.below(4) {
            0 => Outage::Killed,
            1 => Outage::Halted,
            2 if has_standbys => Outage::StandbyHalted(1 + self.dice.below(2) as usize),
            3 if has_standbys => Outage::FailedOver,
            _ => return,
        };
        let primary = self.primary;
        match what {
            Outage::Killed => self.company.organization.engine[primary].kill(),
            Outage::Halted => self.company.organization.engine[primary].halt(),
            Outage::StandbyHalted(at) => self.company.organization.engine[at].halt(),
            Outage::FailedOver => self.primary = self.company.fail_over(),
        }
        self.engine = Some(Trouble::of(what, begun, self.dice.millis(20_000)));
    }

    fn end_what_is_over(&mut self, at_once: bool) {
        if let Some(over) = Trouble::take_if_over(&mut self.engine, at_once) {
            let nodes = &mut self.company.organization.engine;
            match over.what {
                Outage::Killed => nodes[self.primary].revive(),
                Outage::Halted => nodes[self.primary].go_on(),
                Outage::StandbyHalted(at) => nodes[at].go_on(),
                Outage::FailedOver => {}
            }
            // Whoever breaks while the engine is away has told it nothing.
            for server in 1..=3 {
                self.note(server, over.since);
            }
        }
        if let Some(over) = Trouble::take_if_over(&mut self.server, at_once) {
            if matches!(over.what, Suffering::LostDisk(_)) {
                // Until then its seat is that of the spool it had.
                until("the lease has ended", SOON, || {
                    (over.since.elapsed() > SEAT_IS_FREE).then_some(())
                });
            }
            let server = self.end(over.what);
            self.note(server, over.since);
        }
    }

    fn note(&mut self, server: usize, since: Instant) {
        let server: Ipv4Addr = self.company.organization.servers[server - 1].address();
        let mut broken = Break::now(server);
        broken.since = since - crate::company::RECORDED_WITHIN;
        broken.until += AFTER;
        self.breaks.push(broken);
    }
}

#[test]
fn whatever_happens_to_several_servers_nothing_is_lost() {
    let Some(network) = Network::start() else { return };
    let dice = Dice::new();
    let plan = Plan { network: Some(network.clone()), ..Plan::default() };
    let mut company = Company::start(trio(Some(&network)), plan);
    company.open_sink();
    let mut load = company.load();
    load.grow(&[1, 2, 3], 10, BACK);
    let breaks = Vec::new();
    let mut soak = Soak { company, dice, server: None, engine: None, breaks, primary: 0 };
    let span = Duration::from_secs(number_from("SOAK_SECONDS").unwrap_or(SECONDS));
    let begun = Instant::now();
    while begun.elapsed() < span {
        soak.step(&load);
    }
    soak.end_what_is_over(true);
    load.grow(&[1, 2, 3], 10, BACK);
    wait_for_all(&soak.company);
    load.stop_all();
    soak.company.drain();
    soak.company.reconcile(&load, &soak.breaks);
}
