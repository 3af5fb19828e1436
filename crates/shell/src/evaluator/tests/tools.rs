//! The shell's own commands: sorting, grouping, views, files, pages.

use super::*;

const ROWS: &str = "$r = [pscustomobject]@{N='a'; S=3}, [pscustomobject]@{N='b'; S=1}, [pscustomobject]@{N='A'; S=2}; ";

#[test]
fn objects_are_sorted_grouped_and_selected() {
    for (script, expected) in [
        ("($r | Sort-Object N, S).S -join ''", "231"),
        ("($r | sort N, @{Expression='S'; Descending=$true}).S -join ''", "321"),
        ("($r | sort +N,-S).S -join ''", "321"),
        ("($r | sort {$_.S} -Descending).S -join ''", "321"),
        ("($r | group N | % { \"$($_.Name)=$($_.Count)\" }) -join ' '", "a=2 b=1"),
        ("($r | Group-Object N -AsHashTable).b[0].S", "1"),
        ("($r | select @{n='Double'; e={$_.S * 2}}).Double -join ','", "6,2,4"),
        ("$r | select -First 1 -ExpandProperty N", "a"),
        ("($r | ? S -in 1,2 | measure).Count", "2"),
        ("($r | where { $_.N -ceq 'A' }).S", "2"),
        ("'abc','d' | % Length", "3\n1"),
        ("$r | tee -Variable t | Out-Null; $t.Count", "3"),
        ("(gal ft).Definition", "Format-Table"),
        ("('one', 'two', 'three' | Select-String 't').LineNumber -join ','", "2,3"),
        ("'a.b', 'axb' | sls 'a.b' -SimpleMatch | % Line", "a.b"),
        ("Get-Help Get-Date | Select-String 'pattern such' -Quiet", "True"),
        ("'A' | sls a -CaseSensitive -NotMatch | % Line", "A"),
    ] {
        assert_eq!(output(&format!("{ROWS}{script}")).trim_end_matches('\n'), expected, "{script}");
    }
}

#[test]
fn views_show_what_is_asked() {
    let shown = |script: &str| lines(&format!("{ROWS}{script}"));
    assert_eq!(
        shown("$r | ft @{Label='Size'; Expression={$_.S}; Alignment='left'; Width=6}, N"),
        ["", "Size   N", "----   -", "3      a", "1      b", "2      A", ""]
    );
    assert_eq!(
        shown("$r | group N -NoElement"),
        ["", "Count Name", "----- ----", "    2 a", "    1 b", ""]
    );
    assert_eq!(
        shown("$r | fw -Column 3")[1].split_whitespace().collect::<Vec<_>>(),
        ["a", "b", "A"]
    );
    assert_eq!(shown("$r | fw S -AutoSize"), ["", "3 1 2", ""]);
    assert!(output("1 | ft @{Size={1}}").contains("'Size' is not understood"));
    assert!(output("1 | fw -Column 0").contains("at least 1"));
}

#[test]
fn objects_go_to_files_and_pages_and_come_back() {
    let script = "$r | Export-Csv out.csv -NoTypeInformation; $r | select -First 1 | Export-Csv out.csv -Append; (Import-Csv out.csv)[1].N; \"N;S`nx;'y'\" | ConvertFrom-Csv -Delimiter ';' | % S; $r | Export-Csv out.csv -NoClobber";
    let (world, _) = run_in(World::default(), &format!("{ROWS}{script}"));
    assert_eq!(world.files[0].1, "\"N\",\"S\"\n\"a\",\"3\"\n\"b\",\"1\"\n\"A\",\"2\"\n");
    assert_eq!(world.files[1].1, "\"a\",\"3\"\n");
    assert_eq!(world.out, "b\n'y'\n");
    assert!(world.err.contains("already exists"), "{}", world.err);

    let html = output(
        "[pscustomobject]@{Subject='<b>&\"'; N=1} | ConvertTo-Html -Title 'A<B' -PreContent '<h1>x</h1>'",
    );
    assert!(html.contains("<title>A&lt;B</title>") && html.contains("<h1>x</h1>"), "{html}");
    assert!(html.contains("<tr><td>&lt;b&gt;&amp;&quot;</td><td>1</td></tr>"), "{html}");
    let list = output("[pscustomobject]@{A=1} | ConvertTo-Html -As List -Fragment");
    assert_eq!(list, "<table>\n<tr><th>A:</th><td>1</td></tr>\n<tr><td><hr></td></tr>\n</table>\n");
    let (world, _) = run_in(
        World::default(),
        "Get-SendConnector | ConvertTo-Html Name > r.html; Test-Path r.html",
    );
    assert!(world.files[0].1.contains("<td>Two</td>"));
    assert_eq!(world.out, "True\n");
}

#[test]
fn scripts_talk_and_wait() {
    let world = World { interactive: true, answers: vec!["jean"], ..World::default() };
    let (world, _) =
        run_in(world, "$n = Read-Host 'Name'; \"<$n>\"; Start-Sleep -Milliseconds 1500");
    assert_eq!(world.out, "Name: <jean>\n");
    assert_eq!(world.slept.as_millis(), 1500);
    assert!(output("Start-Sleep 100000").contains("at most a day"));
    assert_eq!(output("function f { Write-Verbose 'v' }; f; f -Verbose"), "VERBOSE: v\n");
    assert_eq!(output("try { Write-Error 'bad' -ErrorAction Stop } catch { \"c $_\" }"), "c bad\n");
    let (world, outcome) = run_in(World::default(), "Write-Error 'bad'; 'on'");
    assert_eq!((world.out.as_str(), outcome), ("on\n", Outcome::Done { failed: true }));
}

#[test]
fn words_of_an_enumeration_may_be_shortened() {
    let script = "New-ReceiveConnector -Name In -TransportRole Frontend -Bindings 10.0.0.1:25 -PermissionGroups Anon,ExchangeU; Set-SendConnector X -ProtocolLoggingLevel v -SmartHostAuthMechanism Basic";
    let (world, _) = run_in(World::default(), script);
    assert_eq!(world.calls[0].1["TransportRole"], "FrontendTransport", "{}", world.err);
    assert_eq!(world.calls[0].1["PermissionGroups"], json!(["AnonymousUsers", "ExchangeUsers"]));
    assert_eq!(world.calls[1].1["ProtocolLoggingLevel"], "Verbose");
    // Two words begin so: the server says what is allowed.
    assert_eq!(world.calls[1].1["SmartHostAuthMechanism"], "Basic");
}

#[test]
fn an_exported_message_becomes_a_file() {
    let script = "$t = \"C:\\Export\\\" + '<1@b.test>' + '.eml'; $t = $t.Replace('<', '_').Replace('>', '_')\n\
        Export-Message MBX01\\3\\5 | AssembleMessage -Path $t";
    let (world, _) = run_in(World::default(), script);
    let written =
        [("C:\\Export\\_1@b.test_.eml".to_owned(), "X-Sender: <a@b.test>\r\n".to_owned())];
    assert_eq!(world.files, written, "{}", world.err);
    let (world, _) = run_in(World::default(), "$m = Export-Message 5; assemblemessage x.eml $m");
    assert!(world.files.is_empty() && world.err.contains("AssembleMessage"), "{}", world.err);
    // What is not a message, and more than one, leave no file.
    for script in [
        "'x' | AssembleMessage x.eml",
        "(Export-Message 1), (Export-Message 2) | AssembleMessage x.eml",
    ] {
        let (world, _) = run_in(World::default(), script);
        assert!(world.files.is_empty() && !world.err.is_empty(), "{script}");
    }
    let (world, _) = run_in(World::default(), "Export-Message 5 -WhatIf | AssembleMessage x.eml");
    assert!(world.files.is_empty() && world.out.contains("What if"), "{}{}", world.out, world.err);
}
