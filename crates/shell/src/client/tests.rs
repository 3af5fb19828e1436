//! The API client against a server on loopback.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::*;
use crate::fixture::Pki;

/// A server that answers the way a function says, `requests` times a connection.
async fn serve(
    pki: &Pki,
    requests: usize,
    answer: fn(&str, &str) -> String,
) -> (ServerAddress, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Arc::clone(&pki.server);
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = server.acceptor();
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                counter.fetch_add(1, Ordering::SeqCst);
                let mut stream = BufReader::new(stream);
                for _ in 0..requests {
                    let Some((head, body)) = request(&mut stream).await else { return };
                    stream.write_all(answer(&head, &body).as_bytes()).await.unwrap();
                    stream.flush().await.unwrap();
                }
            });
        }
    });
    (ServerAddress::new("127.0.0.1", port), connections)
}

async fn request<S: AsyncBufReadExt + Unpin>(stream: &mut S) -> Option<(String, String)> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
        if &head[before..] == "\r\n" {
            break;
        }
    }
    let length = head
        .lines()
        .find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned))
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}

fn response(status: &str, headers: &str, body: &Json) -> String {
    let body = body.to_string();
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// `jean` with the password `secret` may sign in.
fn relais(head: &str, body: &str) -> String {
    if !head.to_lowercase().contains("authorization: basic amvhbjpzzwnyzxq=") {
        return response("401 Unauthorized", "", &json!({"detail": "no"}));
    }
    if head.starts_with("GET /api/v1/whoami ") {
        let who = json!({"user": "jean", "roleGroups": [], "cmdlets": ["Get-Queue"],
            "server": "MBX01", "submission": {"host": "127.0.0.1", "port": 587}, "relay": null});
        return response("200 OK", "", &who);
    }
    if head.starts_with("POST /api/v1/cmdlets/Get-Queue ") {
        let parameters: Json = serde_json::from_str(body).unwrap();
        let warnings = "relais-warning: one%20%C3%A9t%C3%A9\r\nrelais-warning: two\r\n";
        return response(
            "200 OK",
            warnings,
            &json!([{"Identity": "MBX01\\1", "Asked": parameters}]),
        );
    }
    let problem = json!({"detail": "You may not.", "id": "SC-24", "parameter": "Identity"});
    response("403 Forbidden", "content-type: application/problem+json\r\n", &problem)
}

fn trust(data_dir: Option<&std::path::Path>) -> Trust {
    // A directory that does not exist keeps the authorities of this machine out.
    let data_dir = data_dir.map_or_else(|| "/nonexistent".into(), Into::into);
    Trust {
        option: None,
        environment: None,
        data_dir: Some(data_dir),
        known: KnownServers::new(None),
    }
}

fn password(password: &str) -> SignIn {
    SignIn::Password { user: "jean".into(), password: Zeroizing::new(password.into()) }
}

#[tokio::test]
async fn cmdlets_are_called_over_one_connection() {
    let pki = Pki::new();
    let directory = tempfile::tempdir().unwrap();
    pki.install(directory.path());
    let (address, connections) = serve(&pki, 100, relais).await;
    let mut api = Api::connect(&[address], trust(Some(directory.path())), None).await.unwrap();
    let wrong = api.sign_in(&password("wrong")).await.unwrap_err();
    assert!(wrong.to_string().contains("user name or the password is wrong"), "{wrong}");
    let who = api.sign_in(&password("secret")).await.unwrap();
    assert_eq!((who.server.as_str(), who.cmdlets.len()), ("MBX01", 1));
    let parameters = Map::from_iter([("ResultSize".to_owned(), json!(5))]);
    let reply = api.cmdlet("Get-Queue", parameters, true).await.unwrap();
    assert_eq!(reply.objects, [json!({"Identity": "MBX01\\1", "Asked": {"ResultSize": 5}})]);
    assert_eq!(reply.warnings, ["one été", "two"]);
    let refused = api.cmdlet("Remove-Message", Map::new(), false).await.unwrap_err();
    let ApiError::Refused(problem) = refused else { panic!("{refused}") };
    assert_eq!((problem.message.as_str(), problem.id.as_deref()), ("You may not.", Some("SC-24")));
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_went_is_replaced() {
    let pki = Pki::new();
    let (address, connections) = serve(&pki, 1, relais).await;
    let trust = Trust { option: Some(pki.fingerprint()), ..trust(None) };
    let mut api = Api::connect(&[address], trust, None).await.unwrap();
    api.sign_in(&password("secret")).await.unwrap();
    for _ in 0..3 {
        api.cmdlet("Get-Queue", Map::new(), true).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn strangers_are_not_trusted_silently() {
    let pki = Pki::new();
    let (address, connections) = serve(&pki, 100, relais).await;
    let addresses = std::slice::from_ref(&address);
    let refused = |result: Result<Api, ApiError>| match result {
        Ok(_) => panic!("trusted"),
        Err(error) => error.to_string(),
    };
    let text = refused(Api::connect(addresses, trust(None), None).await);
    assert!(text.contains(&pki.fingerprint().to_string()), "{text}");
    assert!(text.contains("--fingerprint"), "{text}");

    // The authority of another organization does not vouch for it.
    let directory = tempfile::tempdir().unwrap();
    Pki::new().install(directory.path());
    let text = refused(Api::connect(addresses, trust(Some(directory.path())), None).await);
    assert!(text.contains("does not vouch"), "{text}");

    // A fingerprint that does not match is final, whoever would say yes.
    let wrong = Trust { option: Some(Pki::new().fingerprint()), ..trust(None) };
    let mut yes = |_: &ServerAddress, _| true;
    let text = refused(Api::connect(addresses, wrong, Some(&mut yes)).await);
    assert!(text.contains("may be another server"), "{text}");

    let mut asked = Vec::new();
    let mut no = |_: &ServerAddress, fingerprint| {
        asked.push(fingerprint);
        false
    };
    refused(Api::connect(addresses, trust(None), Some(&mut no)).await);
    assert_eq!(asked, [pki.fingerprint()]);
    assert!(Api::connect(addresses, trust(None), Some(&mut yes)).await.is_ok());

    let known = KnownServers::new(Some(directory.path().join("known")));
    known.add(&address, pki.fingerprint()).unwrap();
    assert!(Api::connect(addresses, Trust { known, ..trust(None) }, None).await.is_ok());
    assert!(connections.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn the_first_server_that_listens_is_taken() {
    let pki = Pki::new();
    let (address, _) = serve(&pki, 100, relais).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = ServerAddress::new("127.0.0.1", closed.local_addr().unwrap().port());
    drop(closed);
    let trust = Trust { option: Some(pki.fingerprint()), ..trust(None) };
    let api = Api::connect(&[nobody.clone(), address.clone()], trust.clone(), None).await.unwrap();
    assert_eq!(*api.address(), address);
    let error = Api::connect(&[nobody], trust, None).await.err().unwrap();
    assert!(error.to_string().contains("connection refused"), "{error}");
}
