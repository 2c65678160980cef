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
///
/// # Examples
///
/// ```
/// use auth_warp::{Auth, AuthLayer, Principal, Realm, auth, recover, require_in, requires_auth};
/// use tower::{Layer as _, ServiceExt as _};
/// use warp::Filter as _;
/// # use auth_core::credential::BearerToken;
/// # use auth_core::{Attempt, Claims, Facts, Verified, Verifier, VerifyError};
/// # struct Tokens(&'static str);
/// # impl Verifier<BearerToken> for Tokens {
/// #     type Value = Claims;
/// #     async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
/// #         Ok(Verified::new(Facts::new(self.0), Claims::new()))
/// #     }
/// # }
///
/// #[derive(Clone, Principal)]
/// struct User {
///     #[principal(subject)]
///     id: String,
/// }
///
/// #[requires_auth(bearer, realm = "admin")]
/// async fn accounts(user: Auth<User>) -> String {
///     user.id.clone()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let public = Realm::<User>::builder("public").bearer(Tokens("somebody")).build()?;
/// let admin = Realm::<User>::builder("admin").bearer(Tokens("root")).build()?;
/// let routes = warp::path!("accounts").and(require_in(&admin)).and(auth()).then(accounts).recover(recover);
/// let service = AuthLayer::new(public).layer(warp::service(routes));
///
/// let request = http::Request::get("/accounts").header("authorization", "Bearer t");
/// let answer = service.oneshot(request.body(warp::reply::Response::default().into_body())?).await?;
/// assert_eq!(answer.status(), 200);
/// # Ok(())
/// # }
/// ```
pub fn require_in<E: EndpointPolicy, R: AsRef<AnyRealm>>(
    realm: &R,
) -> impl Filter<Extract = (Require<E>,), Error = Rejection> + Clone + use<E, R> {
    let realm = realm.as_ref().clone();
    arrival().and_then(move |mut arrival: Arrival| {
        arrival.handle = arrival.handle.map(|outer| outer.with_realm(realm.clone()));
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
