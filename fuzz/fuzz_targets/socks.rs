//! Whatever the other side of SOCKS5 says, each machine asks for little, says little, and ends;
//! a request that a server understands is one a client could have made.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socks::{Client, ClientStep, Request, Server, ServerStep};

fn serve(mut words: &[u8]) -> Option<Request> {
    let (mut server, mut said) = (Server::new(), 0);
    let mut need = server.begins_with();
    while need <= words.len() {
        let (field, rest) = words.split_at(need);
        words = rest;
        let step = server.feed(field);
        said += server.take_output().len();
        assert!(said <= 24);
        match step {
            Ok(ServerStep::Need(n)) => need = n,
            Ok(ServerStep::Asks(request)) => return Some(request),
            _ => return None,
        }
        assert!((1..=257).contains(&need));
    }
    None
}

fuzz_target!(|words: &[u8]| {
    let mut request = Request { target: ([192, 0, 2, 1], 25).into(), egress: None };
    if let Some(understood) = serve(words) {
        request = understood;
    }
    let mut client = Client::new(request);
    let (mut rest, mut need) = (words, client.begins_with());
    while need <= rest.len() {
        let (field, after) = rest.split_at(need);
        rest = after;
        match client.feed(field) {
            Ok(ClientStep::Need(n)) => need = n,
            _ => break,
        }
        assert!((1..=257).contains(&need) && client.take_output().len() <= 80);
    }
});
