//! The service: which policy counts for a domain now (RFC 8461 sections 3.3 and 5.1).
//!
//! Each look-up asks the DNS for the record (answered from its cache, mostly) and fetches only
//! when the record announces a policy that is not the kept one. A policy that is kept and has not
//! expired counts whatever fails. For a domain there is one fetch at a time; who has a kept policy
//! does not wait for it.

use std::{io, path::Path, sync::Arc, time::Duration};

use dns::{DnsError, Resolver};
use futures_util::{StreamExt, stream};
use model::{Clock, DomainName, TimeSpan, Timestamp};
use tls::TrustAnchors;

use crate::{
    Connect, Failure, Mode, Origin, Outcome, Policy, PolicyId, Record, RecordError,
    entry::Entry,
    fetch::{Fetcher, PATIENCE},
    setbacks::Setbacks,
    store::Store,
    turns::{Turn, Turns},
};

/// Where the record is.
const LABEL: &str = "_mta-sts";
/// Longest name of a domain, in characters.
const LONGEST_NAME: usize = 253;
/// A policy that was just fetched stands so long whatever the record says: the servers of a zone
/// may not yet agree on it, and each message would fetch again.
const SETTLED: TimeSpan = TimeSpan::seconds(10);
/// How long a failed fetch is not repeated (RFC 8461 section 3.3).
const FETCH_PAUSE: TimeSpan = TimeSpan::minutes(5);
/// How long a record that could not be asked for is not asked for again: silence costs a look-up's
/// whole time, and each message to the domain would wait for it.
const LOOK_UP_PAUSE: TimeSpan = TimeSpan::minutes(1);
/// Policies that expire within this are renewed.
const RENEWED_BEFORE: TimeSpan = TimeSpan::days(1);
/// Renewals under way at once.
const RENEWALS: usize = 8;

/// Finds and keeps the policies of domains. Clones share everything.
#[derive(Clone)]
pub struct Policies(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    store: Arc<Store>,
    unanswered: Setbacks,
    unfetched: Setbacks,
    turns: Turns,
    fetcher: Fetcher,
}

/// What a round of renewals did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Policies fetched again, which count for their `max_age` from now.
    pub renewed: usize,
    /// Policies whose fetch failed: they count until they expire, and are tried again.
    pub failed: usize,
    /// Policies left to expire: their domain announces none any longer.
    pub left: usize,
    /// Policies that had expired, and were removed.
    pub expired: usize,
}

impl Policies {
    /// Policies that are kept in `directory`, which is made where it is missing and has no other
    /// user. Blocks on the disk.
    ///
    /// # Errors
    /// When the directory cannot be made or listed. Files in it that cannot be used are ignored.
    pub fn open(
        directory: &Path,
        clock: Arc<dyn Clock>,
        anchors: Arc<TrustAnchors>,
        connect: Arc<dyn Connect>,
    ) -> io::Result<Self> {
        Self::open_with(directory, clock, anchors, connect, PATIENCE)
    }

    pub(crate) fn open_with(
        directory: &Path,
        clock: Arc<dyn Clock>,
        anchors: Arc<TrustAnchors>,
        connect: Arc<dyn Connect>,
        patience: Duration,
    ) -> io::Result<Self> {
        let store = Arc::new(Store::open(directory, clock.now())?);
        Ok(Self(Arc::new(Shared {
            clock,
            store,
            unanswered: Setbacks::new(LOOK_UP_PAUSE),
            unfetched: Setbacks::new(FETCH_PAUSE),
            turns: Turns::default(),
            fetcher: Fetcher::new(anchors, connect, patience),
        })))
    }

    /// The policy that counts for mail to `domain`, and what failed on the way to it. Takes as
    /// long as a look-up by `resolver` and, when something must be fetched, a minute more at
    /// most; longer only where many domains' hosts are slow at once. May be given up at any time.
    pub async fn of(&self, domain: &DomainName, resolver: &Resolver) -> Outcome {
        self.0.of(domain, resolver).await
    }

    /// The policy that the domain's host gives out now, whatever was kept and whatever its record says; nothing
    /// is kept. For whoever examines a policy, and not for whoever sends under it. A minute at most.
    ///
    /// # Errors
    /// When none is given out, or what is given out is none.
    pub async fn given_out(
        &self,
        domain: &DomainName,
        resolver: &Resolver,
    ) -> Result<Policy, Failure> {
        let file = self.0.fetcher.fetch(domain, resolver).await?;
        Ok(Policy::parse(&file)?)
    }

    /// Renews the policies that expire within a day, and removes those that have. To be called
    /// every hour or so: a policy whose host fails is then tried many times before it is lost
    /// (RFC 8461 section 10.2).
    pub async fn refresh(&self, resolver: &Resolver) -> Refreshed {
        self.0.refresh(resolver).await
    }
}

/// What became of one renewal.
enum Renewal {
    Renewed,
    Failed,
    Left,
    /// Somebody else has renewed it.
    NotDue,
}

impl Shared {
    async fn of(&self, domain: &DomainName, resolver: &Resolver) -> Outcome {
        let id = match self.announced(domain, resolver).await {
            Ok(id) => id,
            Err(why) => return self.without(domain, why),
        };
        if let Some(outcome) = self.known(domain, &id) {
            return outcome;
        }
        let Some(_turn) = self.turn(domain).await else { return self.kept(domain, None) };
        // What it was waited for may have brought what is asked for.
        match self.known(domain, &id) {
            Some(outcome) => outcome,
            None => self.fetch(domain, id, resolver).await,
        }
    }

    /// The id that the domain's record announces.
    async fn announced(
        &self,
        domain: &DomainName,
        resolver: &Resolver,
    ) -> Result<PolicyId, Failure> {
        if LABEL.len() + 1 + domain.as_str().len() > LONGEST_NAME {
            return Err(RecordError::Absent.into());
        }
        if let Some(why) = self.unanswered.recent(domain, self.clock.now()) {
            return Err(why);
        }
        match resolver.txt_below(LABEL, domain).await {
            Ok(texts) => Ok(Record::among(&texts)?.id),
            Err(DnsError::NoSuchDomain) => Err(RecordError::Absent.into()),
            Err(DnsError::Temporary(why)) => {
                let why = Failure::LookUp(why);
                self.unanswered.note(domain, why.clone(), self.clock.now());
                Err(why)
            }
        }
    }

    /// What counts where the record announces nothing. That a domain which never had a policy
    /// has no record is no failure.
    fn without(&self, domain: &DomainName, why: Failure) -> Outcome {
        let mut outcome = self.kept(domain, Some(why));
        if outcome.policy.is_none() {
            outcome.failure.take_if(|why| *why == Failure::Record(RecordError::Absent));
        }
        outcome
    }

    /// The kept policy, if there is one, beside what failed.
    fn kept(&self, domain: &DomainName, failure: Option<Failure>) -> Outcome {
        let entry = self.store.get(domain, self.clock.now());
        Outcome { policy: entry.map(|entry| entry.found(Origin::Kept)), failure }
    }

    /// What can be said without a fetch when the record announces `id`.
    fn known(&self, domain: &DomainName, id: &PolicyId) -> Option<Outcome> {
        let now = self.clock.now();
        let kept = self.store.get(domain, now);
        if let Some(entry) = kept.as_ref().filter(|entry| entry.id == *id) {
            return Some(Outcome { policy: Some(entry.found(Origin::Confirmed)), failure: None });
        }
        let failure = self.unfetched.recent(domain, now);
        let is_settled = kept.as_ref().is_some_and(|entry| is_settled(entry, now));
        if failure.is_none() && !is_settled {
            return None;
        }
        Some(Outcome { policy: kept.map(|entry| entry.found(Origin::Kept)), failure })
    }

    /// The right to fetch; none when somebody else has it and a kept policy spares the wait.
    async fn turn(&self, domain: &DomainName) -> Option<Turn> {
        if self.store.get(domain, self.clock.now()).is_some() {
            self.turns.try_take(domain)
        } else {
            Some(self.turns.take(domain).await)
        }
    }

    async fn fetch(&self, domain: &DomainName, id: PolicyId, resolver: &Resolver) -> Outcome {
        let fetched = self.fetcher.fetch(domain, resolver).await.map_err(Failure::from);
        let parsed = fetched.and_then(|file| Policy::parse(&file).map_err(Failure::from));
        let now = self.clock.now();
        match parsed {
            Ok(policy) => {
                let entry = Entry { id, policy: Arc::new(policy), fetched: now };
                let found = entry.found(Origin::Fetched);
                self.unfetched.forget(domain);
                self.store.keep(domain, entry, now).await;
                Outcome { policy: Some(found), failure: None }
            }
            Err(failure) => {
                self.unfetched.note(domain, failure.clone(), now);
                let outcome = self.kept(domain, Some(failure));
                report(domain, &outcome);
                outcome
            }
        }
    }

    async fn refresh(&self, resolver: &Resolver) -> Refreshed {
        let now = self.clock.now();
        self.unanswered.forget_old(now);
        self.unfetched.forget_old(now);
        let mut done = Refreshed { expired: self.store.expire(now).await, ..Refreshed::default() };
        let due = self.store.due(now + RENEWED_BEFORE);
        let mut renewals = stream::iter(due)
            .map(|domain| async move { self.renew(&domain, resolver).await })
            .buffer_unordered(RENEWALS);
        while let Some(renewal) = renewals.next().await {
            match renewal {
                Renewal::Renewed => done.renewed += 1,
                Renewal::Failed => done.failed += 1,
                Renewal::Left => done.left += 1,
                Renewal::NotDue => {}
            }
        }
        done
    }

    /// A record that cannot be asked for is no reason to let a policy expire, since keeping the
    /// DNS from answering is just what an attacker would do. One that is gone is the domain's word.
    async fn renew(&self, domain: &DomainName, resolver: &Resolver) -> Renewal {
        let announced = self.announced(domain, resolver).await;
        let _turn = self.turns.take(domain).await;
        let now = self.clock.now();
        let due = |entry: &Entry| entry.until() < now + RENEWED_BEFORE && !is_settled(entry, now);
        let Some(kept) = self.store.peek(domain).filter(due) else { return Renewal::NotDue };
        let id = match announced {
            Ok(id) => id,
            Err(Failure::LookUp(_)) => kept.id,
            Err(_) => return Renewal::Left,
        };
        if self.unfetched.recent(domain, now).is_some() {
            return Renewal::Failed;
        }
        match self.fetch(domain, id, resolver).await.failure {
            None => Renewal::Renewed,
            Some(_) => Renewal::Failed,
        }
    }
}

/// Whether it was fetched just now.
fn is_settled(entry: &Entry, now: Timestamp) -> bool {
    entry.fetched <= now && now.since(entry.fetched) < SETTLED
}

/// Administrators are to learn that a policy they rely on cannot be renewed (RFC 8461 section 5.1).
fn report(domain: &DomainName, outcome: &Outcome) {
    let Some(why) = &outcome.failure else { return };
    let protects = outcome.policy.as_ref().filter(|found| found.policy.mode() != Mode::None);
    if let Some(found) = protects {
        tracing::warn!(%domain, %why, until = %found.until, "MTA-STS: a policy was not renewed");
    } else {
        tracing::info!(%domain, %why, "MTA-STS: no policy, though one is announced");
    }
}
