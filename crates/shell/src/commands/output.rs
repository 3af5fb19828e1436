//! Commands that write, and `Get-Date`.

use cmdlets::Kind;

use super::declare::{ANY, INPUT, at, command, parameter};
use crate::binding::Bound;
use crate::convert::to_text;
use crate::dates::parsed;
use crate::error::Flow;
use crate::format::{self, View};
use crate::host::Colour;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

const COLOURS: Kind = Kind::Enum(&[
    "Black",
    "DarkBlue",
    "DarkGreen",
    "DarkCyan",
    "DarkRed",
    "DarkMagenta",
    "DarkYellow",
    "Gray",
    "DarkGray",
    "Blue",
    "Green",
    "Cyan",
    "Red",
    "Magenta",
    "Yellow",
    "White",
]);

/// What a command works on: `-InputObject`, else what came through the pipe.
pub(super) fn input_of(bound: &Bound, input: Vec<Value>) -> Vec<Value> {
    match bound.value("InputObject") {
        Some(value) => value.clone().into_items(),
        None => input,
    }
}

pub(super) static WRITE_HOST: LocalCommand = LocalCommand {
    declaration: command(
        "Write-Host",
        "Writes to the terminal.",
        "Écrit sur le terminal.",
        &[
            at(1, parameter("Object", ANY, "What is written.", "Ce qui est écrit.")),
            parameter(
                "ForegroundColor",
                COLOURS,
                "The colour of the text.",
                "La couleur du texte.",
            ),
            parameter(
                "BackgroundColor",
                COLOURS,
                "Accepted; has no effect.",
                "Accepté, sans effet.",
            ),
            parameter("NoNewline", Kind::Switch, "Stays on the line.", "Reste sur la ligne."),
            parameter(
                "Separator",
                Kind::String,
                "What stands between several values; a blank unless given.",
                "Ce qui sépare plusieurs valeurs ; une espace par défaut.",
            ),
        ],
    ),
    run: write_host,
};

fn write_host(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let colour = match bound.text("ForegroundColor") {
        None => None,
        Some(name) => Some(colour(&name).ok_or_else(|| {
            bound.wrong("ForegroundColor", format!("'{name}' is not a colour. Allowed: Black, Blue, Cyan, Gray, Green, Magenta, Red, White, Yellow and Dark… of them."))
        })?),
    };
    let separator = bound.text("Separator").unwrap_or_else(|| " ".into());
    let line = |value: &Value| -> String {
        let parts: Vec<_> = value.items().iter().map(to_text).collect();
        parts.join(&separator)
    };
    let lines: Vec<String> = match bound.value("Object") {
        Some(value) => vec![line(value)],
        None if bound.has_input => input.iter().map(line).collect(),
        None => vec![String::new()],
    };
    runtime.flush();
    let end = if bound.is_on("NoNewline") { "" } else { "\n" };
    for text in lines {
        runtime.host().write_coloured(&format!("{text}{end}"), colour);
    }
    Ok(Vec::new())
}

fn colour(name: &str) -> Option<Colour> {
    let lower = name.to_lowercase();
    Some(match lower.strip_prefix("dark").unwrap_or(&lower) {
        "black" => Colour::Black,
        "red" => Colour::Red,
        "green" => Colour::Green,
        "yellow" => Colour::Yellow,
        "blue" => Colour::Blue,
        "magenta" => Colour::Magenta,
        "cyan" => Colour::Cyan,
        "white" => Colour::White,
        "gray" => Colour::Gray,
        _ => return None,
    })
}

pub(super) static WRITE_OUTPUT: LocalCommand = LocalCommand {
    declaration: command(
        "Write-Output",
        "Puts values on the pipeline.",
        "Met des valeurs dans le pipeline.",
        &[
            at(1, parameter("InputObject", ANY, "The values.", "Les valeurs.")),
            parameter(
                "NoEnumerate",
                Kind::Switch,
                "Keeps an array together.",
                "Garde un tableau entier.",
            ),
        ],
    ),
    run: write_output,
};

fn write_output(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    match bound.value("InputObject") {
        Some(value) if bound.is_on("NoEnumerate") => Ok(vec![value.clone()]),
        _ => Ok(input_of(bound, input)),
    }
}

pub(super) static WRITE_WARNING: LocalCommand = LocalCommand {
    declaration: command(
        "Write-Warning",
        "Writes a warning.",
        "Écrit un avertissement.",
        &[at(1, parameter("Message", Kind::String, "The warning.", "L'avertissement."))],
    ),
    run: write_warning,
};

fn write_warning(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    runtime.flush();
    let own = bound.text("Message").into_iter();
    for text in own.chain(input.iter().map(to_text)) {
        runtime.host().write_warning(&text);
    }
    Ok(Vec::new())
}

pub(super) static OUT_NULL: LocalCommand = LocalCommand {
    declaration: command("Out-Null", "Drops everything.", "Ignore tout.", &[INPUT]),
    run: |_, _, _| Ok(Vec::new()),
};

pub(super) static OUT_HOST: LocalCommand = LocalCommand {
    declaration: command(
        "Out-Host",
        "Shows what comes through the pipe.",
        "Affiche ce qui arrive par le tube.",
        &[INPUT],
    ),
    run: |runtime, bound, input| {
        runtime.flush();
        let limit = format::enumeration_limit(&runtime.variable("FormatEnumerationLimit"));
        let view = View { width: runtime.host().width(), limit };
        let text = format::default_view(&input_of(bound, input), &view);
        runtime.host().write(&text);
        Ok(Vec::new())
    },
};

pub(super) static OUT_STRING: LocalCommand = LocalCommand {
    declaration: command(
        "Out-String",
        "Gives as one text what would be shown.",
        "Donne en un seul texte ce qui serait affiché.",
        &[
            parameter(
                "Width",
                Kind::Int32,
                "How many columns a line has.",
                "Nombre de colonnes d'une ligne.",
            ),
            parameter(
                "Stream",
                Kind::Switch,
                "Gives one text for each line.",
                "Donne un texte par ligne.",
            ),
            INPUT,
        ],
    ),
    run: out_string,
};

fn out_string(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let width = bound.count("Width")?.or_else(|| runtime.host().width());
    let limit = format::enumeration_limit(&runtime.variable("FormatEnumerationLimit"));
    let text = format::default_view(&input_of(bound, input), &View { width, limit });
    Ok(if bound.is_on("Stream") {
        text.lines().map(Value::from).collect()
    } else {
        vec![Value::text(text)]
    })
}

pub(super) static GET_DATE: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Date",
        "Gives the date and time, in UTC.",
        "Donne la date et l'heure, en UTC.",
        &[
            at(
                1,
                parameter(
                    "Date",
                    ANY,
                    "The date to show instead of now.",
                    "La date à afficher au lieu de maintenant.",
                ),
            ),
            parameter(
                "Format",
                Kind::String,
                "A pattern such as yyyy-MM-dd; gives a text.",
                "Un modèle tel que yyyy-MM-dd ; donne un texte.",
            ),
        ],
    ),
    run: get_date,
};

fn get_date(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let date = match bound.value("Date") {
        None => runtime.host().now(),
        Some(Value::Date(date)) => *date,
        Some(other) => parsed(&to_text(other)).ok_or_else(|| {
            bound.wrong(
                "Date",
                "This is not a date. Allowed: dates such as 2026-01-31, '2026-01-31 17:00:00' or '1/31/2026 5:00 PM'.",
            )
        })?,
    };
    Ok(vec![match bound.text("Format") {
        Some(pattern) => Value::text(crate::dates::formatted(date, &pattern)),
        None => Value::Date(date),
    }])
}
