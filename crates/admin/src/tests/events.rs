//! The stream of events, read as a browser reads it.

use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::*;

const EVENTS: &str = "/api/v1/events";

struct Stream {
    status: StatusCode,
    body: Incoming,
    read: String,
    connection: JoinHandle<()>,
    _sender: SendRequest<Full<Bytes>>,
}

impl Stream {
    async fn open(site: &Site, cookie: &str, headers: &[(&str, &str)]) -> Self {
        let mut client = site.client().await;
        let mut request = Request::get(EVENTS).header("Host", "127.0.0.1").header("Cookie", cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::new())).unwrap();
        let response = client.sender.send_request(request).await.unwrap();
        let status = response.status();
        if status == 200 {
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
        Self {
            status,
            body: response.into_body(),
            read: String::new(),
            connection: client.connection,
            _sender: client.sender,
        }
    }

    /// Reads until the text has come, or the stream has ended.
    async fn until(&mut self, text: &str) -> bool {
        let found = async {
            while !self.read.contains(text) {
                match self.body.frame().await {
                    Some(Ok(frame)) => {
                        let data = frame.into_data().unwrap_or_default();
                        self.read.push_str(std::str::from_utf8(&data).unwrap());
                    }
                    _ => return false,
                }
            }
            true
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.unwrap()
    }

    /// Whether it ends in order.
    async fn ends(&mut self) -> bool {
        !self.until("never there").await
    }
}

async fn sign_in(site: &Site) -> (Client, String, String) {
    let mut client = site.client().await;
    let body = json!({ "user": "Administrator", "password": "s3cret" }).to_string();
    let json = [("Content-Type", "application/json")];
    let reply = client.send("POST", "/api/v1/session", &json, &body).await;
    let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    (client, cookie.to_owned(), reply.body["csrf"].as_str().unwrap().to_owned())
}

async fn change(site: &Site) -> u64 {
    let mut administrator = site.client_of("Administrator", "s3cret").await;
    let name = format!("connector {}", site.directory.snapshot().revision);
    let made = json!({ "Name": name, "AddressSpaces": "*" });
    assert_eq!(administrator.run("New-SendConnector", made).await.status, 200);
    site.directory.snapshot().revision
}

#[tokio::test]
async fn every_change_is_told() {
    let site = Site::new().await;
    let (_, cookie, _) = sign_in(&site).await;
    let before = site.directory.snapshot().revision;
    let mut stream = Stream::open(&site, &cookie, &[]).await;
    assert_eq!(stream.status, 200);
    assert!(stream.until("retry: 1000\n\n").await, "{}", stream.read);
    assert!(!stream.read.contains("directory"), "nothing has changed: {}", stream.read);
    let revision = change(&site).await;
    let event = format!("event: directory\nid: {revision}\ndata: {{\"revision\":{revision}}}\n\n");
    assert!(stream.until(&event).await, "{}", stream.read);

    // Who comes back is told what he missed, and only that.
    let last = before.to_string();
    let mut stream = Stream::open(&site, &cookie, &[("Last-Event-ID", &last)]).await;
    assert!(stream.until(&format!("data: {{\"revision\":{revision}}}\n")).await);
    drop(stream);
    let last = revision.to_string();
    let mut stream = Stream::open(&site, &cookie, &[("Last-Event-ID", &last)]).await;
    assert!(stream.until("\n\n").await && !stream.read.contains("directory"), "{}", stream.read);
}

#[tokio::test]
async fn it_needs_a_session_and_ends_with_it() {
    let site = Site::new().await;
    assert_eq!(Stream::open(&site, "a=b", &[]).await.status, 401);
    let basic = format!("Basic {}", STANDARD.encode("Administrator:s3cret"));
    let status = Stream::open(&site, "a=b", &[("Authorization", &basic)]).await.status;
    assert_eq!(status, 401, "a password is no session");
    let (mut client, cookie, csrf) = sign_in(&site).await;
    let mut one = Stream::open(&site, &cookie, &[]).await;
    let mut two = Stream::open(&site, &cookie, &[]).await;
    let three = Stream::open(&site, &cookie, &[]).await;
    assert_eq!((one.status.as_u16(), two.status.as_u16(), three.status.as_u16()), (200, 200, 429));
    let headers = [("Cookie", cookie.as_str()), ("Relais-CSRF", &csrf)];
    assert_eq!(client.send("DELETE", "/api/v1/session", &headers, "").await.status, 204);
    assert!(one.ends().await && two.ends().await);
}

#[tokio::test]
async fn a_place_is_free_again_when_the_reader_has_gone() {
    let site = Site::new().await;
    let (_, cookie, _) = sign_in(&site).await;
    let one = Stream::open(&site, &cookie, &[]).await;
    let two = Stream::open(&site, &cookie, &[]).await;
    two.connection.abort();
    let free = async {
        while Stream::open(&site, &cookie, &[]).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), free).await.unwrap();
    drop(one);
}

#[tokio::test]
async fn a_session_that_is_over_is_told_nothing_more() {
    let site = Site::new().await;
    let (_, cookie, _) = sign_in(&site).await;
    let mut stream = Stream::open(&site, &cookie, &[]).await;
    assert!(stream.until("retry").await);
    site.clock.advance(TimeSpan::minutes(31));
    change(&site).await;
    assert!(stream.ends().await);
    assert!(!stream.read.contains("directory"), "{}", stream.read);
}

#[tokio::test]
async fn the_server_does_not_wait_for_it() {
    let site = Site::new().await;
    let (_, cookie, _) = sign_in(&site).await;
    let mut stream = Stream::open(&site, &cookie, &[]).await;
    assert!(stream.until("retry").await);
    let begun = std::time::Instant::now();
    site.stop.send(()).unwrap();
    site.served.await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(stream.ends().await);
}
