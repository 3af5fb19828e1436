//! One answer out of those of several servers, as they come: at most eight are asked at once, and what is kept is bounded
//! in rows and bytes. Who did not answer is named; the others' rows come all the same.

use std::sync::Arc;

use directory::Server;
use futures_util::{StreamExt, stream};

use super::ask::Failure;
use super::digest::Groups;
use super::plan::{Kind, Plan};
use super::rows::Rows;
use crate::output::Output;
use crate::problem::Problem;
use crate::queues::BoxFuture;

/// Servers asked at once.
const AT_ONCE: usize = 8;
/// What all rows may take, in bytes of their JSON.
const MOST_BYTES: usize = 64 << 20;
/// What a row of this server takes, about.
const A_ROW: usize = 2 << 10;
/// Missing servers of which it is told why; more than so many are only named.
const EXPLAINED: usize = 8;
/// Names in one sentence.
const NAMED: usize = 12;

/// What one of the servers will answer: what the cmdlet gives, and its size in bytes.
pub(crate) type Share<'a> = BoxFuture<'a, (Arc<Server>, Result<(Output, usize), Failure>)>;

/// What this server gives, with its size as far as it is known without writing it down.
pub(crate) fn sized(output: Output) -> (Output, usize) {
    let size = output.objects.len() * A_ROW;
    (output, size)
}

/// Asks all and puts together what they answer.
pub(crate) async fn gather(plan: Plan, shares: Vec<Share<'_>>) -> Result<Output, Problem> {
    let mut gathering = Gathering::new(plan);
    let mut answers = stream::iter(shares).buffer_unordered(AT_ONCE);
    while let Some((server, answer)) = answers.next().await {
        gathering.take(&server, answer);
    }
    gathering.finish()
}

struct Gathering {
    size: usize,
    kept: Kept,
    answered: usize,
    missing: Vec<(Arc<Server>, Failure)>,
    /// By the names of who gave them.
    warnings: Vec<(String, String)>,
    cut: bool,
}

enum Kept {
    Rows(Rows),
    Groups(Groups),
}

impl Gathering {
    fn new(plan: Plan) -> Self {
        let kept = match plan.kind {
            Kind::Groups => Kept::Groups(Groups::default()),
            kind => Kept::Rows(Rows::new(kind, plan.size)),
        };
        Self {
            size: plan.size,
            kept,
            answered: 0,
            missing: Vec::new(),
            warnings: Vec::new(),
            cut: false,
        }
    }

    fn take(&mut self, server: &Arc<Server>, answer: Result<(Output, usize), Failure>) {
        let (output, size) = match answer {
            Ok(answer) => answer,
            Err(why) => return self.missing.push((Arc::clone(server), why)),
        };
        self.answered += 1;
        let name = server.name.as_str();
        self.warnings.extend(output.warnings.into_iter().map(|text| (name.to_owned(), text)));
        let cost = size / output.objects.len().max(1) + 1;
        match &mut self.kept {
            Kept::Rows(rows) => {
                rows.add(name, output.objects, cost);
                self.cut |= rows.fit(MOST_BYTES);
            }
            Kept::Groups(groups) => groups.add(output.objects, cost, MOST_BYTES),
        }
    }

    fn finish(mut self) -> Result<Output, Problem> {
        self.missing.sort_by_key(|(server, _)| server.name.key());
        self.warnings.sort();
        if self.answered == 0 && !self.missing.is_empty() {
            return Err(nobody(self.missing));
        }
        // What is missing goes before everything that may be left out on the way.
        let mut warnings = told(&self.missing);
        let objects = match self.kept {
            Kept::Rows(rows) => {
                if rows.more && !self.cut {
                    warnings.push(format!(
                        "There are more results available than are currently displayed ({}). To view them, \
                         increase the value for the ResultSize parameter.",
                        self.size
                    ));
                }
                rows.finish()
            }
            Kept::Groups(groups) => {
                let (objects, left, cut) = groups.finish(self.size);
                if left > 0 {
                    warnings.push(format!(
                        "There are {left} more results. Use ResultSize to see more at once."
                    ));
                }
                self.cut |= cut;
                objects
            }
        };
        if self.cut {
            warnings.push(format!(
                "The answer was cut after {} results, since more do not fit into one: ask for less.",
                objects.len()
            ));
        }
        warnings.extend(self.warnings.into_iter().map(|(name, text)| format!("{name}: {text}")));
        Ok(Output { objects, warnings, what_if: None })
    }
}

/// Who is missing, and why.
fn told(missing: &[(Arc<Server>, Failure)]) -> Vec<String> {
    let name = |(server, _): &(Arc<Server>, Failure)| format!("'{}'", server.name);
    if missing.len() > EXPLAINED {
        let names = |some: &[(Arc<Server>, Failure)]| {
            let names: Vec<String> = some.iter().map(name).collect();
            format!("These servers are missing in this answer: {}.", names.join(", "))
        };
        return missing.chunks(NAMED).map(names).collect();
    }
    let why = |one: &(Arc<Server>, Failure)| {
        format!("Server {} is missing in this answer: it {}.", name(one), one.1.why())
    };
    missing.iter().map(why).collect()
}

/// The error when there is no answer at all: that of the one server, or why each is missing.
fn nobody(mut missing: Vec<(Arc<Server>, Failure)>) -> Problem {
    if missing.len() == 1
        && let Some((server, why)) = missing.pop()
    {
        return why.into_problem(&server, false);
    }
    // A command that is wrong is wrong everywhere.
    let refused = missing.iter().position(|(_, why)| matches!(why, Failure::Refused(_)));
    match refused.map(|at| missing.swap_remove(at)) {
        Some((server, why)) => why.into_problem(&server, false),
        None => Problem::new(503, told(&missing).join(" ")).about("Server"),
    }
}
