//! The parameters that many cmdlets share, and how lists of parameters are put together.

use crate::declaration::{Parameter, Pipeline};
use crate::kind::{Kind, TLS_SUITES, TLS_VERSION};

pub(crate) const CONFIRM: Parameter = Parameter::new(
    "Confirm",
    Kind::Switch,
    "Asks before acting; -Confirm:$false suppresses a question that is asked by default.",
    "Demande confirmation avant d'agir ; -Confirm:$false supprime une question posée par défaut.",
)
.aliases(&["cf"]);

pub(crate) const WHAT_IF: Parameter = Parameter::new(
    "WhatIf",
    Kind::Switch,
    "Checks everything and says what would be done, without doing it.",
    "Vérifie tout et dit ce qui serait fait, sans le faire.",
)
.aliases(&["wi"]);

pub(crate) const DOMAIN_CONTROLLER: Parameter = Parameter::new(
    "DomainController",
    Kind::Fqdn,
    "Accepted so that existing scripts run; must be a domain name and has no effect.",
    "Accepté pour que les scripts existants fonctionnent ; doit être un nom de domaine, sans effet.",
);

/// Of connectors of both kinds.
pub(crate) const TLS_CIPHER_SUITES: Parameter = Parameter::new(
    "TlsCipherSuites",
    TLS_SUITES,
    "The cipher suites that are spoken, by their registered names; All unless given.",
    "Suites de chiffrement employées, par leur nom enregistré ; All par défaut.",
);

/// Of connectors of both kinds.
pub(crate) const TLS_MINIMUM_VERSION: Parameter = Parameter::new(
    "TlsMinimumVersion",
    TLS_VERSION,
    "The oldest version of TLS that is spoken: Tls12 (the default) or Tls13.",
    "Version de TLS la plus ancienne employée : Tls12 (par défaut) ou Tls13.",
);

/// For cmdlets that change the configuration.
pub(crate) const CHANGING: [Parameter; 3] = [CONFIRM, WHAT_IF, DOMAIN_CONTROLLER];

/// For cmdlets that act on queues and messages.
pub(crate) const ACTING: [Parameter; 2] = [CONFIRM, WHAT_IF];

/// For cmdlets that read the configuration.
pub(crate) const READING: [Parameter; 1] = [DOMAIN_CONTROLLER];

/// `ResultSize` of every cmdlet that lists.
pub(crate) const RESULT_SIZE: Parameter = Parameter::new(
    "ResultSize",
    Kind::UnlimitedInt32,
    "How many objects are returned at most: 1000 unless given; a warning tells when there are more.",
    "Nombre maximal d'objets renvoyés : 1000 par défaut ; un avertissement signale s'il y en a d'autres.",
);

/// `Identity` of a cmdlet that lists: absent, everything is meant.
pub(crate) const fn identity_to_read(en: &'static str, fr: &'static str) -> Parameter {
    Parameter::new("Identity", Kind::Identity, en, fr).at(1).piped()
}

/// `Identity` of a cmdlet that changes one object.
pub(crate) const fn identity_to_change(en: &'static str, fr: &'static str) -> Parameter {
    identity_to_read(en, fr).required()
}

/// `Server` taken from an object of the pipeline.
pub(crate) const fn server(en: &'static str, fr: &'static str) -> Parameter {
    let mut parameter = Parameter::new("Server", Kind::Identity, en, fr);
    parameter.pipeline = Pipeline::ByPropertyName("Name");
    parameter
}

/// How many items `parts` hold together.
pub(crate) const fn total<T>(parts: &[&[T]]) -> usize {
    let (mut sum, mut i) = (0, 0);
    while i < parts.len() {
        sum += parts[i].len();
        i += 1;
    }
    sum
}

/// The items of `parts` one after the other; `filler` stands where none is (`N` is [`total`]).
pub(crate) const fn join<T: Copy, const N: usize>(parts: &[&[T]], filler: T) -> [T; N] {
    let mut all = [filler; N];
    let (mut to, mut part) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            all[to] = parts[part][i];
            to += 1;
            i += 1;
        }
        part += 1;
    }
    all
}

/// One list of parameters out of several.
macro_rules! parameters {
    ($($part:expr),+ $(,)?) => {{
        const PARTS: &[&[crate::declaration::Parameter]] = &[$(&$part),+];
        const ALL: [crate::declaration::Parameter; crate::standard::total(PARTS)] =
            crate::standard::join(PARTS, crate::standard::CONFIRM);
        &ALL
    }};
}
pub(crate) use parameters;
