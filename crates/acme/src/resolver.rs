//! Who resolves names for ACME.

use std::sync::Arc;

use dns::Resolver;

/// Gives who resolves names and has learnt nothing yet: a record of a moment ago is found.
pub type FreshResolver = Arc<dyn Fn() -> Resolver + Send + Sync>;
