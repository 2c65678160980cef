//! What functions name: the principal and the refusal, and the filters of both.

use auth_core::decision::{current, current_party};
use warp::reject::Reject;
use warp::reply::{Reply, Response};
use warp::{Filter, Rejection};

use crate::arrival::arrival;

auth_core::__adapter_types!();

/// Yields the principal of a request that [`require`](crate::require()) has let through, or that the realm's default
/// policy lets through now.
///
/// It rejects with a [`Refusal`] of 500 if there is no policy, the policy is `optional`, or the realm's principal is of
/// another type; and with what a default policy refuses.
#[must_use]
pub fn auth<P: Send + Sync + 'static>() -> impl Filter<Extract = (Auth<P>,), Error = Rejection> + Copy {
    arrival().and_then(|arrival: crate::arrival::Arrival| {
        let party = arrival.ask(|handle, head| current_party(handle, head));
        async move { party.await.map(Auth).map_err(|refusal| warp::reject::custom(Refusal(refusal))) }
    })
}

/// Yields the principal of a request whose policy is `optional`: `None` is a guest.
///
/// It rejects with a [`Refusal`] of 500 if there is no policy or the realm's principal is of another type, and with
/// what a default policy refuses.
#[must_use]
pub fn guest<P: Send + Sync + 'static>() -> impl Filter<Extract = (Option<Auth<P>>,), Error = Rejection> + Copy {
    arrival().and_then(|arrival: crate::arrival::Arrival| {
        let current = arrival.ask(|handle, head| current(handle, head));
        async move {
            let party = current.await.map_err(|refusal| warp::reject::custom(Refusal(refusal)))?;
            Ok::<_, Rejection>(party.map(Auth))
        }
    })
}

/// Turns refusals into responses, for [`Filter::recover`]; other rejections stay what they are.
///
/// # Errors
///
/// The rejection, if no policy has refused the request.
pub async fn recover(rejection: Rejection) -> Result<Response, Rejection> {
    match rejection.find::<Refusal>() {
        Some(refusal) => Ok(refusal.clone().into_response()),
        None => Err(rejection),
    }
}

impl Reject for Refusal {}

/// For functions that answer a refusal themselves: `Result<impl Reply, Refusal>` is a reply.
impl Reply for Refusal {
    fn into_response(self) -> Response {
        auth_tower::render(self.0)
    }
}

/// For functions in request mode, which return what the tower entry point makes.
impl From<auth_tower::Refusal> for Refusal {
    fn from(refusal: auth_tower::Refusal) -> Self {
        Self(refusal.into_inner())
    }
}
