//! The evaluation of policies: facts in, a verdict out.

use std::any::Any;
use std::collections::BTreeSet;
use std::time::SystemTime;

use crate::facts::Facts;
use crate::policy::Requirement;

/// What an authenticated party lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lacking {
    /// Scopes alone: granting these would let the party pass.
    Scopes(String),
    Role,
    /// A factor, or its freshness.
    Factor {
        method: &'static str,
        max_age: Option<u64>,
        /// Whether nothing else is lacking: the factor would let the party pass.
        is_alone: bool,
    },
    Check,
    /// The principal is of another type than a check expects: the program is wrong, not the request.
    PrincipalType {
        check: &'static str,
    },
}

/// The party to be judged.
#[derive(Clone, Copy)]
pub(crate) struct Party<'a> {
    pub(crate) principal: &'a dyn Any,
    pub(crate) facts: &'a Facts,
    pub(crate) now: SystemTime,
}

/// Says whether `requirement` holds of `party`, or what is lacking, in the order scope, role, factor, check.
pub(crate) fn evaluate(requirement: &Requirement, party: Party<'_>) -> Result<(), Lacking> {
    if holds(requirement, party, Granted::default())? {
        return Ok(());
    }
    Err(first_lacking(requirement, party)?)
}

/// Leaves that count as held, to find out what is lacking. Leaves under a `not` are never granted.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each kind of leaf, combined freely")]
struct Granted {
    scopes: bool,
    roles: bool,
    factors: bool,
    checks: bool,
}

impl Granted {
    const ALL: Self = Self { scopes: true, roles: true, factors: true, checks: true };
}

/// Scopes are named only where granting them is enough. Of the others, the first kind in order without which the
/// requirement cannot hold; if each could be made up for by another, the first that would be enough.
fn first_lacking(requirement: &Requirement, party: Party<'_>) -> Result<Lacking, Lacking> {
    let would_hold = |granted| holds(requirement, party, granted);
    if would_hold(Granted { scopes: true, ..Granted::default() })? {
        return Ok(Lacking::Scopes(scope_names(requirement).join(" ")));
    }
    let role = || Lacking::Role;
    let is_alone = would_hold(Granted { factors: true, ..Granted::default() })?;
    let factor = || missing_factor(requirement, party, is_alone).unwrap_or(Lacking::Role);
    let check = || Lacking::Check;
    if !would_hold(Granted { roles: false, ..Granted::ALL })? {
        return Ok(role());
    }
    if !would_hold(Granted { factors: false, ..Granted::ALL })? {
        return Ok(factor());
    }
    if !would_hold(Granted { checks: false, ..Granted::ALL })? {
        return Ok(check());
    }
    if would_hold(Granted { roles: true, scopes: true, ..Granted::default() })? {
        return Ok(role());
    }
    if would_hold(Granted { factors: true, scopes: true, ..Granted::default() })? {
        return Ok(factor());
    }
    Ok(check())
}

/// Whether the requirement holds; an error only if a check cannot be asked.
fn holds(requirement: &Requirement, party: Party<'_>, granted: Granted) -> Result<bool, Lacking> {
    Ok(match requirement {
        Requirement::None => true,
        Requirement::Scope(name) => granted.scopes || party.facts.has_scope(name.as_str()),
        Requirement::Role(name) => granted.roles || party.facts.has_role(name.as_str()),
        Requirement::Factor { method, within } => granted.factors || party.facts.has_factor(method, *within, party.now),
        Requirement::Check(check) => {
            granted.checks
                || check
                    .ask(party.principal, party.facts)
                    .ok_or_else(|| Lacking::PrincipalType { check: check.name() })?
        }
        Requirement::All(all) => {
            for part in *all {
                if !holds(part, party, granted)? {
                    return Ok(false);
                }
            }
            true
        }
        Requirement::Any(any) => {
            for part in *any {
                if holds(part, party, granted)? {
                    return Ok(true);
                }
            }
            false
        }
        Requirement::Not(part) => !holds(part, party, Granted::default())?,
    })
}

/// All scopes that are not under a `not`, in order, once.
pub(crate) fn scope_names(requirement: &Requirement) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    for_each_leaf(requirement, &mut |leaf| {
        if let Requirement::Scope(name) = leaf
            && seen.insert(name.as_str())
        {
            names.push(name.as_str());
        }
    });
    names
}

/// All roles that are not under a `not`, in order, once.
pub(crate) fn role_names(requirement: &Requirement) -> Vec<&'static str> {
    let mut names = Vec::new();
    for_each_leaf(requirement, &mut |leaf| {
        if let Requirement::Role(name) = leaf
            && !names.contains(&name.as_str())
        {
            names.push(name.as_str());
        }
    });
    names
}

/// The first factor that is asked for and not held.
fn missing_factor(requirement: &Requirement, party: Party<'_>, is_alone: bool) -> Option<Lacking> {
    let mut missing = None;
    for_each_leaf(requirement, &mut |leaf| {
        if let Requirement::Factor { method, within } = leaf
            && missing.is_none()
            && !party.facts.has_factor(method, *within, party.now)
        {
            missing = Some(Lacking::Factor { method, max_age: within.map(|within| within.as_secs()), is_alone });
        }
    });
    missing
}

/// Visits the leaves that are not under a `not`, in order.
fn for_each_leaf(requirement: &Requirement, visit: &mut dyn FnMut(&Requirement)) {
    match requirement {
        Requirement::All(parts) | Requirement::Any(parts) => {
            for part in *parts {
                for_each_leaf(part, visit);
            }
        }
        Requirement::None | Requirement::Not(_) => {}
        leaf => visit(leaf),
    }
}
