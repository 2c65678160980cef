//! Who may call: Bearer or Basic, and refusals without a body.

use std::sync::Arc;

use auth_axum::credential::{BasicCredentials, BearerToken, Credential};
use auth_axum::{Facts, Realm, Verifier};
use systems::nexudus::NoBody;
use systems::nexudus::token::TokenEndpoint;
use systems::{Context, StartError};

pub(crate) const REALM: &str = "nexudus";
/// Who may do everything.
const ADMIN: &str = "admin";
/// Who may list coworkers.
const COWORKER_LIST: &str = "Coworker-List";

/// The caller, of whom the handlers need nothing but that there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller;

/// Administrators have every role: the challenge names the one that is missing, and no other.
fn with_administrators(facts: Facts) -> Facts {
    if facts.has_role(ADMIN) { facts.with_roles([COWORKER_LIST]) } else { facts }
}

/// The verifier of the realm's callers, whoever checks their credential.
fn caller<C: Credential, V: Verifier<C>>(verifier: V) -> impl Verifier<C, Value = Caller>
where
    V::Value: Clone,
{
    Verifier::<C>::map(verifier.map_facts(with_administrators), |_, _| Caller)
}

pub(crate) fn build(context: &Context, tokens: &TokenEndpoint) -> Result<Realm<Caller>, StartError> {
    Ok(Realm::<Caller>::builder(REALM)
        // What another process withdraws is refused from the next request on.
        .without_cache()
        .bearer(caller::<BearerToken, _>(tokens.tokens()?))
        .basic(caller::<BasicCredentials, _>(context.basic()))
        .source(context.source.clone())
        .clock(Arc::clone(&context.clock))
        .renderer(NoBody)
        .forbidden_status(401)
        .roles_in_scope_challenge()
        .build()?)
}
