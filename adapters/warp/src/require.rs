//! The guard that the attribute adds to a function, and the filter that yields it.

use auth_core::decision::begin;
use auth_core::{AnyRealm, EndpointPolicy};
use warp::{Filter, Rejection};

use crate::arrival::{Arrival, arrival};
use crate::auth::Refusal;

auth_core::__adapter_require!();

/// Decides by the policy `E`, and yields the proof that it has let the request pass.
///
/// `E` follows from the function behind it: `.and(require()).then(items)`. A request that may not pass is rejected
/// with a [`Refusal`], which [`recover`](crate::recover) answers.
#[must_use]
pub fn require<E: EndpointPolicy>() -> impl Filter<Extract = (Require<E>,), Error = Rejection> + Copy {
    arrival().and_then(|arrival| decide(&arrival))
}

/// The same with a further realm, inside of those that the layers have put around the routes.
pub fn require_in<E: EndpointPolicy, R: AsRef<AnyRealm>>(
    realm: &R,
) -> impl Filter<Extract = (Require<E>,), Error = Rejection> + Clone + use<E, R> {
    let realm = realm.as_ref().clone();
    arrival().and_then(move |mut arrival: Arrival| {
        arrival.handle = arrival.handle.map(|outer| outer.nested(realm.clone()));
        decide(&arrival)
    })
}

fn decide<E: EndpointPolicy>(arrival: &Arrival) -> impl Future<Output = Result<Require<E>, Rejection>> + Send + use<E> {
    let check = arrival.ask(|handle, head| begin(handle, head, E::ENDPOINT));
    async move {
        match check.await {
            Ok(_) => Ok(Require::decided()),
            Err(refusal) => Err(warp::reject::custom(Refusal::from(refusal))),
        }
    }
}
