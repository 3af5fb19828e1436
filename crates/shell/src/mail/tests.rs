//! Submission against a server made of the other machine, on loopback.

use model::{Reply, Timestamp};
use smtp::{Answer, AuthOffer, Server, ServerSettings, SizeMode, Step};
use tls::ClientPolicy;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::client::ServerAddress;
use crate::fixture::Pki;
use crate::host::Mail;
use crate::value::{Credential, Secret};

fn settings(start_tls: bool) -> ServerSettings {
    ServerSettings {
        fqdn: "mbx01.contoso.com".into(),
        banner: None,
        max_message_size: 1 << 20,
        max_header_size: 1 << 16,
        max_recipients: 10,
        max_hops: 30,
        max_protocol_errors: None,
        max_logon_failures: None,
        pipelining: true,
        chunking: true,
        eight_bit_mime: true,
        dsn: true,
        enhanced_status_codes: true,
        smtputf8: true,
        offer_require_tls: true,
        size: SizeMode::Enabled,
        start_tls,
        require_tls: start_tls,
        auth: if start_tls { AuthOffer::UnderTls } else { AuthOffer::Never },
        scram: true,
        bearer: None,
        require_hello_name: false,
        require_auth: start_tls,
    }
}

/// Runs one session; gives the messages' contents.
async fn session(stream: TcpStream, pki: Option<&Pki>) -> Vec<String> {
    let mut server = Server::new(settings(pki.is_some()), false);
    server.greet();
    let mut messages = Vec::new();
    let mut stream = stream;
    if !steps(&mut server, &mut stream, &mut messages).await {
        return messages;
    }
    let mut stream = pki.unwrap().server.acceptor().accept(stream).await.unwrap();
    server.tls_started();
    steps(&mut server, &mut stream, &mut messages).await;
    messages
}

/// Until the end, or until TLS begins (`true`).
async fn steps<S>(server: &mut Server, stream: &mut S, messages: &mut Vec<String>) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let refuse = |text: &'static str| Answer::Refuse(Reply::new(550, (5, 1, 1), text));
        match server.next() {
            Step::NeedInput => {
                stream.write_all_buf(server.output()).await.unwrap();
                if stream.read_buf(server.input()).await.unwrap_or(0) == 0 {
                    return false;
                }
            }
            Step::StartTls => {
                stream.write_all_buf(server.output()).await.unwrap();
                return true;
            }
            Step::Authenticate { user, .. } if user == "jean" => server.answer(Answer::AuthOk),
            Step::Authenticate { .. }
            | Step::Bearer { .. }
            | Step::ScramKeys { .. }
            | Step::ScramProof { .. } => {
                server.answer(Answer::Refuse(Reply::new(535, (5, 7, 8), "no")));
            }
            Step::Mail(_) => server.answer(Answer::Accept),
            Step::Recipient(r) if r.address.as_str().starts_with("nobody") => {
                server.answer(refuse("User unknown"));
            }
            Step::Recipient(_) => server.answer(Answer::Accept),
            Step::Postmaster => server.answer(refuse("no")),
            Step::Message(message) => {
                messages.push(String::from_utf8(message.content.to_vec()).unwrap());
                server.answer(Answer::Accepted(Reply::new(250, (2, 6, 0), "Queued")));
            }
            Step::Tarpit | Step::SignedIn => {}
            Step::Close => {
                let _ = stream.write_all_buf(server.output()).await;
                return false;
            }
        }
    }
}

fn mail(to: &[&str]) -> Mail {
    Mail {
        from: "jean@contoso.com".into(),
        to: to.iter().map(|t| (*t).to_owned()).collect(),
        subject: "Hello".into(),
        body: ".dot\nend".into(),
        ..Mail::default()
    }
}

async fn send(
    to: &[&str],
    pki: Option<&Pki>,
    user: Option<&str>,
) -> (Result<(), String>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = ServerAddress::new("127.0.0.1", listener.local_addr().unwrap().port());
    let submission = Submission {
        server,
        tls: user.map(|_| {
            pki.map_or(ClientPolicy::Opportunistic, |pki| {
                ClientPolicy::Authority(pki.authority.clone())
            })
        }),
        credential: user
            .map(|user| Credential { user_name: user.into(), password: Secret::new("secret") }),
        hello: "client.contoso.com".into(),
    };
    let message = compose(&mail(to), Timestamp::from_millis(0), "id").unwrap();
    let client = async {
        let stream = crate::client::dial(&submission.server).await.unwrap();
        submit(&submission, stream, message).await
    };
    let server = async {
        let (stream, _) = listener.accept().await.unwrap();
        session(stream, pki).await
    };
    tokio::join!(client, server)
}

#[tokio::test]
async fn a_message_arrives() {
    let (result, messages) = send(&["anna@fabrikam.com"], None, None).await;
    assert_eq!(result, Ok(()));
    assert!(messages[0].ends_with("\r\n\r\n.dot\r\nend\r\n"), "{messages:?}");
}

#[tokio::test]
async fn signing_in_demands_tls() {
    let pki = Pki::new();
    let (result, messages) = send(&["anna@fabrikam.com"], Some(&pki), Some("jean")).await;
    assert_eq!((result, messages.len()), (Ok(()), 1));
    let (result, messages) = send(&["anna@fabrikam.com"], Some(&pki), Some("eve")).await;
    assert!(result.unwrap_err().contains("refused the sign-in of 'eve': 535 5.7.8"));
    assert!(messages.is_empty());
    let (result, messages) = send(&["anna@fabrikam.com"], None, Some("jean")).await;
    assert!(result.unwrap_err().contains("does not offer TLS"));
    assert!(messages.is_empty());
}

#[tokio::test]
async fn refused_recipients_are_named() {
    let (result, messages) = send(&["nobody@b.test", "anna@b.test"], None, None).await;
    let text = result.unwrap_err();
    assert!(text.contains("some recipients only") && text.contains("nobody@b.test: 550 5.1.1"));
    assert_eq!(messages.len(), 1);
    let (result, _) = send(&["nobody@b.test"], None, None).await;
    assert!(result.unwrap_err().contains("The message was not sent."));
}
