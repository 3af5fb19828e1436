use std::rc::Rc;

use super::*;
use crate::value::{Object, Properties};

const VIEW: View = View { width: None, limit: DEFAULT_LIMIT };

fn connector(name: &str, spaces: &[&str], enabled: bool) -> Value {
    let mut properties = Properties::new();
    properties.set("Identity", name.into());
    properties.set("AddressSpaces", Value::array(spaces.iter().map(|s| Value::from(*s)).collect()));
    properties.set("Enabled", Value::Bool(enabled));
    properties.set("Port", Value::Int(25));
    properties.set("Fqdn", Value::Null);
    Value::Object(Rc::new(Object {
        type_name: "SendConnector".into(),
        columns: &["Identity", "AddressSpaces", "Enabled"],
        properties,
    }))
}

#[test]
fn a_type_has_a_default_table() {
    let values = [connector("To internet", &["SMTP:*;1"], true), connector("B", &[], false)];
    assert_eq!(
        default_view(&values, &VIEW),
        "\nIdentity    AddressSpaces Enabled\n--------    ------------- -------\nTo internet {SMTP:*;1}    True\nB           {}            False\n\n"
    );
}

#[test]
fn lists_align_and_empty_is_blank() {
    let text = list(&[connector("X", &["a", "b", "c", "d", "e"], true)], None, &VIEW);
    assert_eq!(
        text,
        "\nIdentity      : X\nAddressSpaces : {a, b, c, d...}\nEnabled       : True\nPort          : 25\nFqdn          :\n\n"
    );
}

#[test]
fn headings_keep_the_spelling_typed() {
    let rows = [connector("X", &[], true)];
    let columns = columns_of(&["eNABLED".into(), "Nothing".into(), "P*".into()], &rows).unwrap();
    let text = table(&rows, &columns, &TableOptions::default(), &VIEW);
    assert_eq!(text, "\neNABLED Nothing Port\n------- ------- ----\nTrue              25\n\n");
}

#[test]
fn narrow_tables_cut_or_wrap() {
    let view = View { width: Some(20), limit: 4 };
    let rows = [connector("A connector with a long name", &["SMTP:contoso.com;1"], true)];
    let columns = columns_of(&["Identity".into(), "Enabled".into()], &rows).unwrap();
    let cut = table(&rows, &columns, &TableOptions::default(), &view);
    assert!(cut.contains("A connect... True"), "{cut}");
    // A heading gives way before the first column does.
    let view = View { width: Some(30), limit: 4 };
    let columns =
        columns_of(&["Identity".into(), "ConnectionLimits".into(), "Enabled".into()], &rows)
            .unwrap();
    let first = table(&rows, &columns, &TableOptions::default(), &view);
    assert!(first.contains("Con... Enabled\n") && first.contains("A connector ..."), "{first}");
    let view = View { width: Some(20), limit: 4 };
    let columns = columns_of(&["Identity".into(), "Enabled".into()], &rows).unwrap();
    let options = TableOptions { wrap: true, hide_headers: false };
    let wrapped = table(&rows, &columns, &options, &view);
    assert!(wrapped.contains("A connector  True\nwith a long\nname\n"), "{wrapped}");
}

#[test]
fn plain_values_stand_one_a_line() {
    assert_eq!(default_view(&["a".into(), Value::Int(2), Value::Null], &VIEW), "a\n2\n");
    assert_eq!(default_view(&[], &VIEW), "");
}

#[test]
fn long_values_of_lists_go_on_under_their_beginning() {
    let mut properties = Properties::new();
    properties.set("Text", "one two three four five six".into());
    let view = View { width: Some(20), limit: 4 };
    let text = list(&[Object::custom(properties)], None, &view);
    assert_eq!(text, "\nText : one two three\n       four five six\n\n");
}
