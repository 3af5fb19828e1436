use std::sync::Arc;

use directory::{Header, Mailbox};
use identity::{Authenticator, Principal, hash_password};
use model::{ManualClock, TimeSpan};

use super::*;

struct Place {
    sessions: Sessions,
    clock: Arc<ManualClock>,
    authenticator: Authenticator,
    _files: tempfile::TempDir,
}

fn place() -> Place {
    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let path = files.path().join("directory.db");
    let key = vault::DataKey::ephemeral();
    let directory = directory::Directory::open(&path, key, clock.clone()).unwrap();
    let authenticator = Authenticator::new(directory, clock.clone());
    let sessions = Sessions::new(SessionLimits::default(), clock.clone());
    Place { sessions, clock, authenticator, _files: files }
}

impl Place {
    /// Passes of so many users.
    fn passes(&self, users: usize) -> Vec<Pass> {
        let record = hash_password("secret").unwrap();
        let pass = |user: usize| {
            let name = format!("user{user}");
            let address = format!("{name}@contoso.com").parse().unwrap();
            let mut mailbox =
                Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address);
            mailbox.password = Some(record.clone());
            let principal = Principal { mailbox: Arc::new(mailbox), role_groups: Vec::new() };
            self.authenticator.pass(&principal).unwrap()
        };
        (0..users).map(pass).collect()
    }
}

#[test]
fn it_ends_when_idle_and_when_its_time_is_over() {
    let place = place();
    let pass = place.passes(1)[0];
    let (token, session) = place.sessions.begin(pass);
    let id = token.id();
    let start = place.clock.now();
    assert_eq!(session.idle_expires, start + TimeSpan::minutes(30));
    assert_eq!(session.expires, start + TimeSpan::hours(12));
    place.clock.advance(TimeSpan::minutes(29));
    assert!(place.sessions.find(id).is_some());
    place.clock.advance(TimeSpan::minutes(1));
    assert!(place.sessions.find(id).is_none(), "looking it up was no use of it");

    let (token, _) = place.sessions.begin(pass);
    let id = token.id();
    for _ in 0..24 {
        let session = place.sessions.touch(id).unwrap();
        assert!(session.idle_expires <= session.expires);
        place.clock.advance(TimeSpan::minutes(29));
    }
    place.clock.advance(TimeSpan::minutes(24));
    place.sessions.touch(id);
    assert!(place.sessions.find(id).is_none(), "after twelve hours, used or not");
    assert!(place.sessions.0.open.lock().is_empty());
}

#[test]
fn only_the_hash_of_the_token_is_kept_and_other_tokens_are_nothing() {
    let place = place();
    let (token, session) = place.sessions.begin(place.passes(1)[0]);
    let kept = *place.sessions.0.open.lock().keys().next().unwrap();
    assert_ne!(&kept.0, token.secret());
    let mut wrong = *token.secret();
    wrong[31] ^= 1;
    assert!(place.sessions.find(Token::from_secret(wrong).id()).is_none());
    assert!(place.sessions.find(Token::from_secret(kept.0).id()).is_none());
    assert!(session.csrf.is(session.csrf.as_str().as_bytes()));
    for wrong in ["", "x", &session.csrf.as_str()[1..]] {
        assert!(!session.csrf.is(wrong.as_bytes()));
    }
    let debug = format!("{session:?}");
    assert!(!debug.contains(session.csrf.as_str()), "{debug}");
}

#[test]
fn the_longest_idle_of_a_user_goes_first() {
    let place = place();
    let passes = place.passes(2);
    let (other, _) = place.sessions.begin(passes[1]);
    let tokens: Vec<Token> = (0..MAX_PER_USER)
        .map(|_| {
            place.clock.advance(TimeSpan::seconds(1));
            place.sessions.begin(passes[0]).0
        })
        .collect();
    place.clock.advance(TimeSpan::seconds(1));
    place.sessions.touch(tokens[0].id());
    place.sessions.begin(passes[0]);
    let there = |token: &Token| place.sessions.find(token.id()).is_some();
    assert!(there(&tokens[0]) && !there(&tokens[1]) && there(&tokens[2]));
    assert!(there(&other), "others' sessions are not touched");
}

#[test]
fn there_are_never_more_than_the_bound() {
    let place = place();
    let passes = place.passes(MAX / MAX_PER_USER + 1);
    let mut first = None;
    for pass in &passes {
        for _ in 0..MAX_PER_USER {
            place.clock.advance(TimeSpan::millis(1));
            let (token, _) = place.sessions.begin(*pass);
            first.get_or_insert(token);
        }
    }
    assert_eq!(place.sessions.0.open.lock().len(), MAX);
    assert!(place.sessions.find(first.unwrap().id()).is_none());
}

#[test]
fn a_session_has_two_streams_and_tells_them_its_end() {
    let place = place();
    let (token, session) = place.sessions.begin(place.passes(1)[0]);
    let one = place.sessions.stream(session.id).unwrap();
    let two = place.sessions.stream(session.id).unwrap();
    assert!(place.sessions.stream(session.id).is_none());
    drop(one);
    assert!(place.sessions.stream(session.id).is_some());
    assert!(two.ended.has_changed().is_ok());
    place.sessions.end(token.id());
    assert!(two.ended.has_changed().is_err());
    assert!(place.sessions.stream(session.id).is_none());
}
