//! The parameters every command has.

use cmdlets::{Availability, Kind, Parameter, Pipeline, Text};

const ACTIONS: Kind = Kind::Enum(&["Continue", "SilentlyContinue", "Stop", "Ignore", "Inquire"]);

const fn common(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    en: &'static str,
    fr: &'static str,
) -> Parameter {
    Parameter {
        name,
        aliases,
        kind,
        required: false,
        position: None,
        pipeline: Pipeline::None,
        sets: &[],
        help: Text { en, fr },
        availability: Availability::Current,
    }
}

/// The parameters every command has.
pub(crate) static COMMON: [Parameter; 11] = [
    common(
        "ErrorAction",
        &["ea"],
        ACTIONS,
        "What to do on an error: Continue (show it and go on), SilentlyContinue or Stop.",
        "Que faire en cas d'erreur : Continue (l'afficher et continuer), SilentlyContinue ou Stop.",
    ),
    common(
        "WarningAction",
        &["wa"],
        ACTIONS,
        "Whether warnings are shown (Continue) or not (SilentlyContinue).",
        "Indique si les avertissements sont affichés (Continue) ou non (SilentlyContinue).",
    ),
    common(
        "InformationAction",
        &["infa"],
        ACTIONS,
        "Accepted; has no effect.",
        "Accepté, sans effet.",
    ),
    common(
        "Verbose",
        &["vb"],
        Kind::Switch,
        "Says in lines that begin with VERBOSE what is done.",
        "Dit, dans des lignes commençant par VERBOSE, ce qui est fait.",
    ),
    common("Debug", &["db"], Kind::Switch, "Accepted; has no effect.", "Accepté, sans effet."),
    common(
        "ErrorVariable",
        &["ev"],
        Kind::String,
        "The variable that receives the errors.",
        "Variable qui reçoit les erreurs.",
    ),
    common(
        "WarningVariable",
        &["wv"],
        Kind::String,
        "The variable that receives the warnings.",
        "Variable qui reçoit les avertissements.",
    ),
    common(
        "InformationVariable",
        &["iv"],
        Kind::String,
        "Accepted; has no effect.",
        "Accepté, sans effet.",
    ),
    common(
        "OutVariable",
        &["ov"],
        Kind::String,
        "The variable that receives what the command gives.",
        "Variable qui reçoit ce que donne la commande.",
    ),
    common("OutBuffer", &["ob"], Kind::Int32, "Accepted; has no effect.", "Accepté, sans effet."),
    common(
        "PipelineVariable",
        &["pv"],
        Kind::String,
        "Accepted; has no effect.",
        "Accepté, sans effet.",
    ),
];

/// What to do on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorAction {
    /// Show it and go on.
    Continue,
    /// Go on.
    SilentlyContinue,
    /// Show it and end the script.
    Stop,
}

impl ErrorAction {
    /// The action of this name, letter case ignored.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "continue" | "inquire" => Self::Continue,
            "silentlycontinue" | "ignore" => Self::SilentlyContinue,
            "stop" => Self::Stop,
            _ => return None,
        })
    }
}
