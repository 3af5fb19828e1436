//! Commands as administrators type them: every entry of `corpus/shell.txt` in one shell, against one
//! server. An entry runs as written or is refused with the words it names.

use end_to_end::{Relais, SOON, Settings, until};

const CORPUS: &str = include_str!("../../corpus/shell.txt");

/// What stands there before the first entry.
const BEFORE: &str = "
New-SendConnector 'Waiting out' -Custom -AddressSpaces busy.example,dead-mx.example
New-SendConnector 'Partner out' -Custom -AddressSpaces partner.test
New-SendConnector 'Old Send' -Custom -AddressSpaces old.test
New-ReceiveConnector 'Old Receive' -Custom -Bindings 127.0.90.9:25 -RemoteIPRanges 10.0.0.1
New-AcceptedDomain Corp -DomainName corp.contoso.test
New-RemoteDomain Partner -DomainName partner.test
foreach ($to in 'a@busy.example', 'b@busy.example', 'x@dead-mx.example', 'n@nowhere.test') {
    Send-MailMessage -From jean@contoso.com -To $to -Subject 'Win a prize' -Body x
}";

#[derive(Debug, Default)]
struct Entry<'a> {
    title: &'a str,
    typed: Vec<&'a str>,
    shows: Vec<&'a str>,
    refusals: Vec<&'a str>,
    needs: Option<&'a str>,
}

fn entries() -> Vec<Entry<'static>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in CORPUS.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            entries.push(Entry { title, ..Entry::default() });
        } else if let Some(entry) = entries.last_mut() {
            match line.split_once(' ') {
                Some(("=>", text)) => entry.shows.push(text),
                Some(("!!", text)) => entry.refusals.push(text),
                Some(("??", cmdlet)) => entry.needs = Some(cmdlet),
                _ => entry.typed.push(line),
            }
        }
    }
    entries
}

/// All entries as one script. What an entry shows stands between two marks, and after the second what it
/// was refused with.
fn script(entries: &[Entry<'_>]) -> String {
    let mut script = String::from("$ConfirmPreference = 'None'\n");
    for (number, entry) in entries.iter().enumerate() {
        let typed = entry.typed.join("\n");
        script.push_str(&format!(
            "\n\"<<< {number}\"; $__before = $Error.Count\n{typed}\n\">>> {number} $($Error.Count - $__before)\"\n\
             $__at = 0; while ($__at -lt $Error.Count - $__before) {{ \"$($Error[$__at])\"; $__at++ }}\n\"=== {number}\"\n"
        ));
    }
    script
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).map(|at| at + from.len());
    let rest = start.map_or("", |start| &text[start..]);
    rest.find(to).map_or("", |end| &rest[..end])
}

#[test]
fn what_administrators_type_runs_or_is_refused_for_a_reason() {
    let relais = Relais::start(Settings {
        sandbox: true,
        glitch_retry_interval: "01:00:00",
        ..Settings::default()
    });
    relais.shell_ok(BEFORE);
    until("two queues wait for their next attempt", SOON, || {
        let queues = relais.queues();
        (queues.iter().filter(|q| q["Status"] == "Retry").count() == 2).then_some(())
    });
    relais.wait_for_unreachable(1);
    let entries = entries();
    assert!(entries.len() > 100, "{}", entries.len());
    let home = tempfile::tempdir().expect("temporary directory");
    let path = home.path().join("typed.ps1");
    std::fs::write(&path, script(&entries)).expect("script");
    let (_, text) = relais.shell_script(&path);
    let mut wrong = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let shown = between(&text, &format!("<<< {number}\n"), &format!(">>> {number} "));
        let errors = between(&text, &format!(">>> {number} "), &format!("=== {number}\n"));
        let (count, errors) = errors.split_once('\n').unwrap_or(("it was never reached", ""));
        let refused = count != "0";
        let expected: Vec<String> = match entry.needs {
            Some(cmdlet) => vec![format!("'{cmdlet}' is not recognized").to_lowercase()],
            None => entry.refusals.iter().map(|text| text.to_lowercase()).collect(),
        };
        let as_expected = refused != expected.is_empty()
            && expected.iter().all(|words| errors.to_lowercase().contains(words));
        let shows = entry.shows.iter().all(|words| shown.contains(words));
        if !as_expected || !shows {
            wrong.push(format!("{}: {count} errors: {errors}\n{shown}", entry.title));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), entries.len(), wrong.join("\n"));
}
