//! What Patroni was told, from the REST API of one of its nodes: `GET /config` answers the configuration of the
//! whole cluster as JSON, without a sign-in.

use std::time::Duration;

use cluster::check::Manager;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How large it may be; a configuration has a few KiB.
const MOST: u64 = 256 << 10;

/// Asks a node at `address` (host and port).
pub(super) async fn ask(address: &str) -> Manager {
    let answer = match timeout(PATIENCE, get(address)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Manager::PatroniSilent(format!("{address}: {error}")),
        Err(_) => return Manager::PatroniSilent(format!("{address}: no answer")),
    };
    read(&answer).unwrap_or_else(|why| Manager::PatroniSilent(format!("{address}: {why}")))
}

async fn get(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // HTTP/1.0: the end of the answer is the end of the connection.
    let question =
        format!("GET /config HTTP/1.0\r\nHost: {address}\r\nAccept: application/json\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn read(answer: &str) -> Result<Manager, String> {
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("this is no HTTP")?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(format!("it answers {status}"));
    }
    let config: serde_json::Value =
        serde_json::from_str(body).map_err(|error| format!("this is no configuration: {error}"))?;
    Ok(Manager::PatroniWith {
        synchronous: is_on(config.get("synchronous_mode")),
        strict: is_on(config.get("synchronous_mode_strict")),
    })
}

/// As Patroni takes it: a truth value, or a word for one. `quorum` is synchronous too.
fn is_on(value: Option<&serde_json::Value>) -> bool {
    match value {
        Some(serde_json::Value::Bool(is_on)) => *is_on,
        Some(serde_json::Value::String(word)) => {
            ["on", "true", "yes", "1", "quorum"].contains(&word.to_lowercase().as_str())
        }
        Some(serde_json::Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_patroni_was_told_is_read() {
        let of = |body: &str| read(&format!("HTTP/1.0 200 OK\r\nServer: x\r\n\r\n{body}"));
        let with = |synchronous, strict| Ok(Manager::PatroniWith { synchronous, strict });
        assert_eq!(of("{\"ttl\": 30}"), with(false, false));
        assert_eq!(of("{\"synchronous_mode\": true}"), with(true, false));
        let both = "{\"synchronous_mode\": \"quorum\", \"synchronous_mode_strict\": \"on\"}";
        assert_eq!(of(both), with(true, true));
        assert!(of("<html>").is_err());
        assert!(read("HTTP/1.0 503 Service Unavailable\r\n\r\n{}").is_err());
        assert!(read("220 mail ESMTP").is_err());
    }
}
