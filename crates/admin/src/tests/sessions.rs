//! Signing in with a browser, and what a session may do.

use directory::{Change, Object};

use super::*;

const SIGN_IN: &str = "/api/v1/session";
const LIST: &str = "/api/v1/cmdlets/Get-SendConnector";
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn credentials(user: &str, password: &str) -> String {
    json!({ "user": user, "password": password }).to_string()
}

/// A browser's session.
struct Browser {
    client: Client,
    cookie: String,
    csrf: String,
}

impl Site {
    async fn browser(&self) -> Browser {
        let mut client = self.client().await;
        let body = credentials("Administrator", "s3cret");
        let reply = client.send("POST", SIGN_IN, &[JSON], &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let field = reply.headers["set-cookie"].to_str().unwrap();
        let cookie = field.split(';').next().unwrap().to_owned();
        Browser { client, cookie, csrf: reply.body["csrf"].as_str().unwrap().to_owned() }
    }

    fn change(&self, name: &str, edit: impl FnOnce(&mut Mailbox)) {
        let mut mailbox = Mailbox::clone(self.directory.snapshot().mailbox(name).unwrap());
        edit(&mut mailbox);
        let change = Change::Update { object: Object::Mailbox(mailbox) };
        self.directory.apply(vec![change], audit()).unwrap();
    }
}

impl Browser {
    async fn send(&mut self, method: &str, path: &str, more: &[(&str, &str)]) -> Reply {
        let mut headers = vec![("Cookie", self.cookie.as_str()), JSON];
        headers.extend(more);
        self.client.send(method, path, &headers, "{}").await
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[]).await
    }

    async fn post(&mut self, path: &str) -> Reply {
        let csrf = self.csrf.clone();
        self.send("POST", path, &[("Relais-CSRF", &csrf), ("Sec-Fetch-Site", "same-origin")]).await
    }
}

#[tokio::test]
async fn who_signs_in_gets_a_session() {
    let site = Site::new().await;
    let mut client = site.client().await;
    let body = credentials("administrator@contoso.com", "s3cret");
    let reply = client.send("POST", SIGN_IN, &[JSON], &body).await;
    assert_eq!(reply.status, 200);
    let cookie = reply.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-relais=") && cookie.contains("HttpOnly"), "{cookie}");
    let who = &reply.body;
    assert_eq!(who["user"], "Administrator");
    assert_eq!(who["roleGroups"], json!(["Organization Management"]));
    assert_eq!(who["address"], "Administrator@contoso.com");
    assert_eq!((&who["sandbox"], &who["language"]), (&json!(true), &Value::Null));
    assert_eq!(who["idleExpires"], "2023-11-14T22:43:20.000Z");
    assert_eq!(who["expires"], "2023-11-15T10:13:20.000Z");
    assert!(who["version"].is_string() && who["csrf"].as_str().unwrap().len() > 40);
    assert!(!cookie.contains(who["csrf"].as_str().unwrap()));

    let mut browser = site.browser().await;
    let again = browser.get(SIGN_IN).await;
    assert_eq!((again.status.as_u16(), &again.body["csrf"]), (200, &json!(browser.csrf)));
    assert_eq!(browser.post(LIST).await.status, 200);
    let whoami = browser.get("/api/v1/whoami").await;
    assert_eq!(whoami.body["user"], "Administrator");
    assert!(whoami.body.get("csrf").is_none());
}

#[tokio::test]
async fn a_wrong_password_opens_nothing_and_no_dialog() {
    let site = Site::new().await;
    let mut client = site.client().await;
    for (headers, body, status) in [
        (&[JSON][..], credentials("Administrator", "guess"), 401),
        (&[JSON], credentials("Administrator", ""), 401),
        (&[], credentials("Administrator", "s3cret"), 415),
        (&[("Content-Type", "text/plain")], credentials("Administrator", "s3cret"), 415),
        (&[JSON], "[]".to_owned(), 400),
        (&[JSON], String::new(), 400),
        (&[JSON], r#"{"user":"Administrator"}"#.to_owned(), 400),
        (&[JSON], r#"{"user":"Administrator","password":"s3cret","x":1}"#.to_owned(), 400),
        (&[JSON], credentials("Administrator", &"x".repeat(20_000)), 400),
        (&[JSON, ("Sec-Fetch-Site", "cross-site")], credentials("Administrator", "s3cret"), 403),
    ] {
        let reply = client.send("POST", SIGN_IN, headers, &body).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.body);
        assert!(!reply.headers.contains_key("set-cookie"));
        assert!(!reply.headers.contains_key("www-authenticate"));
        client = site.client().await;
    }
    for _ in 0..8 {
        client.send("POST", SIGN_IN, &[JSON], &credentials("Jean", "guess")).await;
    }
    let waits =
        client.send("POST", SIGN_IN, &[JSON], &credentials("Administrator", "s3cret")).await;
    assert_eq!(waits.status, 429);
    assert_eq!(waits.headers["retry-after"], "60");
}

#[tokio::test]
async fn what_changes_something_needs_the_token() {
    let site = Site::new().await;
    let mut browser = site.browser().await;
    let csrf = browser.csrf.clone();
    let other = site.browser().await.csrf;
    for headers in [
        &[][..],
        &[("Relais-CSRF", "")],
        &[("Relais-CSRF", &other)],
        &[("Relais-CSRF", &csrf), ("Sec-Fetch-Site", "cross-site")],
        &[("Relais-CSRF", &csrf), ("Sec-Fetch-Site", "same-site")],
        &[("Relais-CSRF", &csrf), ("Sec-Fetch-Site", "none")],
    ] {
        for (method, path) in [("POST", LIST), ("DELETE", SIGN_IN)] {
            let reply = browser.send(method, path, headers).await;
            assert_eq!((reply.status.as_u16(), &reply.body["id"]), (403, &json!("csrf")));
        }
    }
    assert_eq!(browser.send("POST", LIST, &[("Relais-CSRF", &csrf)]).await.status, 200);
}

#[tokio::test]
async fn a_session_ends_when_its_user_says_so() {
    let site = Site::new().await;
    let mut browser = site.browser().await;
    let csrf = browser.csrf.clone();
    let ended = browser.send("DELETE", SIGN_IN, &[("Relais-CSRF", &csrf)]).await;
    assert_eq!(ended.status, 204);
    assert!(ended.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let after = browser.get(SIGN_IN).await;
    assert_eq!((after.status.as_u16(), &after.body["id"]), (401, &json!("session")));
    assert!(!after.headers.contains_key("www-authenticate"));
    assert_eq!(browser.post(LIST).await.status, 401);
    assert_eq!(browser.send("DELETE", SIGN_IN, &[]).await.status, 204, "once more");

    // Signing in again ends the former session.
    let mut first = site.browser().await;
    let body = credentials("Jean", "p\u{e4}ss");
    let cookie = first.cookie.clone();
    let second = first.client.send("POST", SIGN_IN, &[JSON, ("Cookie", &cookie)], &body).await;
    assert_eq!(second.body["user"], "Jean");
    assert_eq!(first.get(SIGN_IN).await.status, 401);
}

#[tokio::test]
async fn pages_that_poll_do_not_keep_a_session_open() {
    let site = Site::new().await;
    let mut browser = site.browser().await;
    let csrf = browser.csrf.clone();
    let passive = [("Relais-Passive", "1"), ("Relais-CSRF", &csrf)];
    for _ in 0..2 {
        site.clock.advance(TimeSpan::minutes(14));
        for (method, path) in [("GET", SIGN_IN), ("POST", LIST)] {
            assert_eq!(browser.send(method, path, &passive).await.status, 200);
        }
    }
    let shown = browser.send("GET", SIGN_IN, &passive).await;
    assert_eq!(shown.body["idleExpires"], "2023-11-14T22:43:20.000Z");
    assert_eq!(browser.post(LIST).await.status, 200, "its user is there");
    site.clock.advance(TimeSpan::minutes(29));
    assert_eq!(browser.send("GET", SIGN_IN, &passive).await.status, 200);
    site.clock.advance(TimeSpan::minutes(1));
    assert_eq!(browser.get(SIGN_IN).await.status, 401);
}

#[tokio::test]
async fn a_session_follows_its_mailbox() {
    let site = Site::new().await;
    let mut browser = site.browser().await;
    site.change("Administrator", |mailbox| mailbox.languages.push("fr-FR".parse().unwrap()));
    let shown = browser.get(SIGN_IN).await;
    assert_eq!((shown.status.as_u16(), &shown.body["language"]), (200, &json!("fr-FR")));
    let record = hash_password("an0ther s3cret").unwrap();
    site.change("Administrator", |mailbox| mailbox.password = Some(record));
    let refused = browser.post(LIST).await;
    assert_eq!((refused.status.as_u16(), &refused.body["id"]), (401, &json!("session")));
}

#[tokio::test]
async fn roles_are_those_of_the_moment() {
    let site = Site::new().await;
    let mut client = site.client().await;
    let reply = client.send("POST", SIGN_IN, &[JSON], &credentials("Jean", "p\u{e4}ss")).await;
    let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let csrf = reply.body["csrf"].as_str().unwrap().to_owned();
    let mut jean = Browser { client, cookie: cookie.to_owned(), csrf };
    assert_eq!(jean.post(LIST).await.status, 403);
    let mut administrator = site.client_of("Administrator", "s3cret").await;
    let group = json!({ "Identity": "View-Only Organization Management", "Member": "Jean" });
    administrator.run("Add-RoleGroupMember", group.clone()).await;
    assert_eq!(jean.post(LIST).await.status, 200);
    let shown = jean.get(SIGN_IN).await;
    assert_eq!(shown.body["roleGroups"], json!(["View-Only Organization Management"]));
    administrator.run("Remove-RoleGroupMember", group).await;
    assert_eq!(jean.post(LIST).await.status, 403);
}

#[tokio::test]
async fn a_cookie_that_is_none_counts_as_a_session_that_has_ended() {
    let site = Site::new().await;
    let mut browser = site.browser().await;
    let right = browser.cookie.clone();
    let basic = format!("Basic {}", STANDARD.encode("Administrator:s3cret"));
    for wrong in ["__Host-relais=", "__Host-relais=AAAA", &format!("{right}; {right}")] {
        browser.cookie = wrong.to_owned();
        // A password that the browser remembers does not stand in for the session.
        let reply = browser.send("GET", "/api/v1/whoami", &[("Authorization", &basic)]).await;
        assert_eq!((reply.status.as_u16(), &reply.body["id"]), (401, &json!("session")));
        assert!(!reply.headers.contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn browsers_are_not_made_to_ask_for_a_password() {
    let site = Site::new().await;
    let mut client = site.client().await;
    let script = client.get("/api/v1/whoami").await;
    assert!(script.headers.contains_key("www-authenticate"));
    let mode = [("Sec-Fetch-Mode", "cors")];
    let browser = client.send("GET", "/api/v1/whoami", &mode, "").await;
    assert_eq!(browser.status, 401);
    assert!(!browser.headers.contains_key("www-authenticate"));
    let session = client.get(SIGN_IN).await;
    assert_eq!((session.status.as_u16(), &session.body["id"]), (401, &json!("session")));
}

#[tokio::test]
async fn users_behind_a_proxy_are_counted_apart() {
    use tower::ServiceExt;

    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let (settings, ..) = settings(&files, clock);
    let router = crate::router::router(&App::new(settings), None);
    let sign_in = async |peer: &str, forwarded: &str, password: &str| {
        let request = Request::post(SIGN_IN)
            .header(JSON.0, JSON.1)
            .header("X-Forwarded-For", forwarded)
            .body(axum::body::Body::from(credentials("Jean", password)));
        let mut request = request.unwrap();
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    for _ in 0..10 {
        assert_eq!(sign_in("203.0.113.1", "198.51.100.7", "guess").await, 401);
        // Who is no proxy cannot put the blame on others.
        assert_eq!(sign_in("192.0.2.1", "198.51.100.8", "guess").await, 401);
    }
    assert_eq!(sign_in("203.0.113.1", "198.51.100.7", "p\u{e4}ss").await, 429);
    assert_eq!(sign_in("192.0.2.1", "198.51.100.9", "p\u{e4}ss").await, 429);
    assert_eq!(sign_in("203.0.113.1", "198.51.100.8", "p\u{e4}ss").await, 200);
}
