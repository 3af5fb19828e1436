//! `Where-Object` and `ForEach-Object`.

use cmdlets::{Kind, Parameter};

use super::declare::{ANY, INPUT, aliased, at, command, parameter};
use crate::ast::Comparison;
use crate::binding::Bound;
use crate::convert::{to_bool, to_text};
use crate::error::Flow;
use crate::format::value_in;
use crate::operators;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

const fn comparison(name: &'static str, en: &'static str, fr: &'static str) -> Parameter {
    parameter(name, Kind::Switch, en, fr)
}

pub(super) static WHERE_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "Where-Object",
        "Lets only those objects through that satisfy a condition.",
        "Ne laisse passer que les objets qui satisfont à une condition.",
        &[
            at(
                1,
                aliased(
                    &["Property"],
                    parameter(
                        "FilterScript",
                        ANY,
                        "A condition such as {$_.Enabled -eq $true}, or the name of a property.",
                        "Une condition telle que {$_.Enabled -eq $true}, ou le nom d'une propriété.",
                    ),
                ),
            ),
            at(
                2,
                parameter(
                    "Value",
                    ANY,
                    "What the property is compared with.",
                    "Ce à quoi la propriété est comparée.",
                ),
            ),
            INPUT,
            comparison(
                "EQ",
                "The property is equal to the value.",
                "La propriété est égale à la valeur.",
            ),
            comparison(
                "NE",
                "The property differs from the value.",
                "La propriété diffère de la valeur.",
            ),
            comparison(
                "GT",
                "The property is greater than the value.",
                "La propriété est supérieure à la valeur.",
            ),
            comparison(
                "GE",
                "The property is not less than the value.",
                "La propriété est supérieure ou égale à la valeur.",
            ),
            comparison(
                "LT",
                "The property is less than the value.",
                "La propriété est inférieure à la valeur.",
            ),
            comparison(
                "LE",
                "The property is not greater than the value.",
                "La propriété est inférieure ou égale à la valeur.",
            ),
            comparison(
                "Like",
                "The property matches the wildcards.",
                "La propriété correspond aux caractères génériques.",
            ),
            comparison(
                "NotLike",
                "The property does not match the wildcards.",
                "La propriété ne correspond pas aux caractères génériques.",
            ),
            comparison(
                "Match",
                "The property matches the regular expression.",
                "La propriété correspond à l'expression régulière.",
            ),
            comparison(
                "NotMatch",
                "The property does not match the regular expression.",
                "La propriété ne correspond pas à l'expression régulière.",
            ),
            comparison(
                "Contains",
                "The property contains the value.",
                "La propriété contient la valeur.",
            ),
            comparison(
                "NotContains",
                "The property does not contain the value.",
                "La propriété ne contient pas la valeur.",
            ),
            comparison(
                "In",
                "The property is one of the values.",
                "La propriété est l'une des valeurs.",
            ),
            comparison(
                "NotIn",
                "The property is none of the values.",
                "La propriété n'est aucune des valeurs.",
            ),
        ],
    ),
    run: where_object,
};

const COMPARISONS: &[&str] = &[
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "like",
    "notlike",
    "match",
    "notmatch",
    "contains",
    "notcontains",
    "in",
    "notin",
];

fn where_object(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = super::output::input_of(bound, input);
    let Some(condition) = bound.value("FilterScript").cloned() else {
        let message = "A condition is missing: Where-Object {$_.Property -eq 'value'}.";
        return Err(bound.failed(message).into());
    };
    let mut kept = Vec::new();
    for item in items {
        let accepted = match &condition {
            Value::Block(block) => {
                to_bool(&Value::from_output(runtime.run_block(block, item.clone())?))
            }
            property => compared(bound, &to_text(property), &item)?,
        };
        if accepted {
            kept.push(item);
        }
    }
    Ok(kept)
}

/// `Where-Object Status -eq Retry`
fn compared(bound: &Bound, property: &str, item: &Value) -> Result<bool, Flow> {
    let left = item.properties().and_then(|p| p.get(property)).cloned().unwrap_or_default();
    let mut operators = COMPARISONS.iter().filter(|name| bound.is_on(name));
    let Some((comparison, case)) = operators.next().and_then(|name| Comparison::named(name)) else {
        return Ok(to_bool(&left));
    };
    if operators.next().is_some() {
        return Err(bound.failed("Only one comparison can be given.").into());
    }
    let right = bound.value("Value").cloned().unwrap_or_default();
    let result = operators::compare(comparison, case, &left, &right)
        .map_err(|message| bound.failed(message))?;
    Ok(to_bool(&result))
}

pub(super) static FOR_EACH_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "ForEach-Object",
        "Runs a script block for each object.",
        "Exécute un bloc de script pour chaque objet.",
        &[
            at(
                1,
                aliased(
                    &["MemberName"],
                    parameter(
                        "Process",
                        ANY,
                        "What is run for each object, which is $_ in it; or the name of a property.",
                        "Ce qui est exécuté pour chaque objet, qui y est $_ ; ou le nom d'une propriété.",
                    ),
                ),
            ),
            parameter(
                "Begin",
                ANY,
                "What is run before the first object.",
                "Ce qui est exécuté avant le premier objet.",
            ),
            parameter(
                "End",
                ANY,
                "What is run after the last object.",
                "Ce qui est exécuté après le dernier objet.",
            ),
            INPUT,
        ],
    ),
    run: for_each_object,
};

fn for_each_object(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = super::output::input_of(bound, input);
    let mut output = Vec::new();
    if let Some(Value::Block(block)) = bound.value("Begin") {
        output.extend(runtime.run_block(block, Value::Null)?);
    }
    for item in items {
        runtime.go_on()?;
        match bound.value("Process") {
            Some(Value::Block(block)) => output.extend(runtime.run_block(block, item)?),
            Some(name) => {
                let name = to_text(name);
                let value = value_in(&item, &name);
                output.extend(
                    Some(value).filter(|v| !v.is_null()).into_iter().flat_map(Value::into_items),
                );
            }
            None => {
                let message = "A script block is missing: ForEach-Object { … }.";
                return Err(bound.failed(message).into());
            }
        }
    }
    if let Some(Value::Block(block)) = bound.value("End") {
        output.extend(runtime.run_block(block, Value::Null)?);
    }
    Ok(output)
}
