//! Commands of scripts that talk and wait: `Read-Host`, `Write-Error`, `Write-Verbose`, `Start-Sleep`,
//! `Clear-Host`.

use std::time::Duration;

use cmdlets::Kind;

use super::declare::{at, command, parameter};
use crate::binding::Bound;
use crate::convert::{to_number, to_text};
use crate::error::Flow;
use crate::host::Colour;
use crate::lexer::Number;
use crate::runtime::{LocalCommand, Runtime};
use crate::value::{Secret, Value};

/// The longest `Start-Sleep`.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) static READ_HOST: LocalCommand = LocalCommand {
    declaration: command(
        "Read-Host",
        "Asks for a line.",
        "Demande une ligne.",
        &[
            at(1, parameter("Prompt", Kind::String, "The question.", "La question.")),
            parameter(
                "AsSecureString",
                Kind::Switch,
                "Does not show what is typed; gives a SecureString.",
                "N'affiche pas ce qui est tapé ; donne un SecureString.",
            ),
        ],
    ),
    run: read_host,
};

fn read_host(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    runtime.flush();
    let prompt = bound.text("Prompt").map(|p| format!("{p}: ")).unwrap_or_default();
    let answer = if bound.is_on("AsSecureString") {
        runtime.host().ask_secret(&prompt).map(|s| Value::Secure(Secret::new(s)))
    } else {
        runtime.host().ask(&prompt).map(Value::text)
    };
    runtime.go_on()?;
    let message = "There is no terminal to ask on.";
    answer.map(|value| vec![value]).ok_or_else(|| bound.failed(message).into())
}

pub(super) static WRITE_ERROR: LocalCommand = LocalCommand {
    declaration: command(
        "Write-Error",
        "Writes an error; the script goes on.",
        "Écrit une erreur ; le script continue.",
        &[at(1, parameter("Message", Kind::String, "The error.", "L'erreur."))],
    ),
    run: |_, bound, input| {
        let own = bound.text("Message").into_iter();
        let text: Vec<_> = own.chain(input.iter().map(to_text)).collect();
        Err(bound.failed(text.join("\n")).with_id("WriteErrorException").into())
    },
};

pub(super) static WRITE_VERBOSE: LocalCommand = LocalCommand {
    declaration: command(
        "Write-Verbose",
        "Writes a line that is shown with -Verbose or $VerbosePreference only.",
        "Écrit une ligne qui n'est affichée qu'avec -Verbose ou $VerbosePreference.",
        &[at(1, parameter("Message", Kind::String, "The line.", "La ligne."))],
    ),
    run: write_verbose,
};

fn write_verbose(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let preference = match runtime.variable("VerbosePreference") {
        Value::Bool(on) => on,
        other => to_text(&other).eq_ignore_ascii_case("Continue"),
    };
    if !(preference || bound.is_on("Verbose")) {
        return Ok(Vec::new());
    }
    runtime.flush();
    let own = bound.text("Message").into_iter();
    for text in own.chain(input.iter().map(to_text)) {
        runtime.host().write_coloured(&format!("VERBOSE: {text}\n"), Some(Colour::Yellow));
    }
    Ok(Vec::new())
}

pub(super) static START_SLEEP: LocalCommand = LocalCommand {
    declaration: command(
        "Start-Sleep",
        "Waits, at most a day.",
        "Attend, un jour au plus.",
        &[
            at(1, parameter("Seconds", Kind::Object, "How many seconds.", "Nombre de secondes.")),
            parameter(
                "Milliseconds",
                Kind::Object,
                "How many thousandths of a second.",
                "Nombre de millièmes de seconde.",
            ),
        ],
    ),
    run: start_sleep,
};

fn start_sleep(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let (name, unit) = if bound.value("Milliseconds").is_some() {
        ("Milliseconds", 0.001)
    } else {
        ("Seconds", 1.0)
    };
    let amount = bound.value(name).and_then(to_number).map(|number| match number {
        Number::Int(n) => n as f64,
        Number::Double(d) => d,
    });
    let span = amount.and_then(|n| Duration::try_from_secs_f64(n * unit).ok());
    let Some(span) = span.filter(|span| *span <= LONGEST) else {
        let message = format!("-{name} must be a number of at most a day, such as 5.");
        return Err(bound.wrong(name, message).into());
    };
    runtime.flush();
    runtime.host().sleep(span);
    runtime.go_on()?;
    Ok(Vec::new())
}

pub(super) static CLEAR_HOST: LocalCommand = LocalCommand {
    declaration: command("Clear-Host", "Empties the screen.", "Efface l'écran.", &[]),
    run: |runtime, _, _| {
        runtime.flush();
        runtime.host().clear();
        Ok(Vec::new())
    },
};
