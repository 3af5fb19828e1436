//! What this server shows of itself: certificates imported, asked for, enabled and given out
//! (`*-ExchangeCertificate`), with openssl as authority and client; client certificates to and from Postfix.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
};

use end_to_end::{AioHost, Authority, Issued, Postfix, SOON, Settings, address, swaks, until};
use serde_json::{Value, json};

use crate::world::{PORT, World};

/// Runs openssl; what it said.
fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).stdin(Stdio::null()).output();
    let output = output.expect("openssl");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of ASCII")
}

/// The subject of the certificate that a client of SMTP is shown who asks for `name`.
fn shown(to: SocketAddr, name: Option<&str>) -> String {
    handshake(to, name, &[])
        .lines()
        .find_map(|line| line.trim().strip_prefix("subject=").map(str::to_owned))
        .unwrap_or_default()
}

fn handshake(to: SocketAddr, name: Option<&str>, more: &[&str]) -> String {
    let to = to.to_string();
    let mut arguments = vec!["s_client", "-starttls", "smtp", "-connect", &to];
    match name {
        Some(name) => arguments.extend(["-servername", name]),
        None => arguments.push("-noservername"),
    }
    arguments.extend(more);
    openssl(&arguments)
}

/// A certificate with its key in a PKCS #12 file, made by openssl.
fn pfx(issued: &Issued, file: &Path, password: &str, more: &[&str]) {
    let (key, chain) = issued.files();
    let secret = format!("pass:{password}");
    let mut arguments = vec!["pkcs12", "-export", "-inkey", text(key), "-in", text(chain)];
    arguments.extend(["-out", text(file), "-passout", &secret]);
    arguments.extend(more);
    let said = openssl(&arguments);
    assert!(file.exists(), "{said}");
}

fn world() -> World {
    World::of(&["example"])
}

/// Imports a certificate of `authority` for `names` by the shell, as the documentation does it; its thumbprint.
fn imported(world: &World, authority: &Authority, names: &str) -> String {
    let place = tempfile::tempdir().expect("temporary directory");
    let file = place.path().join("cert.pfx");
    pfx(&authority.issue(names), &file, "secret", &[]);
    let command = format!(
        "$c = Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes('{}')) -Password \
         (ConvertTo-SecureString 'secret' -AsPlainText -Force) -FriendlyName 'From a file' \
         -PrivateKeyExportable $true; $c.Thumbprint",
        file.display()
    );
    world.relais.shell_ok(&command).trim().to_owned()
}

fn certificate(world: &World, thumbprint: &str) -> Value {
    world.relais.run("Get-ExchangeCertificate", json!({ "Identity": thumbprint })).remove(0)
}

#[test]
fn an_imported_certificate_is_shown_to_who_asks_for_it_from_the_next_connection_on() {
    let authority = Authority::new("Trusted");
    let settings =
        Settings { trusted_ca_files: vec![authority.certificate()], ..Settings::default() };
    let world = World::of_with(&["example"], settings);
    let front = world.relais.front();
    let before = shown(front, Some("mail.example.test"));
    assert!(!before.is_empty() && !before.contains("a mail host"), "{before}");

    let thumbprint = imported(&world, &authority, "DNS:mail.example.test,DNS:*.wild.test");
    let listed = certificate(&world, &thumbprint);
    assert_eq!(listed["Status"], "Valid", "{listed}");
    assert_eq!(listed["CertificateDomains"], json!(["mail.example.test", "*.wild.test"]));
    assert_eq!(listed["HasPrivateKey"], true);
    assert_eq!(listed["FriendlyName"], "From a file");
    assert!(!listed.to_string().contains("v1:"), "nothing sealed is shown: {listed}");
    // Not enabled yet.
    assert_eq!(shown(front, Some("mail.example.test")), before);

    let enable = json!({ "Identity": thumbprint, "Services": "SMTP" });
    world.relais.run("Enable-ExchangeCertificate", enable);
    for name in [Some("mail.example.test"), Some("a.wild.test"), None] {
        assert!(shown(front, name).contains("a mail host"), "{name:?}");
    }
    assert!(shown(world.relais.submission(), Some("mail.example.test")).contains("a mail host"));

    // A connector shows the one it names, whoever is asked for.
    let other = imported(&world, &authority, "DNS:other.example.test");
    world
        .relais
        .run("Enable-ExchangeCertificate", json!({ "Identity": other, "Services": "SMTP" }));
    let names = |thumbprint: &str| {
        let c = certificate(&world, thumbprint);
        format!("<I>{}<S>{}", c["Issuer"].as_str().unwrap(), c["Subject"].as_str().unwrap())
    };
    let fingerprint = |name| {
        let chain = handshake(front, name, &["-showcerts"]);
        let at = chain.find("-----BEGIN").expect("a certificate");
        chain[at..].to_owned()
    };
    let by_name = fingerprint(Some("other.example.test"));
    assert_ne!(by_name, fingerprint(Some("mail.example.test")), "each is shown its own");
    assert_eq!(names(&other), "<I>CN=Trusted<S>CN=a mail host");

    for thumbprint in [thumbprint, other] {
        world.relais.run("Remove-ExchangeCertificate", json!({ "Identity": thumbprint }));
    }
    assert_eq!(shown(front, Some("mail.example.test")), before);
}

#[test]
fn what_was_asked_for_takes_the_place_of_its_request() {
    let world = world();
    let authority = Authority::new("Issuer");
    let place = tempfile::tempdir().expect("temporary directory");
    let at = |name: &str| place.path().join(name);
    let (request, issued, bag) = (at("request.csr"), at("issued.cer"), at("issued.p7b"));
    let said = world.relais.shell_ok(&format!(
        "$r = New-ExchangeCertificate -GenerateRequest -SubjectName 'CN=mail.example.test, O=\"Contoso, \
         Ltd\", C=FR' -DomainName mail.example.test,autodiscover.example.test; Set-Content -Path '{}' -Value \
         $r.Request; $r.Status",
        request.display()
    ));
    assert_eq!(said.trim(), "PendingRequest");
    let read = openssl(&["req", "-in", text(&request), "-noout", "-text", "-verify"]);
    assert!(read.contains("autodiscover.example.test"), "{read}");
    assert!(read.contains("C = FR") && read.contains("Contoso, Ltd"), "{read}");
    let pending = world.relais.run("Get-ExchangeCertificate", json!({})).remove(0);
    let refused = world.relais.try_run(
        "Enable-ExchangeCertificate",
        json!({ "Identity": pending["Thumbprint"], "Services": "SMTP" }),
    );
    assert_eq!(refused.unwrap_err().field("id"), "EC-03");

    authority.sign(&request, &issued, "DNS:mail.example.test,DNS:autodiscover.example.test");
    openssl(&["crl2pkcs7", "-nocrl", "-certfile", text(&issued), "-out", text(&bag)]);
    let import = format!(
        "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path '{}' -Encoding byte -ReadCount 0)) | \
         Enable-ExchangeCertificate -Services SMTP",
        bag.display()
    );
    world.relais.shell_ok(&import);
    let all = world.relais.run("Get-ExchangeCertificate", json!({}));
    assert_eq!(all.len(), 1, "it took the place of its request");
    assert_eq!(all[0]["HasPrivateKey"], true);
    assert_eq!(all[0]["Subject"], "CN=mail.example.test, O=\"Contoso, Ltd\", C=FR");
    assert_eq!(all[0]["Issuer"], "CN=Issuer");
    assert_eq!(all[0]["Services"], "SMTP");
    assert!(shown(world.relais.front(), Some("mail.example.test")).contains("Contoso, Ltd"));
}

#[test]
fn files_of_all_kinds_are_read_and_what_is_no_certificate_is_refused() {
    let world = world();
    let authority = Authority::new("Issuer");
    let place = tempfile::tempdir().expect("temporary directory");
    let import = |file: &Path, password: &str| {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let data = STANDARD.encode(fs::read(file).expect("file"));
        let mut parameters = json!({ "FileData": data });
        if !password.is_empty() {
            parameters["Password"] = password.into();
        }
        world.relais.try_run("Import-ExchangeCertificate", parameters)
    };
    let at = |name: &str| place.path().join(name);
    // As Windows wrote them for decades, and as it does now.
    for (number, more) in [
        &["-legacy"][..],
        &["-certpbe", "AES-256-CBC", "-keypbe", "AES-256-CBC", "-macalg", "SHA256"],
    ]
    .into_iter()
    .enumerate()
    {
        let file = at(&format!("{number}.pfx"));
        pfx(&authority.issue(&format!("DNS:pfx{number}.test")), &file, "p\u{e4}ss", more);
        let refused = import(&file, "wrong").unwrap_err();
        assert!(refused.field("detail").contains("cannot be opened with this password"));
        assert!(!refused.field("detail").contains("wrong"));
        assert_eq!(import(&file, "p\u{e4}ss").unwrap()[0]["HasPrivateKey"], true);
    }
    // PEM: key and chain in one file; the key in its older forms.
    let issued = authority.issue("DNS:pem.test");
    let (key, chain) = issued.files();
    let pem = at("pem.pem");
    fs::write(&pem, [fs::read(key).unwrap(), fs::read(chain).unwrap()].concat()).unwrap();
    let read = import(&pem, "").unwrap().remove(0);
    assert_eq!((&read["HasPrivateKey"], &read["KeyAlgorithm"]), (&json!(true), &json!("ECDSA")));
    assert_eq!(read["TlsaRecord"], issued.tlsa((3, 1, 1)));
    let sec1 = at("sec1.key");
    let issued = authority.issue("DNS:sec1.test");
    openssl(&["ec", "-in", text(issued.files().0), "-out", text(&sec1)]);
    assert!(fs::read_to_string(&sec1).unwrap().contains("BEGIN EC PRIVATE KEY"));
    let both = [fs::read(&sec1).unwrap(), fs::read(issued.files().1).unwrap()].concat();
    fs::write(&pem, both).unwrap();
    assert_eq!(import(&pem, "").unwrap()[0]["CertificateDomains"], json!(["sec1.test"]));
    // A key with somebody else's certificate, nothing at all, and one that is here already.
    let foreign = [fs::read(key).unwrap(), fs::read(issued.files().1).unwrap()].concat();
    fs::write(at("foreign.pem"), foreign).unwrap();
    let refused = import(&at("foreign.pem"), "").unwrap_err();
    assert!(refused.field("detail").contains("none of its certificates belongs"), "{refused:?}");
    fs::write(at("nothing"), "nothing of the kind").unwrap();
    let refused = import(&at("nothing"), "").unwrap_err();
    assert!(refused.field("detail").contains("it holds no certificate"), "{refused:?}");
    assert_eq!(import(&pem, "").unwrap_err().field("id"), "EC-01");
    // Without its key it is kept and cannot be shown.
    let bare = authority.issue("DNS:bare.test");
    let kept = import(bare.files().1, "").unwrap().remove(0);
    let enable = json!({ "Identity": kept["Thumbprint"], "Services": "SMTP" });
    let refused = world.relais.try_run("Enable-ExchangeCertificate", enable).unwrap_err();
    assert_eq!(refused.field("id"), "EC-04");
}

#[test]
fn a_key_leaves_under_a_password_only_and_only_where_it_may() {
    let world = world();
    let place = tempfile::tempdir().expect("temporary directory");
    let file = place.path().join("out.pfx");
    let made = world.relais.run("New-ExchangeCertificate", json!({ "DomainName": ["own.test"] }));
    let (kept, services) = (&made[0]["Thumbprint"], &made[0]["Services"]);
    assert_eq!((services, &made[0]["PublicKeySize"]), (&json!("SMTP"), &json!(2048)));
    let export = |thumbprint: &Value, password: Option<&str>| {
        let mut parameters = json!({ "Identity": thumbprint });
        if let Some(password) = password {
            parameters["Password"] = password.into();
        }
        world.relais.try_run("Export-ExchangeCertificate", parameters)
    };
    let refused = export(kept, Some("secret")).unwrap_err();
    assert!(refused.field("detail").contains("PrivateKeyExportable"), "{refused:?}");
    let may = json!({ "DomainName": ["out.test"], "PrivateKeyExportable": true });
    let made = world.relais.run("New-ExchangeCertificate", may);
    let refused = export(&made[0]["Thumbprint"], None).unwrap_err();
    assert_eq!(refused.field("parameter"), "Password");
    world.relais.shell_ok(&format!(
        "$f = Export-ExchangeCertificate {} -BinaryEncoded:$true -Password (ConvertTo-SecureString 's3cret' \
         -AsPlainText -Force); Set-Content -Path '{}' -Value $f.FileData -Encoding Byte",
        made[0]["Thumbprint"].as_str().unwrap(),
        file.display()
    ));
    let read = openssl(&["pkcs12", "-in", text(&file), "-nodes", "-passin", "pass:s3cret"]);
    assert!(read.contains("BEGIN PRIVATE KEY") && read.contains("CN = out.test"), "{read}");
    // Neither password nor key stands in the audit log or in the log.
    let log = world.relais.log();
    assert!(!log.contains("s3cret"), "{log}");
}

#[test]
fn old_versions_and_other_suites_are_not_spoken_where_the_connector_says_so() {
    let world = world();
    let at =
        world.relais.receive_connector("Strict", 2601, json!({ "TlsMinimumVersion": "Tls13" }));
    assert!(handshake(at, None, &["-tls1_3"]).contains("TLSv1.3, Cipher is TLS_"));
    let old = handshake(at, None, &["-tls1_2"]);
    assert!(old.contains("Cipher is (NONE)"), "{old}");
    let suites = json!({
        "Identity": "Strict",
        "TlsMinimumVersion": "Tls12",
        "TlsCipherSuites": ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"],
    });
    world.relais.run("Set-ReceiveConnector", suites);
    assert!(handshake(at, None, &["-tls1_3"]).contains("Cipher is TLS_AES_128_GCM_SHA256"));
    let one = handshake(at, None, &["-tls1_2"]);
    assert!(one.contains("Cipher is ECDHE-ECDSA-CHACHA20-POLY1305"), "{one}");
    let none = json!({
        "Identity": "Strict",
        "TlsMinimumVersion": "Tls13",
        "TlsCipherSuites": "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    });
    let refused = world.relais.try_run("Set-ReceiveConnector", none).unwrap_err();
    assert_eq!(refused.field("id"), "RC-19");
}

#[test]
fn a_connector_shows_its_certificate_to_hosts_that_ask_and_sends_nothing_without_it() {
    let authority = Authority::new("Trusted");
    let (at, host) = (address(), authority.issue("DNS:partner.test"));
    let postfix = Postfix::listening(
        &["partner.test"],
        &format!(
            "smtpd_tls_security_level = encrypt\nsmtpd_tls_req_ccert = yes\nsmtpd_tls_received_header = yes\n\
             smtpd_tls_CAfile = {}\n",
            authority.certificate().display()
        ),
        &[(SocketAddr::from((at, PORT)), &host.for_postfix())],
    );
    let settings = Settings {
        glitch_retry_count: 0,
        trusted_ca_files: vec![authority.certificate()],
        ..Settings::default()
    };
    let records = ["partner MX 10 mx".to_owned(), format!("mx A {at}")];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let world = World::start(address(), &records, settings);
    world.relais.send_connector("Partner", "partner.test", PORT);
    let set = |settings: Value| {
        let mut parameters = json!({ "Identity": "Partner" });
        for (name, value) in settings.as_object().into_iter().flatten() {
            parameters[name.as_str()] = value.clone();
        }
        world.relais.run("Set-SendConnector", parameters);
    };
    let to = "anna@partner.test";
    // Nothing leaves while the certificate that is named is not here.
    set(json!({ "RequireTLS": true, "TlsCertificateName": "<I>CN=Trusted<S>CN=a mail host" }));
    world.send(to, "with a certificate");
    let waiting = world.relais.wait_for_error("this server has no such certificate", SOON);
    assert!(waiting["LastError"].as_str().unwrap().contains("TlsCertificateName <I>CN=Trusted"));
    // Once it is, everything does.
    imported(&world, &authority, "DNS:out.contoso.test");
    world.relais.run("Retry-Queue", json!({ "Filter": "NextHopDomain -eq 'partner.test'" }));
    let message = postfix.wait_for(1, SOON).remove(0);
    assert!(message.contains("Client CN \"a mail host\""), "{message}");
    assert!(message.contains("(verified OK)"), "{message}");
    let refused = world.relais.run("Get-ExchangeCertificate", json!({})).remove(0);
    let remove = json!({ "Identity": refused["Thumbprint"] });
    let refused = world.relais.try_run("Remove-ExchangeCertificate", remove.clone()).unwrap_err();
    assert_eq!(refused.field("id"), "EC-05");
    // Mutual TLS by domain: that for Fqdn is shown, and theirs must be for the recipients' domain.
    set(json!({
        "TlsCertificateName": null, "Fqdn": "out.contoso.test", "DomainSecureEnabled": true,
    }));
    let thumbprint = remove["Identity"].clone();
    let services = json!({ "Identity": thumbprint, "Services": "SMTP" });
    world.relais.run("Enable-ExchangeCertificate", services);
    world.send("berta@partner.test", "mutual");
    postfix.wait_for(2, SOON);
    let shown = world.relais.run("Get-TransportSecurity", json!({ "Recipient": to })).remove(0);
    assert_eq!(shown["RequiredBy"], "DomainSecureEnabled True", "{shown}");
    world.relais.run("Remove-ExchangeCertificate", remove);
    // What counts from the next connection on needs a next connection.
    set(json!({ "Comment": "anew" }));
    world.send("clara@partner.test", "no certificate any more");
    world.relais.wait_for_error("DomainSecureEnabled True, out.contoso.test", SOON);
}

#[test]
fn mail_from_a_secured_domain_comes_with_its_certificate_or_not_at_all() {
    let (trusted, stranger) = (Authority::new("Trusted"), Authority::new("A Stranger"));
    let settings =
        Settings { trusted_ca_files: vec![trusted.certificate()], ..Settings::default() };
    let world = World::of_with(&["example"], settings);
    world.relais.mailbox("Anna", "a Secret of Anna 1");
    world
        .relais
        .run("Set-TransportConfig", json!({ "TLSReceiveDomainSecureList": ["partner.test"] }));
    let at = world.relais.receive_connector(
        "Partners",
        2602,
        json!({ "DomainSecureEnabled": true, "PermissionGroups": "AnonymousUsers, Partners" }),
    );
    let partner = trusted.issue("DNS:mx1.partner.test");
    let other = trusted.issue("DNS:mx.other.test");
    let forged = stranger.issue("DNS:mx1.partner.test");
    let send = |to: SocketAddr, with: Option<&Issued>, from: &str, rcpt: &str| {
        let mut arguments = vec!["--from", from, "--to", rcpt];
        if let Some(issued) = with {
            let (key, chain) = issued.files();
            arguments.extend(["--tls", "--tls-key", text(key), "--tls-cert", text(chain)]);
        }
        swaks(to, &arguments)
    };
    let (from, anna) = ("bert@partner.test", "anna@contoso.com");
    for (what, with) in
        [("in clear", None), ("another's", Some(&other)), ("a forged one", Some(&forged))]
    {
        let (done, said) = send(at, with, from, anna);
        assert!(!done && said.contains("451 4.7.5 Mail from partner.test"), "{what}: {said}");
        // Others are not asked for anything.
        let (done, said) = send(at, with, "bert@elsewhere.example", anna);
        assert!(done, "{what}: {said}");
    }
    let (done, said) = send(at, Some(&partner), from, anna);
    assert!(done, "{said}");
    world.relais.wait_for_mail("anna@contoso.com", 4, SOON);
    // Partners may be given more than strangers: to relay.
    let grant = json!({
        "Identity": "Partners", "User": "Partner Servers",
        "ExtendedRights": "ms-Exch-SMTP-Accept-Any-Recipient",
    });
    world.relais.run("Add-ADPermission", grant);
    let (done, said) = send(at, Some(&partner), from, "carl@example.test");
    assert!(done, "{said}");
    let (done, said) = send(at, Some(&other), "bert@other.test", "carl@example.test");
    assert!(!done && said.contains("550 5.7.54"), "{said}");
    // A connector for partners alone.
    let alone = world.relais.receive_connector(
        "Only partners",
        2603,
        json!({ "DomainSecureEnabled": true, "PermissionGroups": "Partners" }),
    );
    let (done, said) = send(alone, Some(&other), "bert@other.test", anna);
    assert!(!done && said.contains("530 5.7.57"), "{said}");
    let (done, said) = send(alone, Some(&partner), from, anna);
    assert!(done, "{said}");
    until("the partner's mail is there", SOON, || {
        (world.relais.maildir("anna@contoso.com").len() == 5).then_some(())
    });
}

/// AUTH EXTERNAL: the certificate alone signs in at a smart host.
#[test]
fn a_certificate_signs_in_at_a_smart_host() {
    let authority = Authority::new("Trusted");
    let at = address();
    let certificate = authority.issue(&format!("DNS:relay.test,IP:{at}"));
    let know = authority.certificate();
    let host = AioHost::with_external((at, PORT), &certificate, &know, "a mail host");
    let settings =
        Settings { glitch_retry_count: 0, trusted_ca_files: vec![know], ..Settings::default() };
    let world = World::start(address(), &[&format!("relay A {at}")], settings);
    let wanted = json!({
        "AddressSpaces": ["*"],
        "DNSRoutingEnabled": false,
        "SmartHosts": ["relay.test"],
        "Port": PORT,
        "SmartHostAuthMechanism": "ClientCertificate",
    });
    let mut refused = wanted.clone();
    refused["Name"] = json!("Via relay");
    let refused = world.relais.try_run("New-SendConnector", refused).unwrap_err();
    assert_eq!(refused.field("id"), "SC-28");
    let thumbprint = imported(&world, &authority, "DNS:out.contoso.test");
    let mut connector = wanted;
    connector["TlsCertificateName"] = json!("<I>CN=Trusted<S>CN=a mail host");
    world.relais.send_connector_with("Via relay", connector);
    world.send("anna@far.example", "let in");
    let message = host.wait_for("anna@far.example");
    assert!(message.starts_with("X-Authenticated: a mail host\r\n"), "{message}");
    // Another certificate is another client.
    let stranger = Authority::new("A Stranger");
    imported(&world, &stranger, "DNS:out.contoso.test");
    let other = json!({
        "Identity": "Via relay", "TlsCertificateName": "<I>CN=A Stranger<S>CN=a mail host",
    });
    world.relais.run("Set-SendConnector", other);
    world.relais.run("Remove-ExchangeCertificate", json!({ "Identity": thumbprint }));
    world.send("berta@far.example", "not let in");
    until("the stranger is not let in", SOON, || {
        let queues = world.relais.queues();
        queues.iter().find(|queue| queue["Status"] == "Retry").map(|_| ())
    });
    assert!(!host.messages().iter().any(|message| message.contains("berta@far.example")));
}
