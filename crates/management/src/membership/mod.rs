//! From one server to several and back: what the cmdlets for it check and do. What they ask of the program is in
//! `machinery`.

mod enabling;
mod join;
mod leaving;
pub(crate) mod machinery;
mod status;

use std::sync::Arc;

use directory::Snapshot;
use model::ObjectName;

use self::machinery::Work;
use crate::binding::Bound;
use crate::management::Management;
use crate::output::Output;
use crate::permission::Caller;
use crate::problem::Problem;

pub use join::{MemberBindings, NewMember};
pub use machinery::{Membership, MembershipError, Removal, Standing};
pub(crate) use status::{status_shape, token_shape};

impl Management {
    /// Does it. Whoever goes away does not undo it.
    pub(crate) async fn run_on_membership(
        &self,
        caller: &Caller,
        bound: Bound,
        work: Work,
    ) -> Result<Output, Problem> {
        match work {
            Work::Status => Ok(self.cluster_status().await),
            Work::Enable => self.enable_cluster(caller, bound).await,
            Work::Disable => self.disable_cluster(caller, bound).await,
            Work::NewToken => self.new_join_token(caller, bound).await,
            Work::Remove if bound.is_true("Leave") => self.leave(caller, bound).await,
            Work::Remove => self.remove_server(caller, bound).await,
        }
    }

    fn membership(&self) -> Result<Arc<dyn Membership>, Problem> {
        self.membership.clone().ok_or_else(|| {
            Problem::new(
                503,
                "This server cannot be one of several: it runs without its machinery.",
            )
        })
    }
}

/// The servers beside `here`, by name.
fn others(snapshot: &Snapshot, here: &ObjectName) -> Vec<String> {
    let others = snapshot.servers.iter().filter(|server| !server.name.is(here.as_str()));
    let mut names: Vec<String> = others.map(|server| server.name.to_string()).collect();
    names.sort();
    names
}

/// What a command would do.
fn what_if(doing: &str) -> Output {
    Output { what_if: Some(format!("What if: {doing}.")), ..Output::default() }
}

/// `1 message`, `3 messages`.
fn counted(count: u64) -> String {
    format!("{count} message{}", if count == 1 { "" } else { "s" })
}
