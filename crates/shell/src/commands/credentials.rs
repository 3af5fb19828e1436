//! Secrets: `ConvertTo-SecureString`, `Get-Credential`, and `New-Object`, which makes credentials.

use std::rc::Rc;

use cmdlets::Kind;

use super::declare::{ANY, at, command, parameter, required};
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::runtime::{LocalCommand, Runtime};
use crate::types;
use crate::value::{Credential, Secret, Value};

pub(super) static CONVERT_TO_SECURE_STRING: LocalCommand = LocalCommand {
    declaration: command(
        "ConvertTo-SecureString",
        "Makes a secret of a text.",
        "Fait d'un texte un secret.",
        &[
            at(1, parameter("String", Kind::String, "The text.", "Le texte.")),
            parameter(
                "AsPlainText",
                Kind::Switch,
                "The text is the secret itself; must be given.",
                "Le texte est le secret lui-même ; obligatoire.",
            ),
            parameter(
                "Force",
                Kind::Switch,
                "Confirms -AsPlainText; must be given.",
                "Confirme -AsPlainText ; obligatoire.",
            ),
        ],
    ),
    run: convert_to_secure_string,
};

fn convert_to_secure_string(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    if !bound.is_on("AsPlainText") {
        let message = "Only plain text can be converted here: add -AsPlainText -Force.";
        return Err(bound.failed(message).into());
    }
    if !bound.is_on("Force") {
        let message = "A secret written in plain text can be read by others. Add -Force to confirm that this is meant.";
        return Err(bound.failed(message).into());
    }
    let text = bound.text("String").or_else(|| input.first().map(to_text)).unwrap_or_default();
    if text.is_empty() {
        return Err(bound.wrong("String", "The text is empty.").into());
    }
    Ok(vec![Value::Secure(Secret::new(text))])
}

pub(super) static GET_CREDENTIAL: LocalCommand = LocalCommand {
    declaration: command(
        "Get-Credential",
        "Asks for a user name and a password.",
        "Demande un nom d'utilisateur et un mot de passe.",
        &[
            at(
                1,
                parameter(
                    "Credential",
                    ANY,
                    "The user name to propose, or a credential, which is given back.",
                    "Le nom d'utilisateur proposé, ou des informations d'identification, rendues telles quelles.",
                ),
            ),
            parameter(
                "UserName",
                Kind::String,
                "The user name; only the password is asked.",
                "Le nom d'utilisateur ; seul le mot de passe est demandé.",
            ),
            parameter(
                "Message",
                Kind::String,
                "What is said before asking.",
                "Ce qui est dit avant de demander.",
            ),
        ],
    ),
    run: get_credential,
};

fn get_credential(
    runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let given = match bound.value("Credential") {
        Some(credential @ Value::Credential(_)) => return Ok(vec![credential.clone()]),
        Some(name) => Some(to_text(name)),
        None => bound.text("UserName"),
    };
    let nobody = || {
        let message = "Nobody can be asked for a password here. In scripts use New-Object System.Management.Automation.PSCredential('user', (ConvertTo-SecureString '…' -AsPlainText -Force)).";
        bound.failed(message)
    };
    if !runtime.host().is_interactive() {
        return Err(nobody().into());
    }
    runtime.flush();
    if let Some(message) = bound.text("Message") {
        runtime.host().write_coloured(&format!("{message}\n"), None);
    }
    let user = match given {
        Some(user) => user,
        None => runtime.host().ask("User: ").filter(|u| !u.is_empty()).ok_or_else(nobody)?,
    };
    let prompt = format!("Password for user {user}: ");
    let password = runtime.host().ask_secret(&prompt).ok_or_else(nobody)?;
    let credential = Credential { user_name: user.into(), password: Secret::new(password) };
    Ok(vec![Value::Credential(Rc::new(credential))])
}

pub(super) static NEW_OBJECT: LocalCommand = LocalCommand {
    declaration: command(
        "New-Object",
        "Makes an object of a type: PSCredential, PSObject, Hashtable.",
        "Crée un objet d'un type : PSCredential, PSObject, Hashtable.",
        &[
            required(at(1, parameter("TypeName", Kind::String, "The type.", "Le type."))),
            at(2, parameter("ArgumentList", ANY, "What it is made of.", "Ce dont il est fait.")),
            parameter(
                "Property",
                ANY,
                "Properties and their values, @{Name=value}.",
                "Propriétés et valeurs, @{Nom=valeur}.",
            ),
        ],
    ),
    run: new_object,
};

fn new_object(
    _runtime: &mut dyn Runtime,
    bound: &Bound,
    _input: Vec<Value>,
) -> Result<Vec<Value>, Flow> {
    let name = bound.text("TypeName").unwrap_or_default();
    let mut arguments: Vec<Value> =
        bound.value("ArgumentList").map(|v| v.items().to_vec()).unwrap_or_default();
    arguments.extend(bound.value("Property").cloned());
    types::construct(&name, &arguments)
        .map(|value| vec![value])
        .map_err(|message| bound.wrong("TypeName", message).into())
}
