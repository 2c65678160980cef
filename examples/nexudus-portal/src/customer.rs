//! Who calls: a customer of this location, by Bearer.

use std::sync::Arc;

use auth_axum::credential::BearerToken;
use auth_axum::{Realm, Verifier};
use auth_issuer::Account;
use systems::nexudus::NoBody;
use systems::nexudus::token::TokenEndpoint;
use systems::{Context, StartError};

/// The realm of every challenge.
pub(crate) const REALM: &str = "nexudus-portal";

/// A customer, as the store has them at this request.
#[derive(Clone, Debug)]
pub(crate) struct Customer(pub(crate) Account);

/// The realm of customers. A token ends with the registration of its owner.
pub(crate) fn realm(context: &Context, tokens: &TokenEndpoint) -> Result<Realm<Customer>, StartError> {
    let bearer = Verifier::<BearerToken>::map(tokens.tokens()?, |_facts, token| Customer(token.account));
    Ok(Realm::<Customer>::builder(REALM)
        // What another process withdraws is refused from the next request on.
        .without_cache()
        .bearer(bearer)
        .source(context.source.clone())
        .clock(Arc::clone(&context.clock))
        .renderer(NoBody)
        .build()?)
}
