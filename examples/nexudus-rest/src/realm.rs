//! Who may call: Bearer or Basic, and refusals without a body.

use std::sync::Arc;

use auth_axum::credential::Credential;
use auth_axum::{Attempt, Body, Realm, RefusalView, Renderer, Verified, Verifier, VerifyError};
use auth_core::cache::Caching;
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

/// A verifier whose administrators have every role: the challenge names the one that is missing, and no other.
struct WithAdministrators<V>(V);

impl<C: Credential, V: Verifier<C>> Verifier<C> for WithAdministrators<V>
where
    V::Value: Clone,
{
    type Value = Caller;

    async fn verify(&self, credential: C, attempt: Attempt) -> Result<Verified<Caller>, VerifyError> {
        let (mut facts, _value) = self.0.verify(credential, attempt).await?.into_parts();
        if facts.has_role(ADMIN) {
            facts = facts.with_roles([COWORKER_LIST]);
        }
        Ok(Verified::new(facts, Caller))
    }

    fn caching(&self) -> Option<Caching> {
        self.0.caching()
    }
}

/// Refusals have no body.
#[derive(Debug)]
struct Empty;

impl Renderer for Empty {
    fn render(&self, _refusal: &RefusalView<'_>) -> Body {
        Body::new("", b"".as_slice())
    }
}

pub(crate) fn build(context: &Context, tokens: &TokenEndpoint) -> Result<Realm<Caller>, StartError> {
    Ok(Realm::<Caller>::builder(REALM)
        .bearer(WithAdministrators(tokens.tokens()?))
        .basic(WithAdministrators(context.basic()))
        .source(context.source.clone())
        .clock(Arc::clone(&context.clock))
        .renderer(Empty)
        .forbidden_status(401)
        .roles_in_scope_challenge()
        .build()?)
}
