//! How what an issuer publishes is fetched: over HTTPS from who has a certificate of a trusted authority.

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;
use dns::Resolver;
use http_body_util::Full;
use https::{Dial, Https, PATIENCE};
use model::HttpsUrl;
use tls::TrustAnchors;
use tokio::time::timeout;

/// What is fetched, or why it is not, bounded.
pub type Fetched<'a> = Pin<Box<dyn Future<Output = Result<Bytes, String>> + Send + 'a>>;

/// Who fetches documents.
pub trait TokenWeb: Send + Sync {
    /// The document at this address, of so many bytes at most.
    fn get<'a>(&'a self, url: &'a HttpsUrl, largest: usize) -> Fetched<'a>;
}

/// The real one.
pub struct HttpsWeb {
    /// Who opens connections.
    pub dial: Arc<dyn Dial>,
    /// Whose certificates count.
    pub trust: Arc<TrustAnchors>,
    /// Who knows addresses now.
    pub resolver: Arc<dyn Fn() -> Resolver + Send + Sync>,
}

impl HttpsWeb {
    async fn fetch(&self, url: &HttpsUrl, largest: usize) -> Result<Bytes, String> {
        let resolver = (self.resolver)();
        let https = Https { dial: self.dial.as_ref(), trust: &self.trust, resolver: &resolver };
        let request = https::get(url, "application/json").body(Full::new(Bytes::new()));
        let request = request.map_err(|_| format!("{url} cannot be asked for"))?;
        let from = |why: String| format!("{url}: {why}");
        let proved = https.connect(url).await.map_err(from)?;
        match proved.answered(request, largest).await.map_err(from)? {
            (200, document) => Ok(document),
            (status, _) => Err(format!("{url}: it answered {status}")),
        }
    }
}

impl TokenWeb for HttpsWeb {
    fn get<'a>(&'a self, url: &'a HttpsUrl, largest: usize) -> Fetched<'a> {
        Box::pin(async move {
            let fetched = timeout(PATIENCE, self.fetch(url, largest)).await;
            fetched.unwrap_or_else(|_| Err(format!("{url}: it did not answer")))
        })
    }
}
