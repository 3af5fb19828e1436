//! `AssembleMessage`: the file of a message that `Export-Message` gave.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cmdlets::{Kind, Parameter};

use super::declare::{INPUT, at, command, parameter, required};
use super::output::input_of;
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::Value;

const PATH: Parameter = required(at(
    1,
    parameter(
        "Path",
        Kind::String,
        "The file, such as out/message.eml.",
        "Le fichier, par exemple out/message.eml.",
    ),
));

pub(super) static ASSEMBLE_MESSAGE: LocalCommand = LocalCommand {
    declaration: command(
        "AssembleMessage",
        "Writes a message from Export-Message to a file, which the Replay directory takes back.",
        "Écrit dans un fichier un message d'Export-Message, que le répertoire Replay reprend.",
        &[PATH, INPUT],
    ),
    run: assemble_message,
};

fn assemble_message(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let items = input_of(bound, input);
    let message = match items.as_slice() {
        // Export-Message was refused, or only said what it would do.
        [] => return Ok(Vec::new()),
        [one] => one,
        _ => {
            let message = "One file holds one message: use ForEach-Object for several.";
            return Err(bound.failed(message).into());
        }
    };
    let data = match message {
        Value::Object(object) => object.properties.get("FileData").map(to_text),
        _ => None,
    };
    let content = data.and_then(|text| STANDARD.decode(text).ok()).ok_or_else(|| {
        bound.failed("This is not a message that Export-Message gave.".to_owned())
    })?;
    let path = bound.text("Path").unwrap_or_default();
    let written = runtime.host().write_bytes(&path, &content);
    written.map_err(|error| bound.wrong("Path", error.message))?;
    Ok(Vec::new())
}
