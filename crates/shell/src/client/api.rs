//! The API: who am I, and cmdlets.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use thiserror::Error;
use zeroize::Zeroizing;

use super::address::ServerAddress;
use super::connection::{Answer, Connection, Lost};
use super::tls_stream::{ConnectError, Question, secure};
use super::trust::{Anchor, Trust};
use crate::host::{CallError, Language, Reply};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long an action on a whole queue may take: as long as it must, and its progress is shown.
const ACTION: Duration = Duration::from_secs(24 * 3600);

/// Why the API cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The user name or password (or token) is wrong.
    #[error("{0}")]
    SignIn(String),
    /// The connection was lost on the way.
    #[error("{0}")]
    Lost(String),
    /// The server refused.
    #[error("{}", .0.message)]
    Refused(CallError),
}

/// How the user proves who he is.
pub(crate) enum SignIn {
    Password { user: String, password: Zeroizing<String> },
    Token(Zeroizing<String>),
}

impl SignIn {
    /// The `Authorization` header; `None` when the text cannot stand in one.
    fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Self::Password { user, password } => {
                let pair = Zeroizing::new(format!("{user}:{}", password.as_str()));
                Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
            }
            Self::Token(token) => Zeroizing::new(format!("Bearer {}", token.trim())),
        };
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// What the server says of the user and itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhoAmI {
    /// The cmdlets the user may run.
    #[serde(default)]
    pub(crate) cmdlets: Vec<String>,
    #[serde(default)]
    pub(crate) server: String,
    pub(crate) submission: Option<Endpoint>,
    pub(crate) relay: Option<Endpoint>,
}

/// A host and a port.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// The API of one server.
pub(crate) struct Api {
    address: ServerAddress,
    trust: Trust,
    anchor: Anchor,
    connection: Option<Connection>,
    authorization: Option<HeaderValue>,
    language: HeaderValue,
}

impl Api {
    /// Connects to the first of several addresses where somebody listens.
    pub(crate) async fn connect(
        addresses: &[ServerAddress],
        trust: Trust,
        mut question: Option<Question<'_>>,
    ) -> Result<Self, ApiError> {
        let mut failures = Vec::new();
        for address in addresses {
            let ask = question.as_mut().map(|q| &mut **q as Question<'_>);
            match secure(address, &trust, ask).await {
                Ok((stream, anchor)) => {
                    let connection = Connection::new(stream).await.map_err(lost)?;
                    return Ok(Self {
                        address: address.clone(),
                        trust,
                        anchor,
                        connection: Some(connection),
                        authorization: None,
                        language: HeaderValue::from_static("en"),
                    });
                }
                Err(ConnectError::Unreachable { address, problem }) => {
                    failures.push(format!("{address}: {problem}"));
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(ApiError::Lost(format!(
            "No server answers ({}). Is it running? Give another one with --server or RELAIS_SERVER.",
            failures.join("; ")
        )))
    }

    /// From now on dates are written as in `language`.
    pub(crate) fn speak(&mut self, language: Language) {
        self.language = HeaderValue::from_static(language.choose("en", "fr"));
    }

    /// The same server and user over a connection of its own.
    pub(crate) fn sibling(&self) -> Self {
        Self {
            address: self.address.clone(),
            trust: self.trust.clone(),
            anchor: self.anchor.clone(),
            connection: None,
            authorization: self.authorization.clone(),
            language: self.language.clone(),
        }
    }

    /// Where the server is.
    pub(crate) fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Why it is trusted.
    pub(crate) fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// Signs in; the proof is kept only when it is right.
    pub(crate) async fn sign_in(&mut self, proof: &SignIn) -> Result<WhoAmI, ApiError> {
        let header = proof.header().ok_or_else(|| {
            ApiError::SignIn("The token contains characters that cannot be sent.".into())
        })?;
        self.authorization = Some(header);
        let result = self.who_am_i().await;
        if result.is_err() {
            self.authorization = None;
        }
        result.map_err(|error| match (error, proof) {
            (ApiError::SignIn(_), SignIn::Password { user, .. }) => ApiError::SignIn(format!(
                "Sign-in failed for '{user}' at {}: the user name or the password is wrong.",
                self.address
            )),
            (ApiError::SignIn(_), SignIn::Token(_)) => ApiError::SignIn(format!(
                "Sign-in failed at {}: the token is not valid.",
                self.address
            )),
            (other, _) => other,
        })
    }

    async fn who_am_i(&mut self) -> Result<WhoAmI, ApiError> {
        let answer =
            self.exchange(Method::GET, "/api/v1/whoami", Bytes::new(), true, PATIENCE).await?;
        if answer.status != StatusCode::OK {
            return Err(refusal(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|_| {
            ApiError::Lost(format!("What answers at {} is not the Relais API.", self.address))
        })
    }

    /// Runs a cmdlet. `repeatable` when it changes nothing.
    pub(crate) async fn cmdlet(
        &mut self,
        name: &str,
        parameters: Map<String, Json>,
        repeatable: bool,
    ) -> Result<Reply, ApiError> {
        self.run(name, parameters, repeatable, PATIENCE).await
    }

    /// Runs a cmdlet that acts on as many messages or queues as there are. Dropped before it
    /// has ended, it ends on the server.
    pub(crate) async fn action(
        &mut self,
        name: &str,
        parameters: Map<String, Json>,
    ) -> Result<Reply, ApiError> {
        self.run(name, parameters, false, ACTION).await
    }

    async fn run(
        &mut self,
        name: &str,
        parameters: Map<String, Json>,
        repeatable: bool,
        patience: Duration,
    ) -> Result<Reply, ApiError> {
        let body = Bytes::from(Json::Object(parameters).to_string());
        let path = format!("/api/v1/cmdlets/{name}");
        let answer = self.exchange(Method::POST, &path, body, repeatable, patience).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        let objects = match serde_json::from_slice(&answer.body) {
            Ok(Json::Array(objects)) => objects,
            Ok(Json::Null) => Vec::new(),
            Ok(one) => vec![one],
            Err(_) if answer.body.is_empty() => Vec::new(),
            Err(_) => return Err(ApiError::Lost("The server's answer is not JSON.".into())),
        };
        Ok(Reply {
            objects,
            warnings: texts(&answer.headers, "relais-warning"),
            what_if: texts(&answer.headers, "relais-what-if").into_iter().next(),
        })
    }

    /// Sends a request, over a new connection when the old one has gone.
    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
        repeatable: bool,
        patience: Duration,
    ) -> Result<Answer, ApiError> {
        // Lets the connection notice that the server has closed it.
        tokio::task::yield_now().await;
        self.connection = self.connection.take().filter(Connection::is_fresh);
        let kept = self.connection.is_some();
        match self.attempt(&method, path, &body, patience).await? {
            Ok(answer) => return Ok(answer),
            Err(Lost::NotSent) => {}
            Err(Lost::Unknown(_)) if repeatable && kept => {}
            Err(problem) => return Err(uncertain(problem)),
        }
        self.attempt(&method, path, &body, patience).await?.map_err(|problem| match repeatable {
            true => lost(problem),
            false => uncertain(problem),
        })
    }

    async fn attempt(
        &mut self,
        method: &Method,
        path: &str,
        body: &Bytes,
        patience: Duration,
    ) -> Result<Result<Answer, Lost>, ApiError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let (stream, anchor) = secure(&self.address, &self.trust, None).await?;
                self.anchor = anchor;
                Connection::new(stream).await.map_err(lost)?
            }
        };
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = method.clone();
        *request.uri_mut() = path
            .parse()
            .map_err(|_| ApiError::Lost(format!("'{path}' is not a path of the API.")))?;
        let headers = request.headers_mut();
        if let Ok(host) = HeaderValue::from_str(&self.address.to_string()) {
            headers.insert(HOST, host);
        }
        if !body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert(ACCEPT_LANGUAGE, self.language.clone());
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let result = connection.send(request, patience).await;
        if result.is_ok() {
            self.connection = Some(connection);
        }
        Ok(result)
    }
}

fn lost(problem: Lost) -> ApiError {
    ApiError::Lost(match problem {
        Lost::NotSent => "The connection to the server was closed.".into(),
        Lost::Unknown(problem) => format!("The connection to the server was lost: {problem}."),
    })
}

/// A command that changes something may or may not have been carried out.
fn uncertain(problem: Lost) -> ApiError {
    match problem {
        Lost::NotSent => lost(Lost::NotSent),
        Lost::Unknown(problem) => ApiError::Lost(format!(
            "The connection to the server was lost before its answer came: {problem}. Look whether the command was carried out."
        )),
    }
}

#[derive(Deserialize, Default)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
    id: Option<String>,
    parameter: Option<String>,
}

fn refusal(answer: &Answer) -> ApiError {
    let problem: Problem = serde_json::from_slice(&answer.body).unwrap_or_default();
    let said = problem.detail.or(problem.title);
    if answer.status == StatusCode::UNAUTHORIZED {
        return ApiError::SignIn(said.unwrap_or_else(|| "Sign-in failed.".into()));
    }
    let message =
        said.unwrap_or_else(|| format!("The server refused with status {}.", answer.status));
    ApiError::Refused(CallError { message, id: problem.id, parameter: problem.parameter })
}

/// The texts of a header that is percent-encoded UTF-8.
fn texts(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).map(percent_decoded).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let decoded = match after {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match decoded {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    // What a server says is shown on a terminal: no control characters.
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_decoded() {
        assert_eq!(percent_decoded("d%C3%A9j%C3%A0 100%25%"), "déjà 100%%");
        assert_eq!(percent_decoded("%1B[31m"), "[31m");
    }

    #[test]
    fn problems_become_errors() {
        let answer = Answer {
            status: StatusCode::BAD_REQUEST,
            headers: HeaderMap::new(),
            body: Bytes::from_static(
                br#"{"title":"t","status":400,"detail":"Cost 101 is out of range.","id":"SC-05","parameter":"AddressSpaces"}"#,
            ),
        };
        let ApiError::Refused(error) = refusal(&answer) else { panic!() };
        assert_eq!(error.message, "Cost 101 is out of range.");
        assert_eq!(error.id.as_deref(), Some("SC-05"));
    }

    #[test]
    fn secrets_are_marked() {
        let proof = SignIn::Password { user: "u".into(), password: Zeroizing::new("p".into()) };
        let header = proof.header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Basic dTpw");
        assert!(header.is_sensitive());
    }
}
