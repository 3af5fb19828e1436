//! Look-ups as deliveries make them: a scripted DNS server, a scripted HTTPS server with a real
//! certificate, a clock that is moved by hand.

mod fetching;
mod keeping;
mod names;
mod renewing;
mod web;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use dns::{Resolver, ResolverSettings};
use futures_util::future::BoxFuture;
use model::{Clock, DomainName, ManualClock, TimeSpan, Timestamp};
use tempfile::TempDir;
use tls::TrustAnchors;
use tokio::net::TcpStream;

use crate::{BoxedStream, Connect, Origin, Outcome, Policies};
use names::{Names, Says};
use web::{Answer, Authority, Web};

/// Long enough for a busy machine.
const PATIENT: Duration = Duration::from_secs(60);
const DOMAIN: &str = "example.net";
const HOST: &str = "mta-sts.example.net";
const WEEK: &str = "version: STSv1\r\nmode: enforce\r\nmx: *.mx.example.net\r\nmax_age: 604800\r\n";

fn domain(text: &str) -> DomainName {
    text.parse().unwrap()
}

/// Opens every connection to one address, and notes for whom.
struct Everywhere {
    to: SocketAddr,
    asked: Mutex<Vec<String>>,
}

impl Connect for Everywhere {
    fn connect<'a>(
        &'a self,
        host: &'a DomainName,
        port: u16,
        _resolver: &'a Resolver,
    ) -> BoxFuture<'a, io::Result<BoxedStream>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(format!("{host}:{port}"));
            Ok(Box::new(TcpStream::connect(self.to).await?) as BoxedStream)
        })
    }
}

/// All of it, for one domain.
struct Rig {
    place: TempDir,
    clock: Arc<ManualClock>,
    names: Names,
    web: Web,
    authority: Authority,
    connect: Arc<Everywhere>,
    resolver: Resolver,
    policies: Policies,
}

impl Rig {
    /// A server with a good certificate, whose record announces `1` and whose policy is [`WEEK`].
    async fn new() -> Self {
        let authority = Authority::new();
        let web = Web::start(authority.issue(HOST)).await;
        Self::with(authority, web, PATIENT).await
    }

    async fn with(authority: Authority, web: Web, patience: Duration) -> Self {
        let place = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        let names = Names::start().await;
        let resolver = Resolver::new(ResolverSettings::new(vec![names.address]));
        let connect = Arc::new(Everywhere { to: web.address, asked: Mutex::default() });
        let policies = open(&place, &clock, &authority, &connect, patience);
        let rig = Self { place, clock, names, web, authority, connect, resolver, policies };
        rig.announce("1");
        rig.web.says(Answer::policy(WEEK));
        rig
    }

    /// The same after a restart.
    fn restart(&mut self) {
        self.policies = open(&self.place, &self.clock, &self.authority, &self.connect, PATIENT);
    }

    fn announce(&self, id: &str) {
        self.record(Says::Texts(vec![format!("v=STSv1; id={id};")]));
    }

    fn record(&self, says: Says) {
        self.names.say(&format!("_mta-sts.{DOMAIN}"), says);
    }

    async fn ask(&self) -> Outcome {
        self.policies.of(&domain(DOMAIN), &self.resolver).await
    }

    /// Asks, and gives how the policy that counts came to do so.
    async fn origin(&self) -> Option<Origin> {
        self.ask().await.policy.map(|found| found.origin)
    }

    fn wait(&self, span: TimeSpan) {
        self.clock.advance(span);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn open(
    place: &TempDir,
    clock: &Arc<ManualClock>,
    authority: &Authority,
    connect: &Arc<Everywhere>,
    patience: Duration,
) -> Policies {
    let file = place.path().join("authority.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let anchors = Arc::new(TrustAnchors::with_files(&[file]).unwrap());
    let directory = place.path().join("mta-sts");
    let (clock, connect) = (Arc::clone(clock), Arc::clone(connect));
    Policies::open_with(&directory, clock, anchors, connect, patience).unwrap()
}
