//! Bringing something to a web server: reports to whoever wants them by HTTPS (RFC 8460 section 3).

use bytes::Bytes;
use dns::Resolver;
use http_body_util::Full;
use https::{Https, PATIENCE};
use model::{HttpsHost, HttpsUrl};
use tokio::time::timeout;

use super::Courier;

impl Courier {
    /// Posts `body` to an address of a stranger's choice, which has to name its host: an address literal
    /// could be one of ours.
    ///
    /// # Errors
    /// Why it was not taken, bounded.
    pub async fn post(
        &self,
        url: &str,
        resolver: &Resolver,
        content_type: &'static str,
        body: Bytes,
    ) -> Result<(), String> {
        let url: HttpsUrl = url.parse().map_err(|error| format!("{error}"))?;
        if matches!(url.host(), HttpsHost::Address(_)) {
            return Err("its host is an address and no name".to_owned());
        }
        let bringing = async {
            let dial = &self.settings.outward;
            let https = Https { dial, trust: &self.settings.trust, resolver };
            let request = https::post(&url, content_type).body(Full::new(body));
            let request = request.map_err(|_| "it cannot be asked for".to_owned())?;
            https.connect(&url).await?.exchange(request).await
        };
        match timeout(PATIENCE, bringing).await {
            Ok(Ok((200..=299, _))) => Ok(()),
            Ok(Ok((status, _))) => Err(format!("it answered {status}")),
            Ok(Err(why)) => Err(why),
            Err(_) => Err("it did not answer within 30 seconds".to_owned()),
        }
    }
}
