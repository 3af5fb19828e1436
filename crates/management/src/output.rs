//! What a cmdlet gives back.

use serde_json::Value;

/// What a cmdlet gives back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// The objects it puts on the pipeline, their properties in documented order.
    pub objects: Vec<Value>,
    /// What the caller should know, one sentence or two each; without the word "WARNING".
    pub warnings: Vec<String>,
    /// With `-WhatIf`: what would have been done, starting with `What if: `.
    pub what_if: Option<String>,
}
