use super::*;
use crate::ast::{Argument, BinaryOperator, Element, ExprKind, Statement, StatementKind};

fn parsed(text: &str) -> Block {
    parse(&Source::typed(text)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> ShellError {
    parse(&Source::typed(text)).unwrap_err()
}

fn arguments(text: &str) -> Vec<String> {
    let block = parsed(text);
    let StatementKind::Pipeline(pipeline) = &block[0].kind else { panic!() };
    let Element::Command(command) = &pipeline.elements[0] else { panic!() };
    let shown = |span: crate::source::Span| text[span.start..span.end].to_owned();
    command
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Value(value) => shown(value.span),
            Argument::Splat { name, .. } => format!("@{name}"),
            Argument::Parameter { name, value: None, .. } => format!("-{name}"),
            Argument::Parameter { name, value: Some(v), .. } => {
                format!("-{name}={}", shown(v.span))
            }
        })
        .collect()
}

#[test]
fn arguments_are_split_as_typed() {
    assert_eq!(
        arguments("New-X \"A b\" -Spaces *,contoso.com -DNS:$false -Sort: +A,-B $x.P [10.0.0.1]"),
        ["\"A b\"", "-Spaces", "*,contoso.com", "-DNS=$false", "-Sort=+A,-B", "$x.P", "[10.0.0.1]"]
    );
    assert_eq!(
        arguments("Get-X (Get-Y).Name @{Add='a','b'; Remove=\"c\"}"),
        ["(Get-Y).Name", "@{Add='a','b'; Remove=\"c\"}"]
    );
    assert_eq!(arguments("Where{$_.A -eq 1}"), ["{$_.A -eq 1}"]);
    assert_eq!(arguments("Get-X $dir\\a.txt, `\n  b"), ["$dir\\a.txt, `\n  b"]);
}

#[test]
fn operators_bind_as_they_should() {
    let block = parsed("1 + 2 * 3 -gt 5 -and $true");
    let StatementKind::Pipeline(pipeline) = &block[0].kind else { panic!() };
    let Element::Expression(expr) = &pipeline.elements[0] else { panic!() };
    let ExprKind::Binary(BinaryOperator::And, left, _) = &expr.kind else { panic!("{expr:?}") };
    let ExprKind::Binary(BinaryOperator::Compare { .. }, sum, _) = &left.kind else { panic!() };
    assert!(matches!(&sum.kind, ExprKind::Binary(BinaryOperator::Add, _, _)));
}

#[test]
fn statements_of_every_kind() {
    let kinds: Vec<_> = parsed(
        "$x = 1; $x.Y += 2\nif ($x) { Get-A } elseif (!$y) { } else { Get-B }\nforeach ($c in Get-X) { $c }\nGet-Queue |\n  Format-List # end\n@(1,2).Count; [guid]::NewGuid()",
    )
    .iter()
    .map(|Statement { kind, .. }| match kind {
        StatementKind::Assignment { .. } => "assignment",
        StatementKind::If { .. } => "if",
        StatementKind::ForEach { .. } => "foreach",
        StatementKind::Pipeline(_) => "pipeline",
        _ => "other",
    })
    .collect();
    assert_eq!(
        kinds,
        ["assignment", "assignment", "if", "foreach", "pipeline", "pipeline", "pipeline"]
    );
}

#[test]
fn unfinished_texts_ask_for_more() {
    for text in [
        "Get-X |",
        "if ($x) {",
        "@{a=1;",
        "\"abc",
        "'abc",
        "(1",
        "Get-X {",
        "$x =",
        "1 +",
        "@\"\nabc",
        "foreach ($x in",
        "$(",
        "[guid",
        "\"$(",
        "while (",
        "do { } until",
        "for ($i = 0;",
        "try { }",
        "function f {",
        "function f($a,",
        "switch ($x) {",
    ] {
        let error = refused(text);
        assert!(error.is_incomplete(), "{text:?}: {error}");
    }
    for text in [
        "Get-X )",
        "1 2",
        "-foo",
        "try { }; 1",
        "a | 5",
        "Get-X , a",
        "2>&1",
        "switch -file x { }",
        "try { } catch [IOError] { }",
        "function { }",
        "class A { }",
    ] {
        let error = refused(text);
        assert!(!error.is_incomplete(), "{text:?}: {error}");
    }
}

#[test]
fn errors_point_at_the_place() {
    let error = refused("Get-X\nGet-Y <Name>");
    assert_eq!(error.pointed_text(), Some("<"));
    assert!(error.to_string().contains("At line:2 char:7"), "{error}");
    assert_eq!(refused("trap { }").pointed_text(), Some("trap"));
    let error = refused("$x -contians 1");
    assert_eq!(error.pointed_text(), Some("-contians"));
    assert!(error.message().contains("-contains"), "{error}");
}

#[test]
fn nesting_and_length_are_bounded() {
    assert!(refused(&"(".repeat(10_000)).message().contains("too deeply"));
    assert!(refused(&"!".repeat(10_000)).message().contains("too deeply"));
    assert!(refused(&"\"$(".repeat(10_000)).message().contains("too deeply"));
    assert!(refused(&vec!["1"; 10_000].join("+")).message().contains("too many"));
    assert!(refused(&format!("$x{}", ".a".repeat(10_000))).message().contains("too many"));
    parsed(&format!("{}1{}", "(".repeat(20), ")".repeat(20)));
}

proptest::proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "[-a-zA-Z0-9$(){}@'\"`,;|.: \\[\\]=+*<>\n]{0,80}") {
        let _ = parse(&Source::typed(text));
    }
}
