//! Text files: `Get-Content`, `Set-Content`, `Add-Content`, `Out-File`, `Tee-Object`, `Test-Path`.

use cmdlets::{Kind, Parameter};

use super::declare::{ANY, INPUT, aliased, at, command, parameter, required};
use crate::binding::Bound;
use crate::bytes;
use crate::convert::to_text;
use crate::error::Flow;
use crate::format::{self, View};
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

const PATH: Parameter =
    required(at(1, parameter("Path", Kind::String, "The file.", "Le fichier.")));
const ENCODING: Parameter = parameter(
    "Encoding",
    Kind::String,
    "Byte for the bytes of a file; whatever else is said, files are UTF-8.",
    "Byte pour les octets d'un fichier ; quoi qu'on indique d'autre, les fichiers sont en UTF-8.",
);
const VALUE: Parameter = at(
    2,
    parameter(
        "Value",
        ANY,
        "What is written, one value a line.",
        "Ce qui est écrit, une valeur par ligne.",
    ),
);

pub(super) static GET_CONTENT: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Content",
        "Gives the lines of a text file.",
        "Donne les lignes d'un fichier texte.",
        &[
            PATH,
            parameter("Raw", Kind::Switch, "Gives one text.", "Donne un seul texte."),
            ENCODING,
            parameter(
                "ReadCount",
                Kind::Int32,
                "Accepted: a file is read whole.",
                "Accepté : un fichier est lu en entier.",
            ),
        ],
    ),
    run: get_content,
};

fn get_content(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let path = bound.text("Path").unwrap_or_default();
    if is_of_bytes(bound) {
        let read = runtime.host().read_bytes(&path).map_err(|e| bound.wrong("Path", e.message))?;
        return Ok(bytes::to_value(&read).items().to_vec());
    }
    let text = runtime.host().read_file(&path).map_err(|e| bound.wrong("Path", e.message))?;
    Ok(if bound.is_on("Raw") {
        vec![Value::text(text)]
    } else {
        text.lines().map(Value::from).collect()
    })
}

pub(super) static SET_CONTENT: LocalCommand = LocalCommand {
    declaration: command(
        "Set-Content",
        "Writes a text file, whatever it held before.",
        "Écrit un fichier texte, quel qu'en soit le contenu.",
        &[PATH, VALUE, ENCODING],
    ),
    run: |runtime, bound, input| write_lines(runtime, bound, input, false),
};

pub(super) static ADD_CONTENT: LocalCommand = LocalCommand {
    declaration: command(
        "Add-Content",
        "Adds lines to a text file.",
        "Ajoute des lignes à un fichier texte.",
        &[PATH, VALUE, ENCODING],
    ),
    run: |runtime, bound, input| write_lines(runtime, bound, input, true),
};

fn write_lines(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
    append: bool,
) -> Result<Vec<Value>, Flow> {
    let values = match bound.value("Value") {
        Some(value) => value.items().to_vec(),
        None => input,
    };
    if is_of_bytes(bound) && !append {
        return write_bytes(runtime, bound, values);
    }
    let text: String = values.iter().map(|value| format!("{}\n", to_text(value))).collect();
    write(runtime, bound, "Path", &text, append)
}

fn is_of_bytes(bound: &Bound) -> bool {
    bound.text("Encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("Byte"))
}

fn write_bytes(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    values: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let value = Value::from_output(values);
    let written = bytes::of_value(&value)
        .ok_or_else(|| bound.wrong("Value", "These are no bytes.".to_owned()))?;
    let path = bound.text("Path").unwrap_or_default();
    let written = runtime.host().write_bytes(&path, &written);
    written.map_err(|e| bound.wrong("Path", e.message))?;
    Ok(Vec::new())
}

fn write(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    parameter: &str,
    text: &str,
    append: bool,
) -> Result<Vec<Value>, Flow> {
    let path = bound.text(parameter).unwrap_or_default();
    let written = runtime.host().write_file(&path, text, append);
    written.map_err(|e| bound.wrong(parameter, e.message))?;
    Ok(Vec::new())
}

pub(super) static OUT_FILE: LocalCommand = LocalCommand {
    declaration: command(
        "Out-File",
        "Writes to a file what would be shown.",
        "Écrit dans un fichier ce qui serait affiché.",
        &[
            required(at(
                1,
                aliased(&["Path"], parameter("FilePath", Kind::String, "The file.", "Le fichier.")),
            )),
            parameter("Append", Kind::Switch, "Adds to the file.", "Ajoute au fichier."),
            parameter(
                "Width",
                Kind::Int32,
                "How many columns a line has.",
                "Nombre de colonnes d'une ligne.",
            ),
            ENCODING,
            INPUT,
        ],
    ),
    run: out_file,
};

fn out_file(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let limit = format::enumeration_limit(&runtime.variable("FormatEnumerationLimit"));
    let view = View { width: bound.count("Width")?, limit };
    let text = format::default_view(&super::output::input_of(bound, input), &view);
    write(runtime, bound, "FilePath", &text, bound.is_on("Append"))
}

pub(super) static TEE_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "Tee-Object",
        "Keeps objects in a file or variable, and passes them on.",
        "Garde les objets dans un fichier ou une variable, et les transmet.",
        &[
            at(
                1,
                aliased(&["Path"], parameter("FilePath", Kind::String, "The file.", "Le fichier.")),
            ),
            parameter("Variable", Kind::String, "The variable, without $.", "La variable, sans $."),
            parameter("Append", Kind::Switch, "Adds to the file.", "Ajoute au fichier."),
            INPUT,
        ],
    ),
    run: tee_object,
};

fn tee_object(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = super::output::input_of(bound, input);
    if let Some(name) = bound.text("Variable") {
        runtime.set_variable(&name, Value::from_output(items.clone()), bound)?;
    } else if bound.value("FilePath").is_some() {
        let limit = format::enumeration_limit(&runtime.variable("FormatEnumerationLimit"));
        let text = format::default_view(&items, &View { width: None, limit });
        write(runtime, bound, "FilePath", &text, bound.is_on("Append"))?;
    } else {
        let message = "Where to is missing: Tee-Object file.txt, or Tee-Object -Variable name.";
        return Err(bound.failed(message).into());
    }
    Ok(items)
}

pub(super) static TEST_PATH: LocalCommand = LocalCommand {
    declaration: command(
        "Test-Path",
        "Says whether a file or directory is there.",
        "Dit si un fichier ou un dossier existe.",
        &[PATH],
    ),
    run: |runtime, bound, _| {
        let path = bound.text("Path").unwrap_or_default();
        Ok(vec![Value::Bool(runtime.host().file_exists(&path))])
    },
};
