//! The admin center's files, as a browser gets them.

use super::*;

const HTML: &str = "text/html; charset=utf-8";

/// The paths of what the page loads.
fn parts(page: &str) -> Vec<String> {
    let quoted = page.split('"').skip(1).step_by(2);
    let found = quoted.filter(|text| text.contains("assets/") || text.ends_with(".svg"));
    found.map(|path| format!("/{}", path.trim_start_matches("./"))).collect()
}

#[tokio::test]
async fn the_page_is_served_with_a_nonce_of_its_own() {
    let site = Site::new().await;
    let mut client = site.client().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = client.get("/").await;
        assert_eq!(
            (page.status.as_u16(), &page.headers["content-type"]),
            (200, &HTML.parse().unwrap())
        );
        assert_eq!(page.headers["cache-control"], "no-cache");
        assert!(!page.headers.contains_key("etag"), "an old page has an old nonce");
        assert_eq!(page.headers["x-frame-options"], "DENY");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        let (nonce, _) = rest.split_once('\'').unwrap();
        assert!(nonce.len() >= 22 && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        let text = page.body.as_str().unwrap();
        assert!(text.contains(&format!("content=\"{nonce}\"")), "{text}");
        assert!(!text.contains("__CSP_NONCE__") && !text.contains("://"), "{text}");
        nonces.push(nonce.to_owned());
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn what_the_page_is_made_of_is_kept_by_browsers() {
    let site = Site::new().await;
    let mut client = site.client().await;
    let page = client.get("/").await;
    let parts = parts(page.body.as_str().unwrap());
    assert!(parts.len() >= 2, "{parts:?}");
    for path in parts {
        let plain = client.get(&path).await;
        assert_eq!(plain.status, 200, "{path}");
        let kind = plain.headers["content-type"].to_str().unwrap();
        let (caching, kinds) = if path.starts_with("/assets/") {
            ("public, max-age=31536000, immutable", ["text/javascript", "text/css"])
        } else {
            ("no-cache", ["image/svg+xml"; 2])
        };
        assert!(kinds.iter().any(|expected| kind.starts_with(expected)), "{path}: {kind}");
        assert_eq!(plain.headers["cache-control"], caching);
        assert_eq!(plain.headers["vary"], "Accept-Encoding");
        assert_eq!(plain.headers["x-content-type-options"], "nosniff");
        assert!(!plain.headers.contains_key("content-encoding"));
        let mut tags = vec![plain.headers["etag"].clone()];
        for (accepted, coding) in [("gzip, deflate, br", "br"), ("gzip", "gzip")] {
            let packed = client.bytes(&path, &[("Accept-Encoding", accepted)]).await;
            assert_eq!(packed.0["content-encoding"], coding);
            assert_eq!(packed.0["content-type"], kind);
            let mut text = Vec::new();
            match coding {
                "br" => brotli::BrotliDecompress(&mut &*packed.1, &mut text).unwrap(),
                _ => {
                    let mut gzip = flate2::read::GzDecoder::new(&*packed.1);
                    std::io::Read::read_to_end(&mut gzip, &mut text).unwrap();
                }
            }
            assert_eq!(text, plain.body.as_str().unwrap().as_bytes(), "{path} {coding}");
            tags.push(packed.0["etag"].clone());
        }
        let known = [("If-None-Match", tags[0].to_str().unwrap())];
        let unchanged = client.send("GET", &path, &known, "").await;
        assert_eq!((unchanged.status.as_u16(), unchanged.body), (304, json!("")));
        assert_eq!(unchanged.headers["cache-control"], caching);
        tags.dedup();
        assert_eq!(tags.len(), 3, "a tag for each coding");
    }
    for path in ["/assets/nothing.js", "/assets/", "/assets/../index.html", "/index.html", "/x"] {
        let missing = client.get(path).await;
        assert_eq!(missing.status, 404, "{path}");
        assert_eq!(missing.headers["content-type"], "application/problem+json");
        assert_eq!(missing.headers["cache-control"], "no-store");
    }
    assert_eq!(client.send("POST", "/", &[], "").await.status, 405);
}

#[tokio::test]
async fn exchange_s_addresses_lead_here() {
    let site = Site::new().await;
    let mut client = site.client().await;
    for (path, expected) in [
        ("/ecp", "./"),
        ("/ecp/", "../"),
        ("/ecp/default.aspx?x=//evil.example", "../"),
        ("/owa", "./"),
        ("/owa/auth/logon.aspx", "../../"),
        ("/admin", "./"),
    ] {
        let reply = client.get(path).await;
        let location = reply.headers["location"].to_str().unwrap();
        assert_eq!((reply.status.as_u16(), location), (302, expected), "{path}");
    }
}
