//! `ConvertTo-Html`: objects as a page with a table, or with lists.

use cmdlets::{Kind, Parameter};

use super::declare::{INPUT, PROPERTIES, TEXTS, at, command, parameter};
use super::output::input_of;
use super::selecting::computed;
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::format::{Column, columns_of, property_names};
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

const fn markup(name: &'static str, en: &'static str, fr: &'static str) -> Parameter {
    parameter(name, TEXTS, en, fr)
}

pub(super) static CONVERT_TO_HTML: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertTo-Html",
        "Gives objects as the lines of an HTML page.",
        "Donne les objets en lignes d'une page HTML.",
        &[
            at(
                1,
                parameter(
                    "Property",
                    PROPERTIES,
                    "The properties to show; wildcards are allowed.",
                    "Les propriétés à afficher ; les caractères génériques sont admis.",
                ),
            ),
            parameter("Title", Kind::String, "The title of the page.", "Le titre de la page."),
            parameter(
                "As",
                Kind::Enum(&["Table", "List"]),
                "One table, or a list for each object.",
                "Un tableau, ou une liste par objet.",
            ),
            parameter(
                "Fragment",
                Kind::Switch,
                "Only the table, without a page around it.",
                "Seulement le tableau, sans page autour.",
            ),
            markup("Head", "HTML for the head of the page.", "HTML pour l'en-tête de la page."),
            markup("PreContent", "HTML before the table.", "HTML avant le tableau."),
            markup("PostContent", "HTML after the table.", "HTML après le tableau."),
            INPUT,
        ],
    ),
    run: convert_to_html,
};

fn convert_to_html(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = input_of(bound, input);
    let columns = match bound.value("Property") {
        Some(wanted) => {
            columns_of(wanted.items(), &items).map_err(|e| bound.wrong("Property", e))?
        }
        None => items.first().map(all_columns).unwrap_or_default(),
    };
    let as_list = bound.text("As").is_some_and(|kind| kind.eq_ignore_ascii_case("List"));
    let mut lines = bound.texts("PreContent");
    lines.push("<table>".into());
    if !as_list {
        let cells: String =
            columns.iter().map(|c| format!("<th>{}</th>", escaped(&c.label))).collect();
        lines.push(format!("<tr>{cells}</tr>"));
    }
    for item in &items {
        let mut cells = String::new();
        for column in &columns {
            let (label, value) = computed(runtime, column, item)?;
            let value = escaped(&to_text(&value));
            if as_list {
                lines.push(format!("<tr><th>{}:</th><td>{value}</td></tr>", escaped(&label)));
            } else {
                cells.push_str(&format!("<td>{value}</td>"));
            }
        }
        lines.push(if as_list {
            "<tr><td><hr></td></tr>".into()
        } else {
            format!("<tr>{cells}</tr>")
        });
    }
    lines.push("</table>".into());
    lines.extend(bound.texts("PostContent"));
    if !bound.is_on("Fragment") {
        lines = page(bound, lines);
    }
    Ok(lines.into_iter().map(Value::text).collect())
}

fn page(bound: &Bound, body: Vec<String>) -> Vec<String> {
    let title = bound.text("Title").unwrap_or_else(|| "HTML TABLE".into());
    let mut lines = vec![
        "<!DOCTYPE html>".to_owned(),
        "<html>".to_owned(),
        "<head>".to_owned(),
        "<meta charset=\"utf-8\">".to_owned(),
        format!("<title>{}</title>", escaped(&title)),
    ];
    lines.extend(bound.texts("Head"));
    lines.push("</head><body>".into());
    lines.extend(body);
    lines.push("</body></html>".into());
    lines
}

fn all_columns(item: &Value) -> Vec<Column> {
    property_names(item).iter().map(|name| Column::named(name)).collect()
}

/// A text of a stranger (a subject, a reply) is never markup.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            c => result.push(c),
        }
    }
    result
}
