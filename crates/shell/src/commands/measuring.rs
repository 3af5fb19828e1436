//! `Measure-Object`.

use cmdlets::Kind;

use super::declare::{INPUT, at, command, parameter};
use crate::binding::Bound;
use crate::convert::{from_number, to_number, to_text};
use crate::error::Flow;
use crate::lexer::Number;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Properties, Value};

pub(super) static MEASURE_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "Measure-Object",
        "Counts objects, and adds up a property of them.",
        "Compte les objets et additionne une de leurs propriétés.",
        &[
            at(
                1,
                parameter(
                    "Property",
                    Kind::String,
                    "The property whose figures are meant.",
                    "La propriété dont les chiffres sont visés.",
                ),
            ),
            parameter("Sum", Kind::Switch, "Gives the sum.", "Donne la somme."),
            parameter("Average", Kind::Switch, "Gives the average.", "Donne la moyenne."),
            parameter("Maximum", Kind::Switch, "Gives the greatest.", "Donne le plus grand."),
            parameter("Minimum", Kind::Switch, "Gives the least.", "Donne le plus petit."),
            INPUT,
        ],
    ),
    run: measure_object,
};

fn measure_object(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = super::output::input_of(bound, input);
    let property = bound.text("Property");
    let values: Vec<Value> = match &property {
        None => items,
        Some(name) => items
            .iter()
            .filter_map(|item| item.properties().and_then(|p| p.get(name)))
            .filter(|value| !value.is_null())
            .cloned()
            .collect(),
    };
    let wants_figures = ["Sum", "Average", "Maximum", "Minimum"].iter().any(|s| bound.is_on(s));
    let figures = if wants_figures { figures(bound, &values)? } else { Vec::new() };
    let count = values.len();
    let mut result = Properties::new();
    result.set("Count", Value::Int(i64::try_from(count).unwrap_or(i64::MAX)));
    let sum: f64 = figures.iter().map(|n| float(*n)).sum();
    let whole = figures.iter().all(|n| matches!(n, Number::Int(_)));
    let number = |d: f64| if whole { Value::Int(d as i64) } else { Value::Double(d) };
    let on = |switch: &str, value: Option<Value>| {
        if bound.is_on(switch) { value.unwrap_or_default() } else { Value::Null }
    };
    let average = (count > 0).then(|| Value::Double(sum / count as f64));
    result.set("Average", on("Average", average));
    result.set("Sum", on("Sum", Some(number(sum))));
    let extreme = |better: fn(f64, f64) -> bool| {
        figures
            .iter()
            .copied()
            .reduce(|best, n| if better(float(n), float(best)) { n } else { best })
            .map(from_number)
    };
    result.set("Maximum", on("Maximum", extreme(|a, b| a > b)));
    result.set("Minimum", on("Minimum", extreme(|a, b| a < b)));
    result.set("Property", property.map_or(Value::Null, Value::text));
    Ok(vec![Object::custom(result)])
}

fn figures(bound: &Bound, values: &[Value]) -> Result<Vec<Number>, Flow> {
    values
        .iter()
        .map(|value| {
            to_number(value).ok_or_else(|| {
                let shown: String = to_text(value).chars().take(80).collect();
                bound.failed(format!("\"{shown}\" is not a number.")).into()
            })
        })
        .collect()
}

fn float(number: Number) -> f64 {
    match number {
        Number::Int(n) => n as f64,
        Number::Double(d) => d,
    }
}
