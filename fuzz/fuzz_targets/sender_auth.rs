//! Whatever the message and the DNS say, the field that notes it is one field, of bounded lines and a
//! bounded number of results; and no field of a stranger is left in our name.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use model::{ReversePath, Timestamp};
use sender_auth::{Answer, Arrival, Names, evaluate};

const HOST: &str = "mx.contoso.com";

/// Every name has these TXT records, and itself for everything else.
struct Everywhere(Vec<String>);

impl Names for Everywhere {
    async fn texts(&self, _: &str) -> Answer<String> {
        Ok(self.0.clone())
    }
    async fn v4(&self, _: &str) -> Answer<Ipv4Addr> {
        Ok(vec![Ipv4Addr::LOCALHOST])
    }
    async fn v6(&self, _: &str) -> Answer<Ipv6Addr> {
        Ok(Vec::new())
    }
    async fn exchangers(&self, name: &str) -> Answer<String> {
        Ok(vec![name.to_owned()])
    }
    async fn names_of(&self, _: IpAddr) -> Answer<String> {
        Ok(self.0.clone())
    }
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let (content, hello, records) = (parts.next(), parts.next(), parts.next());
    let text = |part: Option<&[u8]>| String::from_utf8_lossy(part.unwrap_or_default()).into_owned();
    let content = Bytes::copy_from_slice(content.unwrap_or_default());
    let (hello, records) = (text(hello), text(records));
    let names = Everywhere(records.split('\0').map(str::to_owned).collect());
    let sender = hello.parse().map_or(ReversePath::Null, ReversePath::Address);
    let client = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let arrival =
        Arrival { client, hello: &hello, sender: &sender, now: Timestamp::from_millis(1_700_000_000_000) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let found = runtime.block_on(evaluate(&names, arrival, content.clone()));
    let field = found.field(HOST, client);
    assert!(field.is_ascii() && field.ends_with("\r\n") && found.dkim.len() <= 10);
    for line in field.trim_end().split("\r\n").skip(1) {
        assert!(line.starts_with('\t') && line.len() <= 998 && !line.contains(['\r', '\n']));
    }
    let left = message::without_results_of(content, HOST);
    assert_eq!(message::without_results_of(left.clone(), HOST), left);
    assert_eq!(message::results_of(&left, HOST), None);
});
