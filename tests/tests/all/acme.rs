//! Certificates that the server obtains and renews itself (RFC 8555), from Pebble: proved over HTTP and in the DNS, shown
//! to openssl and curl; what becomes of failures, and that mail does not mind them.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use end_to_end::{
    Pebble, PebbleSettings, Relais, SOON, Settings, Smtp, address, consistently, message, program,
    read_metrics, until,
};
use serde_json::{Value, json};

/// How long an order may take on a busy machine.
const AN_ORDER: Duration = Duration::from_secs(120);
const KID: &str = "kid-1";
const HMAC: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

/// A server with this `[acme]`, besides the directory, which is Pebble's.
fn relais(pebble: &Pebble, section: &str) -> Relais {
    let directory = format!("[acme]\ndirectory = \"{}\"\nterms_agreed = true\n", pebble.url());
    let settings = Settings {
        dns: Some(pebble.dns()),
        trusted_ca_files: vec![pebble.authority()],
        toml: (directory + section).leak(),
        ..Settings::default()
    };
    Relais::relaying(settings)
}

/// With these names, proved over HTTP.
fn by_http(pebble: &Pebble, names: &[&str]) -> Relais {
    let section = format!(
        "contact = [\"mailto:postmaster@contoso.com\"]\ndomains = {names:?}\nhttp_listen = [\"{}\"]\n",
        pebble.door()
    );
    relais(pebble, &section)
}

/// The certificates that came by ACME.
fn obtained(relais: &Relais) -> Vec<Value> {
    let mut all = relais.run("Get-ExchangeCertificate", json!({}));
    all.retain(|one| !one["AcmeDirectory"].is_null());
    all
}

/// Waits for the one that is for exactly these names and is not `old`.
fn wait_for(relais: &Relais, names: &[&str], old: Option<&Value>) -> Value {
    let mut wanted = names.to_vec();
    wanted.sort_unstable();
    until(&format!("a certificate for {names:?}"), AN_ORDER, || {
        let mut all = obtained(relais);
        let one = all.pop()?;
        assert!(all.is_empty(), "one takes the place of the other: {all:?}");
        let listed = one["CertificateDomains"].as_array().cloned().unwrap_or_default();
        let mut listed: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
        listed.sort_unstable();
        let is_new = old.is_none_or(|old| old["Thumbprint"] != one["Thumbprint"]);
        (listed == wanted && is_new).then(|| one.clone())
    })
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// What openssl makes of the certificate that is shown to who asks for `name` and trusts `root`.
fn verified(to: SocketAddr, more: &[&str], name: &str, root: &Path) -> String {
    let to = to.to_string();
    let mut arguments = vec!["s_client", "-connect", &to, "-servername", name];
    arguments.extend(["-verify_hostname", name, "-CAfile", root.to_str().expect("ASCII")]);
    arguments.extend(more);
    said("openssl", &arguments)
}

/// The sample of a metric that has no labels.
fn metric(relais: &Relais, name: &str) -> f64 {
    let (status, text) = relais.http("GET", "/metrics", None, None);
    assert_eq!(status, 200, "{text}");
    let (is_right, read) = read_metrics(&text);
    assert!(is_right, "{read}");
    let found = read.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("{} "));
    let value = found.unwrap_or_else(|| panic!("no sample {name} in\n{read}"));
    value.parse().unwrap_or_else(|_| panic!("{name} is {value}"))
}

/// The sentence in the log of an attempt that failed.
fn wait_for_failure(relais: &Relais, words: &[&str]) -> String {
    until(&format!("the log says {words:?}"), AN_ORDER, || {
        let log = relais.log();
        let sentence = log.lines().find(|line| line.contains("could not be obtained from"))?;
        for word in words {
            assert!(sentence.contains(word), "no {word:?} in {sentence}");
        }
        Some(sentence.to_owned())
    })
}

/// A message to a mailbox of ours arrives.
fn mail_goes_on(relais: &Relais, number: usize) {
    let to = "jean@contoso.com";
    if number == 1 {
        relais.mailbox("jean", "a Secret of Jean 3");
    }
    let content = message("stranger@elsewhere.example", to, "goes on");
    let reply = Smtp::hello(relais.relay()).deliver("stranger@elsewhere.example", &[to], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
    relais.wait_for_mail(to, number, SOON);
}

/// Changes relais.toml of a server that is stopped.
fn rewrite(relais: &Relais, from: &str, to: &str) {
    let file = relais.data().parent().expect("beside the data").join("relais.toml");
    let text = fs::read_to_string(&file).expect("relais.toml");
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replace(from, to)).expect("relais.toml");
}

fn is_read_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[test]
fn a_certificate_is_obtained_over_http_shown_and_its_account_used_again() {
    let pebble = Pebble::start(&PebbleSettings::default());
    // As every server does now and then.
    pebble.refuse(&json!([
        { "path": "/order-plz", "status": 400, "type": "badNonce", "detail": "An old one", "times": 1 },
    ]));
    let mut relais = by_http(&pebble, &["mbx01.contoso.test", "mail.contoso.test"]);
    let first = wait_for(&relais, &["mbx01.contoso.test", "mail.contoso.test"], None);
    assert_eq!(first["AcmeDirectory"], pebble.url());
    assert_eq!(first["FriendlyName"], "ACME (acme.test)");
    assert_eq!((&first["HasPrivateKey"], &first["KeyAlgorithm"]), (&json!(true), &json!("ECDSA")));
    assert_eq!(first["Services"], "IIS, SMTP");
    assert!(pebble.asked("/order-plz")[0].ends_with(" 400"), "{:?}", pebble.asked("/order-plz"));

    // Shown where certificates are shown, by name; others are shown what they were.
    let root = pebble.root();
    for name in ["mbx01.contoso.test", "mail.contoso.test"] {
        let smtp = verified(relais.front(), &["-starttls", "smtp"], name, &root);
        assert!(smtp.contains("Verify return code: 0 (ok)"), "{smtp}");
        let admin: SocketAddr = relais.url()["https://".len()..].parse().expect("an address");
        let https = verified(admin, &[], name, &root);
        assert!(https.contains("Verify return code: 0 (ok)"), "{https}");
    }
    let expiry = metric(&relais, "relais_acme_certificate_expiry_timestamp_seconds");
    assert!(expiry > 1_700_000_000.0, "{expiry}");
    assert_eq!(metric(&relais, "relais_acme_failures"), 0.0);
    assert_eq!(metric(&relais, "relais_acme_last_failure_timestamp_seconds"), 0.0);

    // At port 80 there is nothing else, and nothing any more.
    let door = pebble.door();
    for path in ["/", "/.well-known/acme-challenge/", "/.well-known/acme-challenge/x", "/metrics"] {
        let url = format!("http://{door}{path}");
        let status = said("curl", &["-s", "-o", "/dev/null", "-w", "%{http_code}", &url]);
        assert_eq!(status, "404", "{path}");
    }

    // The account's key is sealed, and for nobody else to read.
    let place = relais.data().join("acme");
    for file in fs::read_dir(&place).expect("the directory").flatten() {
        assert!(!is_read_by_others(&file.path()), "{:?}", file.path());
        let text = fs::read_to_string(file.path()).expect("text");
        assert!(!text.contains("key_pkcs8"), "{text}");
    }

    // After a restart there is nothing to do: no order, no account.
    let orders = pebble.asked("/order-plz").len();
    relais.stop();
    relais.resume();
    until("the server listens for challenges again", SOON, || Smtp::listens(door).then_some(()));
    consistently("nothing is ordered", Duration::from_secs(3), || {
        pebble.asked("/order-plz").len() == orders
    });
    assert_eq!(obtained(&relais).as_slice(), std::slice::from_ref(&first));

    // Another name: a new certificate, by the same account, in the place of the old one.
    relais.stop();
    rewrite(&relais, "\"mail.contoso.test\"", "\"mail.contoso.test\", \"mx.contoso.test\"");
    relais.resume();
    let names = ["mbx01.contoso.test", "mail.contoso.test", "mx.contoso.test"];
    let second = wait_for(&relais, &names, Some(&first));
    assert_ne!(first["TlsaRecord"], second["TlsaRecord"], "it has a key of its own");
    let smtp = verified(relais.front(), &["-starttls", "smtp"], "mx.contoso.test", &root);
    assert!(smtp.contains("Verify return code: 0 (ok)"), "{smtp}");
    let accounts = pebble.asked("/sign-me-up");
    assert_eq!(accounts.len(), 1, "the account is used again: {accounts:?}");
    assert!(!relais.log().contains("PRIVATE KEY"));
}

#[test]
fn names_are_proved_in_the_dns_by_a_program_for_an_external_account() {
    let pebble = Pebble::start(&PebbleSettings {
        external_account: Some((KID, HMAC)),
        ..PebbleSettings::default()
    });
    let place = tempfile::tempdir().expect("temporary directory");
    let key = place.path().join("eab.key");
    fs::write(&key, HMAC).expect("the key");
    let section = format!(
        "domains = [\"contoso.test\", \"*.contoso.test\"]\nchallenge = \"dns-01\"\ndns_hook = {:?}\n\
         services = [\"SMTP\"]\nkey_type = \"rsa\"\n\
         [acme.external_account]\nkid = \"{KID}\"\nkey_file = {key:?}\n",
        pebble.hook(place.path())
    );
    let relais = relais(&pebble, &section);
    let certificate = wait_for(&relais, &["*.contoso.test", "contoso.test"], None);
    assert_eq!(
        (&certificate["Services"], &certificate["KeyAlgorithm"]),
        (&json!("SMTP"), &json!("RSA"))
    );
    let smtp = verified(relais.front(), &["-starttls", "smtp"], "any.contoso.test", &pebble.root());
    assert!(smtp.contains("Verify return code: 0 (ok)"), "{smtp}");
    // Two values of one record, and each is taken away again.
    let calls = fs::read_to_string(place.path().join("calls")).expect("the hook was called");
    let of = |deed: &str| -> Vec<&str> {
        let mut lines: Vec<&str> =
            calls.lines().filter_map(|line| line.strip_prefix(deed)?.strip_prefix(' ')).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(of("present").len(), 2, "{calls}");
    assert_eq!(of("present"), of("cleanup"), "{calls}");
    assert!(
        of("present").iter().all(|line| line.starts_with("_acme-challenge.contoso.test ")),
        "{calls}"
    );
    assert!(!relais.log().contains(HMAC), "the key is nobody's business");
}

#[test]
fn a_certificate_is_renewed_in_good_time_while_mail_flows() {
    // Renewed after fifty seconds.
    let pebble = Pebble::start(&PebbleSettings { life: Some(75), ..PebbleSettings::default() });
    let names = ["mail.contoso.test"];
    let section =
        format!("domains = {names:?}\nhttp_listen = [\"{}\"]\nreuse_key = true\n", pebble.door());
    let relais = relais(&pebble, &section);
    let first = wait_for(&relais, &names, None);
    relais.run(
        "Set-ReceiveConnector",
        json!({
            "Identity": "Default Frontend MBX01",
            "TlsCertificateName":
                format!("<I>{}<S>{}", first["Issuer"].as_str().unwrap(), first["Subject"].as_str().unwrap()),
        }),
    );
    relais.run(
        "Enable-ExchangeCertificate",
        json!({ "Identity": first["Thumbprint"], "Services": "None" }),
    );
    relais.run(
        "Enable-ExchangeCertificate",
        json!({ "Identity": first["Thumbprint"], "Services": "SMTP" }),
    );
    mail_goes_on(&relais, 1);
    let second = wait_for(&relais, &names, Some(&first));
    assert_eq!(second["Services"], "SMTP", "what the administrator has chosen stays");
    assert_eq!(second["TlsaRecord"], first["TlsaRecord"], "the key stays where that is wanted");
    let shown = said(
        "sh",
        &[
            "-c",
            &format!(
                "openssl s_client -starttls smtp -connect {} -servername mail.contoso.test </dev/null 2>/dev/null \
             | openssl x509 -noout -fingerprint -sha1",
                relais.front()
            ),
        ],
    );
    let shown = shown.split('=').next_back().unwrap_or_default().trim().replace(':', "");
    // It may have been renewed once more since.
    let now = obtained(&relais).remove(0);
    assert!(
        [&second, &now].iter().any(|one| one["Thumbprint"] == shown),
        "{shown}: {second} {now}"
    );
    mail_goes_on(&relais, 2);
    assert_eq!(metric(&relais, "relais_acme_failures"), 0.0);
    assert_eq!(pebble.asked("/sign-me-up").len(), 1);
}

#[test]
fn a_server_that_limits_us_is_left_alone_and_mail_goes_on() {
    let pebble = Pebble::start(&PebbleSettings::default());
    let detail = "too many certificates already issued for contoso.test";
    pebble.refuse(&json!([{
        "path": "/order-plz", "status": 429, "type": "rateLimited", "detail": detail, "retry_after": "7200",
    }]));
    let mut relais = by_http(&pebble, &["mail.contoso.test"]);
    let url = pebble.url();
    let sentence = wait_for_failure(
        &relais,
        &["mail.contoso.test", &url, detail, "rateLimited", "tried again at"],
    );
    assert!(sentence.contains("ERROR"), "there is no certificate yet: {sentence}");
    until("it is counted", SOON, || (metric(&relais, "relais_acme_failures") == 1.0).then_some(()));
    assert!(metric(&relais, "relais_acme_last_failure_timestamp_seconds") > 1_700_000_000.0);
    assert_eq!(metric(&relais, "relais_acme_certificate_expiry_timestamp_seconds"), 0.0);
    mail_goes_on(&relais, 1);
    // Neither time nor a restart, nor that it would succeed now, makes it ask again before it may.
    pebble.refuse(&json!([]));
    consistently("it is left alone", Duration::from_secs(3), || {
        pebble.asked("/order-plz").len() == 1
    });
    relais.stop();
    relais.resume();
    until("the server listens for challenges again", SOON, || {
        Smtp::listens(pebble.door()).then_some(())
    });
    consistently("it is left alone", Duration::from_secs(5), || {
        pebble.asked("/order-plz").len() == 1
    });
    mail_goes_on(&relais, 2);
    // Who wants something else need not wait.
    relais.stop();
    rewrite(&relais, "\"mail.contoso.test\"", "\"smtp.contoso.test\"");
    relais.resume();
    wait_for(&relais, &["smtp.contoso.test"], None);
}

#[test]
fn a_failed_proof_is_said_in_the_words_of_the_authority() {
    let pebble = Pebble::start(&PebbleSettings::default());
    // Where nobody comes: all names have Pebble's address.
    let section =
        format!("domains = [\"mail.contoso.test\"]\nhttp_listen = [\"{}:5002\"]\n", address());
    let relais = relais(&pebble, &section);
    // It may say so when it is asked to look, or of what it found.
    wait_for_failure(&relais, &["mail.contoso.test", "connect: connection refused"]);
    mail_goes_on(&relais, 1);
    assert_eq!(obtained(&relais), Vec::<Value>::new());
}

#[test]
fn a_program_that_fails_is_said_with_its_words_and_undone() {
    use std::os::unix::fs::PermissionsExt;
    let pebble = Pebble::start(&PebbleSettings::default());
    let place = tempfile::tempdir().expect("temporary directory");
    let hook = place.path().join("hook");
    let calls = place.path().join("calls");
    fs::write(
        &hook,
        format!("#!/bin/sh\necho \"$1\" >> {}\n[ $1 = cleanup ] && exit 0\necho 'zone is frozen' >&2\nexit 4\n", calls.display()),
    )
    .expect("the hook");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("the hook");
    let section =
        format!("domains = [\"mail.contoso.test\"]\nchallenge = \"dns-01\"\ndns_hook = {hook:?}\n");
    let relais = relais(&pebble, &section);
    wait_for_failure(&relais, &["dns_hook", "present", "zone is frozen", "exit status: 4"]);
    assert_eq!(fs::read_to_string(&calls).expect("calls"), "present\ncleanup\n");
    assert!(pebble.asked("/chalZ/").is_empty(), "the authority was not bothered");
}

#[test]
fn what_the_authority_advises_counts_and_an_account_that_is_gone_is_made_anew() {
    // Due after four hundred seconds by itself, which nobody here waits for.
    let mut pebble =
        Pebble::start(&PebbleSettings { life: Some(600), ..PebbleSettings::default() });
    pebble.advise("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z");
    let relais = by_http(&pebble, &["mail.contoso.test"]);
    let first = wait_for(&relais, &["mail.contoso.test"], None);
    until("the authority is asked when to renew", SOON, || {
        (!pebble.asked("/renewal-info/").is_empty()).then_some(())
    });
    pebble.forget();
    let second = wait_for(&relais, &["mail.contoso.test"], Some(&first));
    assert_ne!(first["Issuer"], second["Issuer"], "Pebble has another authority now");
    assert_eq!(pebble.asked("/sign-me-up").len(), 2);
    assert_eq!(metric(&relais, "relais_acme_failures"), 0.0);
}

#[test]
fn an_order_that_breaks_off_is_undone_and_does_not_lead_to_a_crowd_of_others() {
    use std::os::unix::fs::PermissionsExt;
    let pebble = Pebble::start(&PebbleSettings::default());
    let place = tempfile::tempdir().expect("temporary directory");
    let (hook, calls) = (place.path().join("hook"), place.path().join("calls"));
    // Ends with the test, where nobody ends it.
    let text = format!(
        "#!/bin/sh\necho \"$1\" >> {calls}\n[ $1 = cleanup ] && exit 0\n\
         while [ -e {calls} ]; do sleep 0.2; done\n",
        calls = calls.display()
    );
    fs::write(&hook, text).expect("the hook");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("the hook");
    let section =
        format!("domains = [\"mail.contoso.test\"]\nchallenge = \"dns-01\"\ndns_hook = {hook:?}\n");
    let mut relais = relais(&pebble, &section);
    let called = |wanted: &str| {
        until(&format!("the program was called: {wanted}"), AN_ORDER, || {
            let text = fs::read_to_string(&calls).unwrap_or_default();
            (text.split_whitespace().collect::<Vec<_>>().join(" ") == wanted).then_some(())
        });
    };
    called("present");
    // A stop takes down what was put up, and is no failure: the next start tries again.
    relais.stop();
    called("present cleanup");
    relais.resume();
    called("present cleanup present");
    // A crash cannot, and may come again and again.
    relais.kill();
    relais.resume();
    let orders = pebble.asked("/order-plz").len();
    assert_eq!(orders, 2);
    mail_goes_on(&relais, 1);
    consistently("nothing is ordered", Duration::from_secs(4), || {
        pebble.asked("/order-plz").len() == orders
    });
    assert_eq!(metric(&relais, "relais_acme_failures"), 1.0);
}

#[test]
fn a_section_that_is_not_right_is_said_at_the_start() {
    let place = tempfile::tempdir().expect("temporary directory");
    let file = place.path().join("relais.toml");
    for (section, words) in [
        ("domains = [\"mail.contoso.test\"]", "terms_agreed false is not allowed. Allowed: true"),
        (
            "domains = [\"mail.contoso.test\"]\nterms_agreed = true\nchallenge = \"magic\"",
            "\"magic\"",
        ),
        ("renew = true", "unknown field `renew`"),
    ] {
        fs::write(&file, format!("domain = \"contoso.test\"\n[acme]\n{section}\n"))
            .expect("relais.toml");
        let output = Command::new(program())
            .arg("serve")
            .arg("--config")
            .arg(&file)
            .arg("--data")
            .arg(place.path().join("data"))
            .output()
            .expect("relais");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && text.contains(words), "{section}: {text}");
        assert!(text.contains("relais.toml"), "{text}");
    }
}
