//! Who looks up what strangers' messages name: the DNS servers that see names as the outside does, with a
//! cache and places of its own. However many slow names strangers make up, deliveries find their hosts.

use std::{sync::Arc, time::Duration};

use dns::{Resolver, ResolverSettings, Validator, Way};
use parking_lot::Mutex;
use reception::CurrentResolver;

use crate::core::Core;

/// How long one server may take: a message does not wait for more than a few of them.
const SERVER: Duration = Duration::from_secs(2);
/// How long one look-up may take.
const LOOK_UP: Duration = Duration::from_secs(6);

/// Gives the resolver; a fresh one when the servers have changed.
pub(crate) fn resolver(core: &Arc<Core>) -> CurrentResolver {
    let core = Arc::clone(core);
    let present: Mutex<Option<(ResolverSettings, Resolver)>> = Mutex::default();
    Arc::new(move || {
        let [_, external] = core.dns_settings();
        let settings = ResolverSettings {
            server_timeout: external.server_timeout.min(SERVER),
            total_timeout: external.total_timeout.min(LOOK_UP),
            // Nothing here depends on signatures, and strangers choose the names.
            validator: Validator::Resolver,
            way: match external.way {
                Way::Direct => Way::Direct,
                Way::Through(_) => core.strangers_way.clone(),
            },
            ..external
        };
        let mut present = present.lock();
        match &*present {
            Some((of, resolver)) if *of == settings => resolver.clone(),
            _ => {
                let fresh = Resolver::new(settings.clone());
                *present = Some((settings, fresh.clone()));
                fresh
            }
        }
    })
}
