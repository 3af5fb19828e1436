//! Confirmation: asked on a terminal; without one a command that would ask is refused.

use serde_json::{Map, Value as Json};

use super::{Evaluator, Outcome};
use crate::binding::Bound;
use crate::convert::to_text;
use crate::error::Flow;
use crate::host::Language;
use crate::runtime::Runtime;
use crate::source::Source;

/// What was answered for the rest of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Nothing yet: ask.
    NotAsked,
    YesToAll,
    NoToAll,
}

/// The questions of a confirmation in one language.
struct Wording {
    title: &'static str,
    question: &'static str,
    choices: &'static str,
    help: &'static str,
}

const ENGLISH: Wording = Wording {
    title: "Confirm",
    question: "Are you sure you want to perform this action?",
    choices: "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"): ",
    help: "Y - Continue with only the next step of the operation.\nA - Continue with all the steps of the operation.\nN - Skip this operation and proceed with the next operation.\nL - Skip this operation and all subsequent operations.\nS - Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline.",
};

const FRENCH: Wording = Wording {
    title: "Confirmer",
    question: "Voulez-vous vraiment effectuer cette action ?",
    choices: "[O] Oui  [T] Oui pour tout  [N] Non  [U] Non pour tout  [S] Suspendre  [?] Aide (la valeur par défaut est « O ») : ",
    help: "O (ou Y) - Effectuer seulement l'étape suivante de l'opération.\nT (ou A) - Effectuer toutes les étapes de l'opération.\nN - Passer cette opération et continuer avec la suivante.\nU (ou L) - Passer cette opération et toutes les suivantes.\nS - Suspendre le pipeline et revenir à l'invite. Tapez « exit » pour le reprendre.",
};

impl Evaluator<'_> {
    /// Whether a cmdlet may act: it does not ask, was told not to, or somebody said yes.
    pub(super) fn confirmed(
        &mut self,
        bound: &Bound,
        parameters: &Map<String, Json>,
        decision: &mut Decision,
    ) -> Result<bool, Flow> {
        let cmdlet = bound.cmdlet;
        let asks = match bound.value("Confirm") {
            Some(_) => bound.is_on("Confirm"),
            None => cmdlet.confirms && !self.preference_is_none() && !bound.is_on("Force"),
        };
        if !cmdlet.supports_should_process || !asks || bound.is_on("WhatIf") {
            return Ok(true);
        }
        match decision {
            Decision::YesToAll => return Ok(true),
            Decision::NoToAll => return Ok(false),
            Decision::NotAsked => {}
        }
        if !self.host.is_interactive() {
            let message = "This asks for confirmation, and there is no terminal to ask on. Add -Confirm:$false to run it without being asked.";
            return Err(bound.failed(message).with_id("ConfirmationNeeded").into());
        }
        let action = self.what_would_be_done(bound, parameters)?;
        self.ask_to_confirm(&action, decision)
    }

    /// `$ConfirmPreference = "None"` suppresses the questions asked by default.
    fn preference_is_none(&self) -> bool {
        to_text(&self.variable("ConfirmPreference")).eq_ignore_ascii_case("none")
    }

    /// The server's own words for what it would do; a mistake is refused before anybody is asked.
    pub(super) fn what_would_be_done(
        &mut self,
        bound: &Bound,
        parameters: &Map<String, Json>,
    ) -> Result<String, Flow> {
        let mut parameters = parameters.clone();
        parameters.insert("WhatIf".to_owned(), Json::Bool(true));
        let reply = self.call_server(bound, parameters)?;
        let target = || bound.text("Identity").or_else(|| bound.text("Name")).unwrap_or_default();
        Ok(match reply.what_if {
            Some(text) => text.strip_prefix("What if: ").unwrap_or(&text).to_owned(),
            None => format!(
                "Performing the operation \"{}\" on target \"{}\".",
                bound.cmdlet.name,
                target()
            ),
        })
    }

    fn ask_to_confirm(&mut self, action: &str, decision: &mut Decision) -> Result<bool, Flow> {
        self.flush();
        let wording = match self.host.language() {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        };
        let opening = format!("\n{}\n{}\n{action}\n", wording.title, wording.question);
        self.host.write_coloured(&opening, None);
        loop {
            let Some(answer) = self.host.ask(wording.choices) else {
                *decision = Decision::NoToAll;
                return Ok(false);
            };
            match answer.trim().to_lowercase().as_str() {
                "" | "y" | "yes" | "o" | "oui" => return Ok(true),
                "a" | "t" => {
                    *decision = Decision::YesToAll;
                    return Ok(true);
                }
                "n" | "no" | "non" => return Ok(false),
                "l" | "u" => {
                    *decision = Decision::NoToAll;
                    return Ok(false);
                }
                "s" => self.nested_prompt(),
                _ => self.host.write_coloured(&format!("{}\n", wording.help), None),
            }
        }
    }

    /// Runs lines until `exit`, in the middle of a pipeline.
    fn nested_prompt(&mut self) {
        if self.calls >= super::MAX_CALLS {
            return;
        }
        self.calls += 1;
        let failed = self.failed;
        while let Some(line) = self.host.ask(">> ") {
            if let Outcome::Exit(_) = self.run(&Source::typed(line)) {
                break;
            }
        }
        self.failed |= failed;
        self.calls -= 1;
    }
}
