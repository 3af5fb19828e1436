//! Statements: loops, `switch`, `try`, functions, splatting, and what bounds them.

use super::*;

#[test]
fn loops_and_switches() {
    for (script, expected) in [
        ("$i = 0; while ($i -lt 3) { $i++ }; $i", "3"),
        (
            "$s = ''; for ($i = 0; $i -lt 4; $i++) { if ($i -eq 1) { continue }; $s += $i }; $s",
            "023",
        ),
        ("$i = 9; do { $i-- } until ($i -le 5); $i", "5"),
        ("$i = 0; do { $i++; if ($i -eq 7) { break } } while ($true); $i", "7"),
        ("$i = 5; \"<$($i++)> $(($i--)) $((++$i))\"; ($i++)", "<> 6 6\n6"),
        ("switch (2) { 1 { 'one' } 2 { 'two' } default { 'many' } }", "two"),
        ("switch ('MBX01') { mbx01 { 'plain' } }", "plain"),
        (
            "switch -Wildcard ('MBX01', 'CAS01', 'X') { 'MBX*' { \"m:$_\" } 'C*' { 'c' } default { '?' } }",
            "m:MBX01\nc\n?",
        ),
        ("switch -Regex ('a@b.test') { '^(\\w+)@' { $Matches[1] } }", "a"),
        ("switch (7) { {$_ -gt 5} { 'big'; break } 7 { 'never' } }", "big"),
        ("$w = switch (1) { 1 { 'x' } }; $w * 2", "xx"),
        ("'jean@contoso.com' -match '@(?<d>.+)$'; $Matches.d", "True\ncontoso.com"),
        ("$a, $b = 1, 2, 3; \"$a|$b\"", "1|2 3"),
        ("[int]$n = '5'; $n + 1", "6"),
        ("1..3 | foreach { if ($_ -eq 2) { return }; $_ }", "1\n3"),
    ] {
        assert_eq!(output(script).trim_end_matches('\n'), expected, "{script}");
    }
}

#[test]
fn errors_can_be_caught() {
    for (script, expected) in [
        ("try { throw 'no' } catch { \"caught $_\" } finally { 'done' }", "caught no\ndone"),
        (
            "try { Get-SendConnector missing -ErrorAction Stop; 'not here' } catch { $_.Exception.Message }",
            "The operation couldn't be performed because object 'missing' couldn't be found.",
        ),
        ("try { 1 / 0 } catch { 'zero' }", "zero"),
        (
            "try { Get-Nothing } catch [System.Exception] { $_.FullyQualifiedErrorId }",
            "CommandNotFoundException",
        ),
        ("try { try { throw 'a' } catch { throw } } catch { \"again $_\" }", "again a"),
        ("try { throw @{Code=5} } catch { $_.TargetObject.Code }", "5"),
        ("function f { throw 'deep' }; try { f; 'no' } catch { \"$_\" }", "deep"),
        (
            "$ErrorActionPreference = 'Stop'; try { Get-SendConnector missing } catch { 'stopped' }",
            "stopped",
        ),
        (
            "function f([switch]$x) { Get-SendConnector missing }; try { f -ErrorAction Stop } catch { 'by f' }",
            "by f",
        ),
        (
            "Get-SendConnector missing 2>$null; $Error.Count; \"$($Error[0])\".Substring(0, 3)",
            "1\nThe",
        ),
        ("Get-Nothing 2>$null; 'on'", "on"),
        ("1..3 | % { try { if ($_ -eq 2) { throw 'x' }; $_ } catch { 'c' } }", "1\nc\n3"),
    ] {
        assert_eq!(output(script).trim_end_matches('\n'), expected, "{script}");
    }
    let (world, outcome) = run_in(World::default(), "throw 'the end'; 'after'");
    assert_eq!((world.out.as_str(), outcome), ("", Outcome::Done { failed: true }));
    assert!(world.err.starts_with("the end\nAt line:1 char:1\n"), "{}", world.err);
    // A cmdlet's error alone does not end a try block.
    let (world, _) =
        run_in(World::default(), "try { Get-SendConnector missing; 'on' } catch { 'no' }");
    assert_eq!(world.out, "on\n");
    assert!(world.err.contains("SC-21"), "{}", world.err);
    let (world, _) = run_in(World::default(), "try { exit 4 } finally { 'last' }");
    assert_eq!(world.out, "last\n");
}

#[test]
fn functions_have_parameters_and_a_scope() {
    for (script, expected) in [
        ("function Add($a, $b = 10) { $a + $b }; Add 1; Add 1 2; Add -b 3 -a 4", "11\n3\n7"),
        (
            "function F { param([Parameter(Mandatory=$true)][string]$Name, [int]$Port = 25, [switch]$On) \"$Name $Port $On\" }; F x; F -On y -Po 26",
            "x 25 False\ny 26 True",
        ),
        ("function G { $args.Count; $args[1] }; G a b", "2\nb"),
        ("$x = 1; function H { $x = 2; $global:y = $x }; H; \"$x $y\"", "1 2"),
        ("function I { process { $_ * 2 } end { 'e' } }; 1..2 | I", "2\n4\ne"),
        (
            "function J([Parameter(ValueFromPipeline=$true)]$V) { process { \"<$V>\" } }; 'a','b' | J; J c",
            "<a>\n<b>\n<c>",
        ),
        ("function K { ($input | Measure-Object).Count }; 1..4 | K", "4"),
        ("function L($n) { if ($n -le 1) { return 1 }; $n * (L ($n - 1)) }; L 10", "3628800"),
        ("& { param($a) $a + 1 } 4", "5"),
        ("$b = { 'block' }; & $b; & 'Get-Date' -Format yyyy", "block\n2026"),
        (". { $z = 3 }; $z", "3"),
        ("$p = @{Format = 'yyyy-MM'}; Get-Date @p", "2026-01"),
        ("$p = 'x', 'y'; function M($a, $b) { \"$b$a\" }; M @p", "yx"),
        ("function N { [CmdletBinding()] param() 'n' }; N", "n"),
        ("function Get-SendConnector { 'mine' }; Get-SendConnector", "mine"),
    ] {
        assert_eq!(output(script).trim_end_matches('\n'), expected, "{script}");
    }
    let (world, _) = run_in(
        World::default(),
        "$p = @{Name = 'Out'; AddressSpaces = '*'; Internet = $true}; New-SendConnector @p -Port 26",
    );
    assert_eq!(
        world.calls[0].1,
        json!({"Name": "Out", "AddressSpaces": "*", "Internet": true, "Port": 26}),
        "{}",
        world.err
    );
}

#[test]
fn wrong_calls_are_explained() {
    for (script, expected) in [
        ("function F($Name) { }; F -Nane x", "It has: -Name."),
        ("function F([int]$Port) { }; F abc", "The parameter 'Port' is wrong"),
        (
            "function F { param([Parameter(Mandatory)]$Name) }; F",
            "missing mandatory parameters: Name",
        ),
        ("function F([Alias('x')]$Name) { }", "does not understand the attribute 'alias'"),
        ("& $nothing", "this has no value"),
        ("Get-Date @nothing", "$nothing has no value"),
        ("try { } catch [IOException] { }", "only [System.Exception]"),
        ("filter f { }", "the statement 'filter'"),
        ("Get-Date 3>&1", "except 2>$null"),
    ] {
        let text = output(script);
        assert!(text.contains(expected) && text.contains("~"), "{script}\n{text}");
    }
}

#[test]
fn nothing_runs_for_ever() {
    for script in [
        "while ($true) { }",
        "for (;;) { }",
        "do { $x++ } while (1)",
        "1..1000000 | % { $_ } | Out-Null",
        "try { while ($true) { } } catch { 'no' }",
    ] {
        let world = World { interrupt_after: Some(50), ..World::default() };
        let (world, outcome) = run_in(world, &format!("{script}; 'after'"));
        assert_eq!((world.out.as_str(), world.err.as_str()), ("", "Interrupted.\n"), "{script}");
        assert_eq!(outcome, Outcome::Done { failed: true });
    }
    assert!(output("function F { F }; F").contains("too deeply"));
    let text = output("$s = 'x' * 9999999; try { while ($true) { $s += $s } } catch { \"$_\" }");
    assert!(text.contains("too long"), "{text:.200}");
}

#[test]
fn lists_tables_dates_and_sizes_are_as_scripts_know_them() {
    for (script, expected) in [
        (
            "$l = New-Object System.Collections.ArrayList; [void]$l.Add('a'); $l.AddRange(@(1, 2)); $l.Remove('a'); $l.Count",
            "2",
        ),
        (
            "$l = [System.Collections.Generic.List[string]]::new(); $l.Add('x'); $l.Insert(0, 'y'); \"$l\"",
            "y x",
        ),
        ("$h = @{a=1}; $h.Add('b', 2); $h.Remove('a'); $h.Keys", "b"),
        (
            "$h = @{b=2; a=1}; ($h.GetEnumerator() | sort Name | % { \"$($_.Key)=$($_.Value)\" }) -join ' '",
            "a=1 b=2",
        ),
        ("$h = @{}; function f { $h.x = 1; $h.Add('y', 2) }; f; $h.Count", "2"),
        ("(1..5).Where({$_ -gt 3}).ForEach({$_ * 2}) -join ','", "8,10"),
        ("$null = 1, 2; $x = $null; $null -eq $x", "True"),
        ("((Get-Date) - (Get-Date).AddHours(-36)).TotalDays", "1.5"),
        ("(Get-Date) - '1/31/2026 11:00 AM'", "01:00:00"),
        ("((Get-Date) + '1.00:00:00').ToString('yyyy-MM-dd')", "2026-02-01"),
        ("(Get-Date) -gt (Get-Date).AddDays(-1)", "True"),
        ("[timespan]::FromMinutes(90)", "01:30:00"),
        ("'2026-01-31T10:00:00.000Z'.AddDays(1).Day", "1"),
        ("(Get-SendConnector)[0].MaxMessageSize.Value.ToMB()", "25"),
        ("(Get-SendConnector)[0].MaxMessageSize.IsUnlimited", "False"),
        ("(Get-SendConnector)[0].ConnectionInactivityTimeOut.TotalMinutes", "10"),
        ("Get-SendConnector | % { $_.Port = 26; $_.Port }", "26\n26"),
    ] {
        assert_eq!(output(script).trim_end_matches('\n'), expected, "{script}");
    }
    assert!(output("$h = @{a=1}; $h.Add('a', 2)").contains("in the table already"));
    assert!(output("(1,2).Add(3)").contains("Only what a variable holds"));
    assert!(output("(Get-Date) + 'x'").contains("is not a time span"));
}

#[test]
fn scripts_are_files() {
    let files = || {
        vec![
            ("lib/tools.ps1".to_owned(), "function Twice($n) { $n * 2 }".to_owned()),
            ("add.ps1".to_owned(), "# adds\n[CmdletBinding()]\nparam([int]$A, $B = 5)\nif ($A -eq 9) { exit 1 }\n$A + $B".to_owned()),
            ("bad.ps1".to_owned(), "1\nGet-Nothing".to_owned()),
        ]
    };
    for (script, expected) in [
        (". ./lib/tools.ps1; Twice 4", "8"),
        (". .\\lib\\tools.ps1; Twice 4", "8"),
        (".\\add.ps1 1 2; ./add.ps1 -A 3; & 'add.ps1' 9; 'on'", "3\n8\non"),
    ] {
        let (world, _) = run_in(World { files: files(), ..World::default() }, script);
        assert_eq!(world.out.trim_end_matches('\n'), expected, "{script}: {}", world.err);
    }
    let (world, _) = run_in(World { files: files(), ..World::default() }, "./bad.ps1; ./none.ps1");
    assert!(world.err.contains("At bad.ps1:2 char:1"), "{}", world.err);
    assert!(world.err.contains("no such file"), "{}", world.err);
    let mut world = World::default();
    let source = Source::script("x.ps1", "param($N = 3, [Parameter(Mandatory)]$M)\n$N");
    let outcome = Evaluator::new(&mut world).run(&source);
    assert_eq!(outcome, Outcome::Done { failed: true });
    assert!(world.err.contains("missing mandatory parameters: M"), "{}", world.err);
}

#[test]
fn deep_scripts_end_before_the_stack_does() {
    let deep = || {
        let body = format!("{}F{}", "$(".repeat(40), ")".repeat(40));
        output(&format!("function F {{ {body} }}; F; 'on'"))
    };
    let shell = std::thread::Builder::new().stack_size(crate::options::STACK);
    let text = shell.spawn(deep).unwrap().join().unwrap();
    assert!(text.starts_with("on\n") && text.contains("nested too deeply"), "{text:.300}");
}
