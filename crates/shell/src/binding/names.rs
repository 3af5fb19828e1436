//! Finding a parameter by its name, a unique beginning of it, or an alias; and what is near a name.

use cmdlets::{Cmdlet, Parameter};

use super::common::COMMON;

/// Why a name does not name a parameter.
#[derive(Debug)]
pub(crate) struct NameProblem {
    pub(crate) message: String,
    pub(crate) id: &'static str,
}

/// The parameter a name stands for.
///
/// # Errors
/// When none or several match.
pub(crate) fn resolve(cmdlet: &Cmdlet, name: &str) -> Result<&'static Parameter, NameProblem> {
    let exact = cmdlet.parameter(name).or_else(|| COMMON.iter().find(|p| p.is_called(name)));
    if let Some(parameter) = exact {
        return Ok(parameter);
    }
    let own: Vec<_> = cmdlet.parameters_beginning(name).collect();
    let lower = name.to_lowercase();
    let candidates = if own.is_empty() {
        COMMON.iter().filter(|p| p.name.to_lowercase().starts_with(&lower)).collect()
    } else {
        own
    };
    match candidates.as_slice() {
        [one] => Ok(one),
        [] => Err(NameProblem { message: unknown(cmdlet, name), id: "NamedParameterNotFound" }),
        several => {
            let names: Vec<_> = several.iter().map(|p| format!("-{}", p.name)).collect();
            Err(NameProblem {
                message: format!(
                    "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: {}.",
                    names.join(" ")
                ),
                id: "AmbiguousParameter",
            })
        }
    }
}

fn unknown(cmdlet: &Cmdlet, name: &str) -> String {
    let sentence = format!("A parameter cannot be found that matches parameter name '{name}'.");
    let all = cmdlet.parameters.iter().chain(&COMMON).map(|p| p.name);
    let near = nearest(name, all);
    if near.is_empty() {
        let own: Vec<_> = cmdlet.parameters.iter().map(|p| format!("-{}", p.name)).collect();
        if own.is_empty() {
            return format!("{sentence} {} has no parameters of its own.", cmdlet.name);
        }
        if own.len() <= 12 {
            return format!("{sentence} {} has: {}.", cmdlet.name, own.join(" "));
        }
        return format!("{sentence} 'Get-Help {}' lists its parameters.", cmdlet.name);
    }
    let near: Vec<_> = near.iter().map(|n| format!("-{n}")).collect();
    format!("{sentence} Did you mean {}?", near.join(" or "))
}

/// Up to three of `names` that look like `name`, nearest first.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).clamp(1, 3);
    let mut near: Vec<(usize, &str)> = names
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let distance = if wanted.len() >= 4 && lower.contains(&wanted) {
                1
            } else {
                distance(&wanted, &lower)
            };
            (distance <= limit).then_some((distance, candidate))
        })
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// How many letters must be changed, added, left out or swapped.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut best =
                (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}
