use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;

use crate::{Client, ClientStep, Reply, Request, Server, ServerStep, Violation};

/// What a server does with these bytes, cut as it asks for them: its last step and all it says.
fn serve(mut input: &[u8]) -> (Option<Result<ServerStep, Violation>>, Vec<u8>) {
    let (mut server, mut said, mut last) = (Server::new(), Vec::new(), None);
    let mut need = server.begins_with();
    while need <= input.len() {
        let (field, rest) = input.split_at(need);
        input = rest;
        let step = server.feed(field);
        said.extend(server.take_output());
        last = Some(step);
        match step {
            Ok(ServerStep::Need(n)) => need = n,
            _ => break,
        }
    }
    (last, said)
}

/// A client and a server talk until both are done.
fn talk(
    request: Request,
    reply: Reply,
    bound: Option<SocketAddr>,
) -> (Request, Reply, Option<SocketAddr>) {
    let (mut client, mut server) = (Client::new(request), Server::new());
    let (mut to_server, mut to_client) = (client.take_output(), Vec::new());
    let (mut server_needs, mut client_needs) = (server.begins_with(), client.begins_with());
    let mut asked = None;
    for _ in 0..20 {
        while asked.is_none() && to_server.len() >= server_needs {
            let field: Vec<u8> = to_server.drain(..server_needs).collect();
            match server.feed(&field).unwrap() {
                ServerStep::Need(n) => server_needs = n,
                ServerStep::Asks(request) => {
                    server.answer(reply, bound);
                    asked = Some(request);
                }
                ServerStep::Refused(reply) => panic!("{reply}"),
            }
            to_client.extend(server.take_output());
        }
        while to_client.len() >= client_needs {
            let field: Vec<u8> = to_client.drain(..client_needs).collect();
            let step = client.feed(&field).unwrap();
            to_server.extend(client.take_output());
            match step {
                ClientStep::Need(n) => client_needs = n,
                ClientStep::Answered(reply, bound) => {
                    assert!(to_client.is_empty());
                    return (asked.unwrap(), reply, bound);
                }
            }
        }
    }
    panic!("they never come to an end");
}

#[test]
fn plain_connect_is_served_byte_for_byte() {
    let (step, said) = serve(&[5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 10, 0, 25]);
    let target = "192.0.2.10:25".parse().unwrap();
    assert_eq!(step, Some(Ok(ServerStep::Asks(Request { target, egress: None }))));
    assert_eq!(said, [5, 0]);
}

#[test]
fn an_egress_is_asked_for_in_the_user_name() {
    let mut input = vec![5, 1, 2, 1, 16];
    input.extend_from_slice(b"egress=192.0.2.7");
    input.extend_from_slice(&[0, 5, 1, 0, 1, 192, 0, 2, 10, 0, 25]);
    let (step, said) = serve(&input);
    let request = Request {
        target: "192.0.2.10:25".parse().unwrap(),
        egress: Some("192.0.2.7".parse().unwrap()),
    };
    assert_eq!(step, Some(Ok(ServerStep::Asks(request))));
    assert_eq!(said, [5, 2, 1, 0]);
}

#[test]
fn what_is_not_served_is_refused_with_its_code() {
    let refused = |input: &[u8]| match serve(input) {
        (Some(Ok(ServerStep::Refused(reply))), said) => {
            assert_eq!(said[said.len() - 10..][..2], [5, reply.code()]);
            reply
        }
        other => panic!("{other:?}"),
    };
    let bind = [5, 1, 0, 5, 2, 0, 1];
    assert_eq!(refused(&bind), Reply::CommandNotSupported);
    let name = [5, 1, 0, 5, 1, 0, 3, 3, b'a', b'.', b'b', 0, 25];
    assert_eq!(refused(&name), Reply::AddressTypeNotSupported);
    assert_eq!(refused(&[5, 1, 0, 5, 1, 0, 9]), Reply::AddressTypeNotSupported);

    assert_eq!(serve(&[4, 1]).0, Some(Err(Violation::Version(4))));
    assert_eq!(serve(&[5, 0]), (Some(Err(Violation::Method)), vec![5, 0xff]));
    assert_eq!(serve(&[5, 1, 1]), (Some(Err(Violation::Method)), vec![5, 0xff]));
    let (step, said) = serve(b"\x05\x01\x02\x01\x04root\x01x");
    assert_eq!((step, said), (Some(Err(Violation::UserName)), vec![5, 2, 1, 1]));
}

proptest! {
    #[test]
    fn whatever_a_client_says_little_is_held_and_little_is_answered(input: Vec<u8>) {
        let (step, said) = serve(&input);
        prop_assert!(said.len() <= 24);
        if let Some(Ok(ServerStep::Need(n))) = step {
            prop_assert!((1..=257).contains(&n));
        }
    }

    #[test]
    fn whatever_a_proxy_says_a_client_ends(input: Vec<u8>, with_egress: bool) {
        let egress = with_egress.then_some(IpAddr::from([192, 0, 2, 1]));
        let mut client = Client::new(Request { target: ([192, 0, 2, 2], 25).into(), egress });
        let (mut rest, mut need) = (&input[..], client.begins_with());
        while need <= rest.len() {
            let (field, after) = rest.split_at(need);
            rest = after;
            match client.feed(field) {
                Ok(ClientStep::Need(n)) => {
                    prop_assert!((1..=257).contains(&n));
                    need = n;
                }
                _ => break,
            }
        }
    }

    #[test]
    fn both_sides_understand_each_other(
        target: SocketAddr, egress: Option<IpAddr>, code: u8, bound: Option<SocketAddr>
    ) {
        // What a flow label or scope would add is not carried.
        let plain = |address: SocketAddr| SocketAddr::new(address.ip(), address.port());
        let bound = bound.map(plain).filter(|bound| !bound.ip().is_unspecified());
        let request = Request { target: plain(target), egress };
        let (asked, reply, from) = talk(request, Reply::of_code(code), bound);
        prop_assert_eq!((asked, reply, from), (request, Reply::of_code(code), bound));
        prop_assert_eq!(reply.code(), code);
    }
}

#[test]
fn a_proxy_blames_itself_only_for_what_it_lacks() {
    let of = |number| Reply::of_error(&std::io::Error::from_raw_os_error(number));
    // ENOMEM, ENFILE, EMFILE, ENOBUFS.
    for own in [12, 23, 24, 105] {
        assert_eq!(of(own), Reply::GeneralFailure, "{own}");
    }
    // EACCES, EINVAL, ENOPROTOOPT, EADDRNOTAVAIL, EHOSTUNREACH, ECONNRESET.
    for target in [13, 22, 92, 99, 113, 104] {
        assert_eq!(of(target), Reply::HostUnreachable, "{target}");
    }
    // EAFNOSUPPORT, ENETDOWN, ENETUNREACH.
    for network in [97, 100, 101] {
        assert_eq!(of(network), Reply::NetworkUnreachable, "{network}");
    }
    assert_eq!((of(111), of(110)), (Reply::ConnectionRefused, Reply::TimedOut));
}
