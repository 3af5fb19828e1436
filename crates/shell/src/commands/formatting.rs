//! `Format-Table`, `Format-List` and `Format-Wide`.

use std::rc::Rc;

use cmdlets::{Kind, Parameter};

use super::declare::{INPUT, PROPERTIES, aliased, at, command, parameter};
use super::selecting::computed;
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::format::{self, Column, TableOptions, View, columns_of};
use crate::operators;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Value};

const PROPERTY: Parameter = at(
    1,
    parameter(
        "Property",
        PROPERTIES,
        "The properties to show; wildcards are allowed.",
        "Les propriétés à afficher ; les caractères génériques sont admis.",
    ),
);

const GROUP_BY: Parameter = parameter(
    "GroupBy",
    Kind::String,
    "The property whose value heads each group.",
    "La propriété dont la valeur intitule chaque groupe.",
);

pub(super) static FORMAT_TABLE: LocalCommand = LocalCommand {
    declaration: command(
        "Format-Table",
        "Shows objects as a table.",
        "Affiche les objets sous forme de tableau.",
        &[
            PROPERTY,
            GROUP_BY,
            parameter(
                "AutoSize",
                Kind::Switch,
                "Makes columns as wide as their content.",
                "Ajuste les colonnes à leur contenu.",
            ),
            parameter(
                "Wrap",
                Kind::Switch,
                "Wraps what does not fit instead of cutting it.",
                "Renvoie à la ligne au lieu de couper.",
            ),
            aliased(
                &["hth"],
                parameter(
                    "HideTableHeaders",
                    Kind::Switch,
                    "Leaves the headings out.",
                    "Omet les en-têtes.",
                ),
            ),
            INPUT,
        ],
    ),
    run: format_table,
};

pub(super) static FORMAT_LIST: LocalCommand = LocalCommand {
    declaration: command(
        "Format-List",
        "Shows objects as lists, one property a line; all properties unless some are named.",
        "Affiche les objets en listes, une propriété par ligne ; toutes si aucune n'est nommée.",
        &[PROPERTY, GROUP_BY, INPUT],
    ),
    run: format_list,
};

pub(super) static FORMAT_WIDE: LocalCommand = LocalCommand {
    declaration: command(
        "Format-Wide",
        "Shows one property of each object, side by side.",
        "Affiche une propriété de chaque objet, côte à côte.",
        &[
            at(
                1,
                parameter(
                    "Property",
                    PROPERTIES,
                    "The property to show; the name unless given.",
                    "La propriété à afficher ; le nom par défaut.",
                ),
            ),
            parameter(
                "Column",
                Kind::Int32,
                "How many columns; two unless given.",
                "Nombre de colonnes ; deux par défaut.",
            ),
            parameter(
                "AutoSize",
                Kind::Switch,
                "As many columns as fit.",
                "Autant de colonnes que possible.",
            ),
            GROUP_BY,
            INPUT,
        ],
    ),
    run: format_wide,
};

fn format_wide(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let view = view(runtime);
    let columns = match (bound.count("Column")?, bound.is_on("AutoSize")) {
        (Some(0), _) => return Err(bound.wrong("Column", "-Column must be at least 1.").into()),
        (Some(_), true) => {
            return Err(bound.wrong("Column", "Give either -Column or -AutoSize.").into());
        }
        (Some(count), false) => Some(count),
        (None, false) => Some(2),
        (None, true) => None,
    };
    let items = super::output::input_of(bound, input);
    if bound.value("Property").is_some_and(|p| p.items().len() > 1) {
        return Err(bound.wrong("Property", "Format-Wide shows one property.").into());
    }
    grouped(runtime, bound, items, |items, wanted| {
        let column = wanted.and_then(|w| w.first().cloned());
        let column = column.or_else(|| default_columns(items).into_iter().next());
        format::wide(items, column.as_ref(), columns, &view)
    })
}

fn format_table(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let view = view(runtime);
    let options =
        TableOptions { wrap: bound.is_on("Wrap"), hide_headers: bound.is_on("HideTableHeaders") };
    let items = super::output::input_of(bound, input);
    grouped(runtime, bound, items, |items, columns| {
        let columns = columns.map_or_else(|| default_columns(items), <[Column]>::to_vec);
        if columns.is_empty() {
            return format::default_view(items, &view);
        }
        format::table(items, &columns, &options, &view)
    })
}

fn format_list(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let view = view(runtime);
    let items = super::output::input_of(bound, input);
    grouped(runtime, bound, items, |items, columns| format::list(items, columns, &view))
}

fn view(runtime: &mut dyn Runtime) -> View {
    let limit = format::enumeration_limit(&runtime.variable("FormatEnumerationLimit"));
    View { width: runtime.host().width(), limit }
}

/// The columns of a type's default table, else the first properties.
fn default_columns(items: &[Value]) -> Vec<Column> {
    match items.first() {
        Some(Value::Object(object)) if !object.columns.is_empty() => {
            object.columns.iter().map(|name| Column::named(name)).collect()
        }
        Some(first) => {
            format::property_names(first).iter().take(10).map(|name| Column::named(name)).collect()
        }
        None => Vec::new(),
    }
}

/// Shows the objects group by group.
fn grouped(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    items: Vec<Value>,
    show: impl Fn(&[Value], Option<&[Column]>) -> String,
) -> Result<Vec<Value>, Flow> {
    let columns = match bound.value("Property") {
        None => None,
        Some(wanted) => {
            Some(columns_of(wanted.items(), &items).map_err(|e| bound.wrong("Property", e))?)
        }
    };
    let items = match &columns {
        Some(columns) if columns.iter().any(|c| c.block().is_some()) => {
            with_computed(runtime, columns, items)?
        }
        _ => items,
    };
    let Some(by) = bound.text("GroupBy") else {
        return Ok(formatted(show(&items, columns.as_deref())));
    };
    let key =
        |item: &Value| item.properties().and_then(|p| p.get(&by)).cloned().unwrap_or_default();
    let mut text = String::new();
    let mut rest = items.as_slice();
    while let Some(first) = rest.first() {
        let head = key(first);
        let length = rest
            .iter()
            .take_while(|i| {
                operators::equal(&key(i), &head, false) || (key(i).is_null() && head.is_null())
            })
            .count();
        let (group, after) = rest.split_at(length);
        text.push_str(&format!(
            "\n   {by}: {}\n{}",
            to_text(&head),
            show(group, columns.as_deref())
        ));
        rest = after;
    }
    Ok(formatted(text))
}

fn formatted(text: String) -> Vec<Value> {
    if text.is_empty() { Vec::new() } else { vec![Value::Formatted(text.into())] }
}

/// The objects with their computed properties added under their labels.
fn with_computed(
    runtime: &mut dyn Runtime,
    columns: &[Column],
    items: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    items
        .into_iter()
        .map(|item| {
            let mut object = match &item {
                Value::Object(object) => (**object).clone(),
                other => Object {
                    properties: other.properties().cloned().unwrap_or_default(),
                    ..Object::default()
                },
            };
            for column in columns.iter().filter(|c| c.block().is_some()) {
                let (label, value) = computed(runtime, column, &item)?;
                object.properties.set(label, value);
            }
            Ok(Value::Object(Rc::new(object)))
        })
        .collect()
}
