//! The language, run against a world made up for the test.

mod language;
mod tools;

use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::host::{CallError, Colour, Language, Mail, Reply};

#[derive(Default)]
struct World {
    out: String,
    err: String,
    calls: Vec<(String, Json)>,
    answers: Vec<&'static str>,
    interactive: bool,
    mails: Vec<Mail>,
    files: Vec<(String, String)>,
    statements: usize,
    interrupt_after: Option<usize>,
    slept: std::time::Duration,
}

impl Host for World {
    fn call(
        &mut self,
        cmdlet: &'static Cmdlet,
        parameters: Map<String, Json>,
    ) -> Result<Reply, CallError> {
        let what_if = parameters.get("WhatIf") == Some(&Json::Bool(true));
        self.calls.push((cmdlet.name.to_owned(), Json::Object(parameters.clone())));
        let connector = |name: &str, size: &str, port: u16, enabled: bool| {
            json!({"Name": name, "Identity": name, "Guid": format!("guid-{name}"),
                "AddressSpaces": ["SMTP:*;1", "SMTP:b.test;2"], "MaxMessageSize": size, "Port": port,
                "Enabled": enabled, "Fqdn": null, "ConnectionInactivityTimeOut": "00:10:00"})
        };
        match cmdlet.name {
            "Get-SendConnector" => Ok(Reply {
                objects: match parameters.get("Identity").and_then(Json::as_str) {
                    Some("missing") => {
                        return Err(CallError {
                            message: "The operation couldn't be performed because object 'missing' couldn't be found.".into(),
                            id: Some("SC-21".into()),
                            parameter: Some("Identity".into()),
                        });
                    }
                    Some("none") => vec![],
                    _ => vec![
                        connector("One", "25 MB (26,214,400 bytes)", 25, true),
                        connector("Two", "9 MB (9,437,184 bytes)", 587, false),
                    ],
                },
                ..Reply::default()
            }),
            _ if what_if => Ok(Reply {
                what_if: Some("Removing Send connector \"One\".".into()),
                ..Reply::default()
            }),
            "Export-Message" => {
                let object = json!({"Identity": "MBX01\\3\\5", "FileData": "WC1TZW5kZXI6IDxhQGIudGVzdD4NCg=="});
                Ok(Reply { objects: vec![object], ..Reply::default() })
            }
            "Set-SendConnector" => {
                Ok(Reply { warnings: vec!["nothing changed".into()], ..Reply::default() })
            }
            _ => Ok(Reply::default()),
        }
    }

    fn send_mail(&mut self, mail: Mail) -> Result<(), CallError> {
        self.mails.push(mail);
        Ok(())
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn write_coloured(&mut self, text: &str, _colour: Option<Colour>) {
        self.out.push_str(text);
    }

    fn write_error(&mut self, text: &str) {
        self.err.push_str(text);
        self.err.push('\n');
    }

    fn write_warning(&mut self, text: &str) {
        self.err.push_str(&format!("WARNING: {text}\n"));
    }

    fn is_interactive(&self) -> bool {
        self.interactive
    }

    fn width(&self) -> Option<usize> {
        None
    }

    fn ask(&mut self, prompt: &str) -> Option<String> {
        self.out.push_str(prompt);
        (!self.answers.is_empty()).then(|| self.answers.remove(0).to_owned())
    }

    fn ask_secret(&mut self, prompt: &str) -> Option<String> {
        self.ask(prompt)
    }

    fn environment(&self, name: &str) -> Option<String> {
        (name == "HOME").then(|| "/home/jean".to_owned())
    }

    fn now(&self) -> OffsetDateTime {
        datetime!(2026-01-31 12:00:00 UTC)
    }

    fn language(&self) -> Language {
        Language::English
    }

    fn interrupted(&mut self) -> bool {
        self.statements += 1;
        self.interrupt_after.is_some_and(|most| self.statements > most)
    }

    fn clear(&mut self) {
        self.out.clear();
    }

    fn sleep(&mut self, span: std::time::Duration) {
        self.slept += span;
    }

    fn file_exists(&self, path: &str) -> bool {
        self.files.iter().any(|(name, _)| name == path)
    }

    fn read_file(&mut self, path: &str) -> Result<String, CallError> {
        let found = self.files.iter().find(|(name, _)| name == path);
        found.map(|(_, text)| text.clone()).ok_or_else(|| CallError::new("no such file"))
    }

    fn write_file(&mut self, path: &str, text: &str, _append: bool) -> Result<(), CallError> {
        self.files.push((path.to_owned(), text.to_owned()));
        Ok(())
    }

    fn read_bytes(&mut self, path: &str) -> Result<Vec<u8>, CallError> {
        self.read_file(path).map(String::into_bytes)
    }

    fn write_bytes(&mut self, path: &str, bytes: &[u8]) -> Result<(), CallError> {
        self.files.push((path.to_owned(), String::from_utf8_lossy(bytes).into_owned()));
        Ok(())
    }

    fn permitted(&mut self) -> Option<Vec<String>> {
        Some(vec!["Get-SendConnector".into()])
    }
}

fn run_in(mut world: World, script: &str) -> (World, Outcome) {
    let outcome = Evaluator::new(&mut world).run(&Source::typed(script));
    (world, outcome)
}

/// What a script writes, errors after output.
fn output(script: &str) -> String {
    let (world, _) = run_in(World::default(), script);
    format!("{}{}", world.out, world.err)
}

fn lines(script: &str) -> Vec<String> {
    output(script).lines().map(str::to_owned).collect()
}

#[test]
fn expressions_have_their_values() {
    for (script, expected) in [
        ("1 + 2 * 3", "7"),
        ("10MB / 1KB", "10240"),
        ("7 / 2", "3.5"),
        ("\"Test\" * 3", "TestTestTest"),
        ("'a' + 1", "a1"),
        ("$x = 5; \"x is $x, twice $($x * 2), `$x\"", "x is 5, twice 10, $x"),
        ("'it''s $x'", "it's $x"),
        ("(1..4)[-1]", "4"),
        ("(1..9)[2..4] -join ','", "3,4,5"),
        ("@{a=1; b='two'}.B", "two"),
        ("@(5).Count", "1"),
        ("'abc' -like 'A*'", "True"),
        ("'abc' -clike 'A*'", "False"),
        ("'mbx01' -match '^MBX\\d+$'", "True"),
        ("'a-b' -replace '-','_'", "a_b"),
        ("'jean@a' -replace '^(?<user>\\w+)@(.+)$','${user} at $1'", "jean at a"),
        ("'aXbxc' -split 'x' -join ','", "a,b,c"),
        ("'aXbxc' -csplit 'x' -join ','", "aXb,c"),
        ("1,2,3 -contains 2", "True"),
        ("(1,5,3 -gt 2) -join ' '", "5 3"),
        ("!$true -or $false", "False"),
        ("-not ''", "True"),
        ("$null -eq $missing", "True"),
        ("[int]'42' + 1", "43"),
        ("([int[]]('1', '2'))[1] + 1", "3"),
        ("[string[]]'a' -is [array]", "True"),
        ("'a' -is [object[]]", "False"),
        ("'{0} of {1:N0}' -f 'x', 12345", "x of 12,345"),
        ("'abc'.ToUpper().Replace('B','-')", "A-C"),
        ("'a.b'.Split('.')[1]", "b"),
        ("\"$env:HOME\"", "/home/jean"),
        ("$h = @{}; $h.k = 1; $h['k'] += 4; $h.k", "5"),
        ("$a = 1,2; $a[1] = 9; $a += 3; \"$a\"", "1 9 3"),
        ("(Get-Date).AddDays(1).ToString('yyyy-MM-dd')", "2026-02-01"),
        ("Get-Date -Format 'HH:mm'", "12:00"),
        ("if (2 -gt 1) { 'yes' } else { 'no' }", "yes"),
        ("$s = ''; foreach ($i in 1..3) { if ($i -eq 2) { continue }; $s += $i }; $s", "13"),
        ("1..3 | % { $_ * 2 } | Measure-Object -Sum | Select-Object -ExpandProperty Sum", "12"),
        ("'00:10:00' -lt '1.00:00:00'", "True"),
        ("$x = \"a\",\"b\"; $x.Length", "2"),
        (
            "([pscredential]::new('u', (ConvertTo-SecureString 'p' -AsPlainText -Force))).UserName",
            "u",
        ),
        (
            "(New-Object System.Management.Automation.PSCredential('u', (ConvertTo-SecureString p -AsPlainText -Force))).UserName",
            "u",
        ),
        ("@\"\nline $(1+1)\n\"@", "line 2"),
        ("3,1,2 | Sort-Object -Descending | Select-Object -First 1", "3"),
        ("'b','a','b' | Select-Object -Unique | Measure-Object | % Count", "2"),
        ("[guid]::NewGuid().ToString().Length", "36"),
        (
            "foreach ($i in 1..300) { Get-Date x -ErrorAction SilentlyContinue }; Get-Date x -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count",
            "1",
        ),
        ("$x = 1; $x++; $x--; ++$x; $x", "2"),
    ] {
        assert_eq!(output(script).trim_end_matches('\n'), expected, "{script}");
    }
}

#[test]
fn cmdlets_are_called_with_their_parameters() {
    let script = "New-SendConnector -Name 'To internet' -AddressSpaces *,b.test -Internet -MaxMessageSize 10MB -Port 25 -DNSRoutingEnabled:$true; Set-SendConnector X -AddressSpaces @{Add='c.test'; Remove='b.test','d.test'}";
    let (world, outcome) = run_in(World::default(), script);
    assert_eq!(outcome, Outcome::Done { failed: false }, "{}", world.err);
    assert_eq!(
        world.calls[0].1,
        json!({"Name": "To internet", "AddressSpaces": ["*", "b.test"], "Internet": true,
            "MaxMessageSize": "10MB", "Port": 25, "DNSRoutingEnabled": true})
    );
    assert_eq!(
        world.calls[1].1,
        json!({"Identity": "X", "AddressSpaces": {"Add": ["c.test"], "Remove": ["b.test", "d.test"]}})
    );
    assert_eq!(world.err, "WARNING: nothing changed\n");
}

#[test]
fn objects_flow_through_pipelines() {
    let (world, _) = run_in(
        World::default(),
        "Get-SendConnector | where {$_.MaxMessageSize -gt 10MB -and $_.Enabled} | Set-SendConnector -Enabled $false",
    );
    assert_eq!(world.calls[1].1, json!({"Identity": "guid-One", "Enabled": false}));
    assert_eq!(world.calls.len(), 2, "{}", world.err);
    assert_eq!(
        lines("Get-SendConnector | Format-Table -Auto Name,Port"),
        ["", "Name Port", "---- ----", "One    25", "Two   587", ""]
    );
    assert_eq!(lines("(Get-SendConnector).Name"), ["One", "Two"]);
    assert_eq!(
        lines("Get-SendConnector | ? Port -eq 587 | % { \"$($_.Name):$($_.Port)\" }"),
        ["Two:587"]
    );
    assert_eq!(
        lines("Get-SendConnector One | Select-Object -First 1 | fl name,Con*,fqdn,nothing"),
        [
            "",
            "name                        : One",
            "ConnectionInactivityTimeOut : 00:10:00",
            "fqdn                        :",
            ""
        ]
    );
    assert!(output("Get-SendConnector none | Set-SendConnector -Enabled $false").is_empty());
}

#[test]
fn errors_are_shown_and_the_script_goes_on() {
    let (world, outcome) = run_in(World::default(), "Get-SendConnector missing\n'after'");
    assert_eq!(outcome, Outcome::Done { failed: true });
    assert_eq!(world.out, "after\n");
    assert_eq!(
        world.err,
        "Get-SendConnector : The operation couldn't be performed because object 'missing' couldn't be found.\nAt line:1 char:19\n+ Get-SendConnector missing\n+                   ~~~~~~~\n    + FullyQualifiedErrorId : SC-21\n"
    );
    let (world, outcome) =
        run_in(World::default(), "Get-SendConnector missing -ErrorAction SilentlyContinue; $?");
    assert_eq!((world.out.as_str(), world.err.as_str()), ("False\n", ""));
    assert_eq!(outcome, Outcome::Done { failed: false });
    let (world, _) = run_in(World::default(), "Get-SendConnector missing -ea Stop; 'after'");
    assert_eq!(world.out, "");
    let (world, _) =
        run_in(World::default(), "$ErrorActionPreference = 'Stop'; $null.Foo(); 'after'");
    assert_eq!(world.out, "");
    assert!(world.err.contains("null-valued"), "{}", world.err);
    let (_, outcome) = run_in(World::default(), "exit 3; 'after'");
    assert_eq!(outcome, Outcome::Exit(3));
}

#[test]
fn mistakes_are_explained() {
    for (script, expected, pointed) in [
        ("Get-SendConector", "Did you mean Get-SendConnector", "~~~~~~~~~~~~~~~~"),
        ("Set-SendConnector X -Fqnd a", "Did you mean -Fqdn?", "~~~~~"),
        ("Set-SendConnector X -Enabled true", "$true, $false", "~~~~~~~~~~~~~"),
        ("Set-SendConnector", "missing mandatory parameters: Identity", "~"),
        ("Set-SendConnector Contoso.com Send", "accepts argument 'Send'", "~~~~"),
        ("Set-SendConnector X -Port abc", "to type \"System.Int32\"", "~~~~~~~~~"),
        ("Suspend-Queue -Filter \"NextHopDomain -eq \"contoso.com\"", "closing quote", "~"),
        ("Set-Mailbox X -Password secret", "SecureString is needed", "~~~~~~~~~~~~~~~~"),
    ] {
        let text = output(script);
        assert!(text.contains(expected) && text.contains(pointed), "{script}\n{text}");
        assert!(!text.contains("value \"secret\""), "{text}");
    }
}

#[test]
fn confirmation_needs_a_terminal_or_a_word() {
    let (world, outcome) = run_in(World::default(), "Remove-SendConnector One");
    assert!(world.calls.is_empty());
    assert!(world.err.contains("-Confirm:$false"), "{}", world.err);
    assert_eq!(outcome, Outcome::Done { failed: true });
    let (world, _) = run_in(World::default(), "Remove-SendConnector One -Confirm:$false");
    assert_eq!(world.calls, [("Remove-SendConnector".into(), json!({"Identity": "One"}))]);
    let (world, _) = run_in(World::default(), "Remove-SendConnector One -WhatIf");
    assert_eq!(world.out, "What if: Removing Send connector \"One\".\n");

    let asked = |answers: &[&'static str]| {
        let world = World { interactive: true, answers: answers.to_vec(), ..World::default() };
        let (world, _) = run_in(world, "Get-SendConnector | Remove-SendConnector");
        let removed = world.calls.iter().filter(|(name, parameters)| {
            name == "Remove-SendConnector" && parameters.get("WhatIf").is_none()
        });
        (removed.count(), world.out)
    };
    assert_eq!(asked(&["n", ""]).0, 1);
    assert_eq!(asked(&["a"]).0, 2);
    assert_eq!(asked(&["l"]).0, 0);
    assert_eq!(asked(&[]).0, 0);
    let (removed, text) = asked(&["?", "s", "1+1", "exit", "y", "n"]);
    assert_eq!(removed, 1);
    assert!(text.contains(
        "Are you sure you want to perform this action?\nRemoving Send connector \"One\".\n"
    ));
    assert!(text.contains("2\n"), "{text}");
}

#[test]
fn changes_ask_only_when_told_to() {
    let set = |script: &str, answers: &[&'static str]| {
        let world = World { interactive: true, answers: answers.to_vec(), ..World::default() };
        let (world, _) = run_in(world, script);
        let changed = |(name, parameters): &&(String, Json)| {
            name == "Set-SendConnector" && parameters.get("WhatIf").is_none()
        };
        world.calls.iter().filter(changed).count()
    };
    assert_eq!(set("Set-SendConnector One -Enabled $false", &[]), 1);
    assert_eq!(set("Set-SendConnector One -Enabled $false -Confirm", &["n"]), 0);
    assert_eq!(set("Set-SendConnector One -Enabled $false -cf", &["y"]), 1);
    assert_eq!(set("Set-SendConnector One -Enabled $false -Confirm:$false", &[]), 1);
    let (world, outcome) = run_in(World::default(), "Set-SendConnector One -Comment x -Confirm");
    assert!(world.calls.is_empty() && world.err.contains("-Confirm:$false"), "{}", world.err);
    assert_eq!(outcome, Outcome::Done { failed: true });
}

#[test]
fn the_preference_stands_for_what_if_unless_it_is_given() {
    let what_if = |script: &str| {
        let (world, outcome) = run_in(World::default(), script);
        assert_eq!(outcome, Outcome::Done { failed: false }, "{script}: {}", world.err);
        let calls = world.calls.iter().map(|(_, p)| p.get("WhatIf").cloned());
        (calls.collect::<Vec<_>>(), world.out)
    };
    let tried = vec![Some(Json::Bool(true))];
    let (calls, out) = what_if("$WhatIfPreference = $true; Remove-SendConnector One");
    assert_eq!(calls, tried, "nothing is asked, since nothing is done");
    assert_eq!(out, "What if: Removing Send connector \"One\".\n");
    let set = "Set-SendConnector One -Comment x";
    assert_eq!(what_if(&format!("$WhatIfPreference = 1; function f {{ {set} }}; f")).0, tried);
    for script in [
        format!("$WhatIfPreference = $true; {set} -WhatIf:$false"),
        format!("$WhatIfPreference = $true; $WhatIfPreference = $false; {set}"),
    ] {
        let (calls, out) = what_if(&script);
        assert_ne!(calls, tried, "{script}");
        assert!(!out.contains("What if"), "{script}: {out}");
    }
    let (calls, _) = what_if("$WhatIfPreference = $true; Get-SendConnector | Out-Null");
    assert_eq!(calls, [None], "what only reads has no such parameter");
    let piped = "$WhatIfPreference = $true; Get-SendConnector | Remove-SendConnector";
    assert_eq!(what_if(piped).0, [None, tried[0].clone(), tried[0].clone()]);
}

#[test]
fn verbose_says_what_is_done() {
    let verbose = |script: &str| run_in(World::default(), script).0.out;
    assert_eq!(
        verbose("Remove-SendConnector One -Confirm:$false -Verbose"),
        "VERBOSE: Removing Send connector \"One\".\n"
    );
    assert_eq!(
        verbose("$VerbosePreference = 'Continue'; Set-SendConnector One -Comment x"),
        "VERBOSE: Removing Send connector \"One\".\n"
    );
    assert_eq!(verbose("Set-SendConnector One -Comment x -Verbose:$false"), "");
    assert_eq!(
        verbose("Remove-SendConnector One -WhatIf -Verbose"),
        "What if: Removing Send connector \"One\".\n"
    );
    assert!(
        verbose("Get-SendConnector -Verbose | Out-Null")
            .contains("VERBOSE: Get-SendConnector: 2 objects.\n")
    );
    let (world, _) = run_in(World::default(), "Set-SendConnector One -Comment x -Verbose");
    let calls: Vec<bool> = world.calls.iter().map(|(_, p)| p.get("WhatIf").is_some()).collect();
    assert_eq!(calls, [true, false]);
}

#[test]
fn missing_parameters_are_asked_for() {
    let world = World { interactive: true, answers: vec!["One"], ..World::default() };
    let (world, _) = run_in(world, "Set-SendConnector -Enabled $true");
    assert!(world.out.contains("Supply values for the following parameters:\nIdentity: "));
    assert_eq!(world.calls[0].1, json!({"Identity": "One", "Enabled": true}));
}

#[test]
fn secrets_go_to_the_server_and_nowhere_else() {
    let script = "$c = New-Object System.Management.Automation.PSCredential('u', (ConvertTo-SecureString 'hunter2' -AsPlainText -Force))\n$c\n$c | fl\n\"$($c.Password)\"\n$c | ConvertTo-Json\nSet-SendConnector X -AuthenticationCredential $c";
    let (world, _) = run_in(World::default(), script);
    assert!(!world.out.contains("hunter2"), "{}", world.out);
    assert_eq!(
        world.calls[0].1["AuthenticationCredential"],
        json!({"UserName": "u", "Password": "hunter2"})
    );
}

#[test]
fn mail_is_handed_over() {
    let (world, _) = run_in(
        World::default(),
        "Send-MailMessage -To a@b.test,c@d.test -From jean@contoso.com -Subject 'Hi' -Body \"x`ny\" -Port 2525",
    );
    let mail = &world.mails[0];
    assert_eq!(mail.to, ["a@b.test", "c@d.test"]);
    assert_eq!((mail.port, mail.body.as_str(), mail.use_tls), (Some(2525), "x\ny", false));
    assert!(output("Send-MailMessage -From a@b.test").contains("A recipient is missing"));
}

#[test]
fn output_can_go_to_files_and_texts() {
    let (world, _) =
        run_in(World::default(), "'a','b' > out.txt; 'x' | Set-Content y.txt; Get-Content y.txt");
    assert_eq!(world.files, [("out.txt".into(), "a\nb\n".into()), ("y.txt".into(), "x\n".into())]);
    assert_eq!(world.out, "x\n");
    let json = output(
        "Get-SendConnector | Select-Object -First 1 -Property Name,AddressSpaces | ConvertTo-Json -Compress",
    );
    assert_eq!(json, "{\"Name\":\"One\",\"AddressSpaces\":[\"SMTP:*;1\",\"SMTP:b.test;2\"]}\n");
    assert_eq!(
        lines("Get-SendConnector | Select Name | ConvertTo-Csv"),
        ["\"Name\"", "\"One\"", "\"Two\""]
    );
    assert!(output("'a' | Out-String | Out-Null").is_empty());
}

#[test]
fn commands_explain_themselves() {
    let help = output("Get-Help Set-SendConnector -Parameter Fqdn");
    assert!(help.contains("-Fqdn <Fqdn>"), "{help}");
    assert!(output("help where").contains("NAME\n    Where-Object"));
    let commands = output("Get-Command *SendConnector");
    assert!(commands.contains("Get-SendConnector") && !commands.contains("New-SendConnector"));
    assert!(output("Get-SendConnector | Get-Member P*").contains("int32 Port=25"));
}

#[test]
fn endless_scripts_end() {
    let text = output("$b = { 1 | % $b }; 1 | % $b");
    assert!(text.contains("too deeply"), "{text}");
    assert!(output("1..100000000").contains("at most"));
    assert!(output("'x' * 999999999").contains("too long"));
}

#[test]
fn documented_syntax_error_is_the_ordinary_one() {
    let text = output(
        "Suspend-Queue -Filter \"NextHopDomain -eq \"contoso.com\" -and Status -eq 'Retry'\"",
    );
    assert!(text.contains("not recognized") || text.contains("positional parameter"), "{text}");
    assert_eq!(output("Get-Queue -Filter {Status -eq \"Retry\"} | Out-Null").lines().count(), 0);
}
