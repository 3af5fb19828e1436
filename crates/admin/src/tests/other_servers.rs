//! Another server of the organization asks: here this one, with its own certificate.

use directory::Server;
use peers::{Configured, Peers, Question};

use super::*;

/// Somebody who asks at `site`, and the server that he asks.
fn asking(site: &Site) -> (Peers, Server) {
    let endpoint = site.address.to_string().parse().unwrap();
    let known = Configured::new([("MBX01".parse().unwrap(), endpoint)]);
    let snapshot = site.directory.snapshot();
    let server = Server::clone(snapshot.server("MBX01").unwrap());
    (Peers::new(Arc::new(known), Arc::clone(&site.mutual)), server)
}

/// The administrator's question.
fn question(site: &Site, path: &str, parameters: Value) -> Question {
    let snapshot = site.directory.snapshot();
    let found = snapshot.mailboxes.iter().find(|mailbox| mailbox.name.is("Administrator"));
    let body = json!({
        "mailbox": found.unwrap().header.guid.to_string(), "parameters": parameters,
    });
    Question {
        path: path.to_owned(),
        body: Bytes::from(body.to_string()),
        patience: Duration::from_secs(20),
        largest: 1 << 20,
        takes_turn: false,
    }
}

#[tokio::test]
async fn other_servers_are_served_what_is_for_them_and_nothing_else() {
    let site = Site::new().await;
    let (peers, server) = asking(&site);
    let path = format!("{}Get-Queue", peers::CMDLETS);
    let answer = peers.ask(&server, question(&site, &path, json!({ "Server": "MBX01" }))).await;
    let answer: Value = serde_json::from_slice(&answer.unwrap()).unwrap();
    assert_eq!(answer, json!({ "objects": [], "warnings": [], "whatIf": null }));
    for other in ["/api/v1/cmdlets/Get-Queue", "/api/v1/whoami", "/", "/sandbox/api/messages"] {
        let refused = peers.ask(&server, question(&site, other, json!({}))).await.unwrap_err();
        assert_eq!(refused.why, "refused: There is nothing at this path", "{other}");
    }
    let mut client = site.client_of("Administrator", "s3cret").await;
    let json = [("Content-Type", "application/json")];
    assert_eq!(client.send("POST", &path, &json, "{}").await.status, 404);
    // Once it has gone from the directory its certificate is worth nothing.
    let snapshot = site.directory.snapshot();
    let mut gone = Server::clone(snapshot.server("MBX01").unwrap());
    gone.is_mailbox_server = false;
    let change = directory::Change::Update { object: directory::Object::Server(gone) };
    site.directory.apply(vec![change], audit()).unwrap();
    let refused = peers.ask(&server, question(&site, &path, json!({}))).await.unwrap_err();
    assert!(refused.why.contains("names no Mailbox server"), "{refused:?}");
}

#[tokio::test]
async fn an_action_ends_with_the_question_for_it() {
    let site = Site::new().await;
    let (peers, server) = asking(&site);
    let path = format!("{}Remove-Message", peers::CMDLETS);
    let asked = question(&site, &path, json!({ "Filter": "Subject -like '*prize*'" }));
    let asking = tokio::spawn(async move { peers.ask(&server, asked).await });
    let mut watcher = site.client_of("Administrator", "s3cret").await;
    action_states(&mut watcher, &["Running"]).await;
    // Whoever asked the other server has gone.
    asking.abort();
    action_states(&mut watcher, &["Cancelled"]).await;
}
