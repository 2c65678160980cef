//! Who calls: a customer of this location, by Bearer.

use std::sync::Arc;

use auth_axum::credential::BearerToken;
use auth_axum::{PrincipalError, Realm, Verifier};
use auth_issuer::Account;
use systems::nexudus::NoBody;
use systems::nexudus::token::TokenEndpoint;
use systems::{Context, StartError};

use crate::portal::is_registered;

/// The realm of every challenge.
pub(crate) const REALM: &str = "nexudus-portal";

/// A customer, as the store has them at this request.
#[derive(Clone, Debug)]
pub(crate) struct Customer(pub(crate) Account);

/// The realm of customers. A token ends with the registration of its owner.
pub(crate) fn realm(context: &Context, tokens: &TokenEndpoint) -> Result<Realm<Customer>, StartError> {
    let bearer = Verifier::<BearerToken>::try_map(tokens.tokens()?, |_facts, token| {
        if is_registered(&token.account) {
            Ok(Customer(token.account))
        } else {
            Err(PrincipalError::new("the customer is not registered with this location"))
        }
    });
    Ok(Realm::<Customer>::builder(REALM)
        // What another process withdraws is refused from the next request on.
        .without_cache()
        .bearer(bearer)
        .source(context.source.clone())
        .clock(Arc::clone(&context.clock))
        .renderer(NoBody)
        .build()?)
}
