//! Comma-separated values: `ConvertTo-Csv`, `ConvertFrom-Csv`, `Export-Csv`, `Import-Csv`.
//!
//! Every value is quoted; there is no type line. Reading takes quoted values over several lines.

use cmdlets::{Kind, Parameter};

use super::declare::{ANY, INPUT, at, command, parameter, required};
use super::output::input_of;
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::{Flow, ShellError};
use crate::format::{property_names, value_in};
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Object, Properties, Value};

const DELIMITER: Parameter = at(
    2,
    parameter(
        "Delimiter",
        Kind::String,
        "The character that separates values; a comma unless given.",
        "Le caractère qui sépare les valeurs ; une virgule par défaut.",
    ),
);
const PATH: Parameter =
    required(at(1, parameter("Path", Kind::String, "The file.", "Le fichier.")));
const NO_TYPE: Parameter = parameter(
    "NoTypeInformation",
    Kind::Switch,
    "Accepted; there is no such line.",
    "Accepté ; cette ligne n'existe pas.",
);
const ENCODING: Parameter = parameter(
    "Encoding",
    Kind::String,
    "Accepted; files are UTF-8.",
    "Accepté ; les fichiers sont en UTF-8.",
);

pub(super) static CONVERT_TO_CSV: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertTo-Csv",
        "Gives objects as lines of comma-separated values.",
        "Donne les objets en lignes de valeurs séparées par des virgules.",
        &[INPUT, at(1, DELIMITER), NO_TYPE],
    ),
    run: |_, bound, input| {
        let items = input_of(bound, input);
        Ok(lines(&items, delimiter(bound)?, true).into_iter().map(Value::text).collect())
    },
};

pub(super) static EXPORT_CSV: LocalCommand = LocalCommand {
    declaration: command(
        "Export-Csv",
        "Writes objects to a file of comma-separated values.",
        "Écrit les objets dans un fichier de valeurs séparées par des virgules.",
        &[
            PATH,
            DELIMITER,
            NO_TYPE,
            parameter(
                "Append",
                Kind::Switch,
                "Adds to the file, without headings when it is there.",
                "Ajoute au fichier, sans en-têtes s'il existe.",
            ),
            parameter(
                "NoClobber",
                Kind::Switch,
                "Refuses when the file is there.",
                "Refuse si le fichier existe.",
            ),
            parameter("Force", Kind::Switch, "Accepted.", "Accepté."),
            ENCODING,
            INPUT,
        ],
    ),
    run: export_csv,
};

fn export_csv(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let path = bound.text("Path").unwrap_or_default();
    let exists = runtime.host().file_exists(&path);
    if exists && bound.is_on("NoClobber") {
        let message = format!("The file '{path}' already exists.");
        return Err(bound.wrong("Path", message).into());
    }
    let append = bound.is_on("Append");
    let items = input_of(bound, input);
    let lines = lines(&items, delimiter(bound)?, !(append && exists));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let written = runtime.host().write_file(&path, &text, append);
    written.map_err(|e| bound.wrong("Path", e.message))?;
    Ok(Vec::new())
}

/// A heading of the first object's properties when wanted, and a line for each object.
fn lines(items: &[Value], delimiter: char, heading: bool) -> Vec<String> {
    let Some(first) = items.first() else { return Vec::new() };
    let names = property_names(first);
    let joined = |cells: Vec<String>| {
        let quoted: Vec<_> =
            cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
        quoted.join(&delimiter.to_string())
    };
    let mut lines = Vec::new();
    if heading {
        lines.push(joined(names.iter().map(ToString::to_string).collect()));
    }
    for item in items {
        lines.push(joined(names.iter().map(|name| to_text(&value_in(item, name))).collect()));
    }
    lines
}

fn delimiter(bound: &Bound) -> Result<char, ShellError> {
    let Some(text) = bound.text("Delimiter") else { return Ok(',') };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) if one != '"' && one != '\n' => Ok(one),
        _ => Err(bound.wrong("Delimiter", "A delimiter is one character, such as ';'.")),
    }
}

const HEADER: Parameter = parameter(
    "Header",
    Kind::List(&Kind::String),
    "The names of the columns, when the text has none.",
    "Les noms des colonnes, si le texte n'en a pas.",
);

pub(super) static CONVERT_FROM_CSV: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertFrom-Csv",
        "Gives the objects of lines of comma-separated values.",
        "Donne les objets de lignes de valeurs séparées par des virgules.",
        &[at(1, parameter("InputObject", ANY, "The lines.", "Les lignes.")), DELIMITER, HEADER],
    ),
    run: |_, bound, input| {
        let lines: Vec<String> = input_of(bound, input).iter().map(to_text).collect();
        objects(bound, &lines.join("\n"))
    },
};

pub(super) static IMPORT_CSV: LocalCommand = LocalCommand {
    declaration: command(
        "Import-Csv",
        "Gives the objects of a file of comma-separated values.",
        "Donne les objets d'un fichier de valeurs séparées par des virgules.",
        &[PATH, DELIMITER, HEADER, ENCODING],
    ),
    run: |runtime, bound, _| {
        let path = bound.text("Path").unwrap_or_default();
        let text = runtime.host().read_file(&path).map_err(|e| bound.wrong("Path", e.message))?;
        objects(bound, &text)
    },
};

fn objects(bound: &Bound, text: &str) -> Result<Vec<Value>, Flow> {
    // Files of others begin with a type line.
    let mut rest = text;
    while rest.starts_with("#TYPE") {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let mut rows = records(rest, delimiter(bound)?)
        .map_err(|problem| bound.failed(problem))?
        .into_iter()
        .filter(|row| row.iter().any(|cell| !cell.is_empty()));
    let given = bound.texts("Header");
    let names = if given.is_empty() { rows.next().unwrap_or_default() } else { given };
    if names.iter().any(String::is_empty) {
        return Err(bound.failed("A column has no name: give -Header.").into());
    }
    Ok(rows
        .map(|row| {
            let mut properties = Properties::new();
            for (i, name) in names.iter().enumerate() {
                let cell = row.get(i).map_or(Value::Null, |cell| Value::from(cell.as_str()));
                properties.set(name.as_str(), cell);
            }
            Object::custom(properties)
        })
        .collect())
}

/// The values of each line (RFC 4180).
fn records(text: &str, delimiter: char) -> Result<Vec<Vec<String>>, String> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if cell.is_empty() => loop {
                match chars.next() {
                    Some('"') if chars.peek() == Some(&'"') => {
                        chars.next();
                        cell.push('"');
                    }
                    Some('"') => break,
                    Some(inner) => cell.push(inner),
                    None => {
                        let line = rows.len() + 1;
                        return Err(format!("The closing quote of record {line} is missing."));
                    }
                }
            },
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c if c == delimiter => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::records;

    #[test]
    fn quoted_values_hold_anything() {
        let rows = records("a;\"b;\"\"c\"\"\nd\"\r\n;e\n", ';').unwrap();
        assert_eq!(rows, [vec!["a", "b;\"c\"\nd"], vec!["", "e"]]);
        assert!(records("a,\"b", ',').unwrap_err().contains("record 1"));
    }
}
