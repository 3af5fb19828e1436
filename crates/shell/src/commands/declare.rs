//! Shorthand for the declarations of the shell's own commands.

use cmdlets::{Availability, Cmdlet, Kind, Output, Parameter, Pipeline, Text};

/// A command that changes nothing on the server.
pub(super) const fn command(
    name: &'static str,
    en: &'static str,
    fr: &'static str,
    parameters: &'static [Parameter],
) -> Cmdlet {
    Cmdlet {
        name,
        synopsis: Text { en, fr },
        sets: &[],
        default_set: None,
        parameters,
        roles: &[],
        confirms: false,
        supports_should_process: false,
        changes: false,
        output: Output::NOTHING,
    }
}

/// A parameter that may be left out.
pub(super) const fn parameter(
    name: &'static str,
    kind: Kind,
    en: &'static str,
    fr: &'static str,
) -> Parameter {
    Parameter {
        name,
        aliases: &[],
        kind,
        required: false,
        position: None,
        pipeline: Pipeline::None,
        sets: &[],
        help: Text { en, fr },
        availability: Availability::Current,
    }
}

/// A parameter with a place.
pub(super) const fn at(position: u8, parameter: Parameter) -> Parameter {
    Parameter { position: Some(position), ..parameter }
}

/// A parameter that must be given.
pub(super) const fn required(parameter: Parameter) -> Parameter {
    Parameter { required: true, ..parameter }
}

/// A parameter with other names.
pub(super) const fn aliased(aliases: &'static [&'static str], parameter: Parameter) -> Parameter {
    Parameter { aliases, ..parameter }
}

/// Any values.
pub(super) const ANY: Kind = Kind::Object;
/// Several texts.
pub(super) const TEXTS: Kind = Kind::List(&Kind::String);
/// Property names, script blocks or `@{Name=…; Expression=…}`.
pub(super) const PROPERTIES: Kind = Kind::List(&Kind::Object);

/// The objects a command works on, when they do not come through the pipe.
pub(super) const INPUT: Parameter = parameter(
    "InputObject",
    ANY,
    "The objects to work on; usually they come through the pipe.",
    "Les objets à traiter ; d'ordinaire ils arrivent par le tube.",
);
