use super::*;

fn named(name: &str, value: Option<Value>) -> Given {
    let value = value.map(|value| GivenValue { value, span: Span::default(), bare: true });
    Given { name: Some((name.into(), Span::default())), value }
}

fn plain(value: &str) -> Given {
    let value = GivenValue { value: value.into(), span: Span::default(), bare: true };
    Given { name: None, value: Some(value) }
}

fn bound(cmdlet: &str, given: Vec<Given>) -> Result<Bound, ShellError> {
    let cmdlet = cmdlets::find(cmdlet).unwrap();
    bind(cmdlet, given, &Source::typed(""), Span::default())
}

#[test]
fn names_may_be_shortened() {
    let bound = bound(
        "Set-SendConnector",
        vec![named("MaxM", None), plain("10MB"), plain("Contoso"), named("wi", None)],
    )
    .unwrap();
    assert_eq!(bound.text("MaxMessageSize").as_deref(), Some("10MB"));
    assert_eq!(bound.text("Identity").as_deref(), Some("Contoso"));
    assert!(bound.is_on("WhatIf"));
    assert!(bound.missing().is_empty());
}

#[test]
fn wrong_names_are_explained() {
    let text = |given| bound("Set-SendConnector", given).unwrap_err().to_string();
    let unknown = text(vec![named("SmartHost5", None)]);
    assert!(unknown.contains("'SmartHost5'") && unknown.contains("-SmartHosts"), "{unknown}");
    let ambiguous = text(vec![named("SmartHost", None)]);
    assert!(ambiguous.contains("ambiguous") && ambiguous.contains("-SmartHostAuthMechanism"));
    let twice = text(vec![named("Fqdn", Some("a".into())), named("Fqdn", Some("b".into()))]);
    assert!(twice.contains("more than once"), "{twice}");
    let extra = text(vec![plain("Contoso.com"), plain("Send")]);
    assert!(extra.contains("positional parameter cannot be found that accepts argument 'Send'"));
    let none = text(vec![named("Port", None)]);
    assert!(none.contains("Missing an argument for parameter 'Port'"), "{none}");
}

#[test]
fn truth_is_not_a_word() {
    let error =
        bound("Set-SendConnector", vec![named("Enabled", Some("true".into()))]).unwrap_err();
    assert!(error.message().contains("$true, $false"), "{error}");
    let bound =
        bound("Set-SendConnector", vec![named("Enabled", Some(Value::Bool(true)))]).unwrap();
    assert!(bound.is_on("Enabled"));
    assert_eq!(bound.missing().first().map(|p| p.name), Some("Identity"));
}

#[test]
fn objects_find_their_parameter() {
    let object = |kind: &str| {
        let mut properties = crate::value::Properties::new();
        properties.set("Name", "MBX01".into());
        Value::Object(Rc::new(crate::value::Object {
            type_name: kind.into(),
            columns: &[],
            properties,
        }))
    };
    let bound = bound("Get-Queue", vec![]).unwrap();
    let queue = bound.with_input(&object("Queue")).unwrap();
    assert!(queue.bound("Identity").is_some());
    let server = bound.with_input(&object("ExchangeServer")).unwrap();
    assert!(server.bound("Server").is_some(), "{:?}", server.values);
}

#[test]
fn dates_are_sent_in_one_form() {
    let date = |text: &str| kinds::fitted(&Kind::DateTime, text.into(), false).unwrap();
    assert!(matches!(date("3/28/2015 8:00AM"), Value::Date(d) if d.hour() == 8 && d.day() == 28));
    // What the shell does not read the server answers for.
    assert!(matches!(date("yesterday"), Value::Text(_)));
}
