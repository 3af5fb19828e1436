//! Which of its addresses a front end sends from.

use std::net::{IpAddr, SocketAddr};

use directory::Egress;
use socks::Reply;

/// The address for this target: the one that was asked for, else the first of the target's
/// family. `None` leaves it to the machine's routes, where no address is configured.
pub(crate) fn choose(
    configured: &[Egress],
    asked: Option<IpAddr>,
    target: SocketAddr,
) -> Result<Option<IpAddr>, Reply> {
    let fits = |address: IpAddr| address.is_ipv4() == target.ip().to_canonical().is_ipv4();
    if let Some(asked) = asked {
        let known = configured.iter().any(|egress| egress.address == asked);
        return if known && fits(asked) { Ok(Some(asked)) } else { Err(Reply::NotAllowed) };
    }
    if configured.is_empty() {
        return Ok(None);
    }
    let first = configured.iter().map(|egress| egress.address).find(|address| fits(*address));
    first.map(Some).ok_or(Reply::NetworkUnreachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asked_for_chosen_or_left_to_the_machine() {
        let list: Vec<Egress> = ["203.0.113.7;a.x", "203.0.113.8;b.x"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let (v4, v6) = ("192.0.2.1:25".parse().unwrap(), "[2001:db8::1]:25".parse().unwrap());
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(choose(&[], None, v4), Ok(None));
        assert_eq!(choose(&list, None, v4), Ok(Some(address("203.0.113.7"))));
        assert_eq!(choose(&list, None, v6), Err(Reply::NetworkUnreachable));
        let second = address("203.0.113.8");
        assert_eq!(choose(&list, Some(second), v4), Ok(Some(second)));
        assert_eq!(choose(&list, Some(second), v6), Err(Reply::NotAllowed));
        for foreign in [&list[..], &[]] {
            assert_eq!(choose(foreign, Some(address("203.0.113.9")), v4), Err(Reply::NotAllowed));
        }
    }
}
