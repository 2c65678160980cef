//! The answer for unknown paths.

use auth_core::{AnyRealm, decision};
use warp::Filter;
use warp::reply::{Reply as _, Response};

use crate::arrival::{Arrival, arrival};
use crate::auth::Refusal;

/// A last filter that answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// It takes every request, so it stands behind [`recover`](crate::recover):
/// `routes.recover(recover).or(not_found(&realm))`.
pub fn not_found<R: AsRef<AnyRealm>>(
    realm: &R,
) -> impl Filter<Extract = (Response,), Error = std::convert::Infallible> + Clone + use<R> {
    let realm = realm.as_ref().clone();
    arrival().map(move |arrival: Arrival| {
        let refusal = arrival.ask(|_, head| decision::not_found(&realm, head));
        Refusal::from(refusal).into_response()
    })
}
