//! The answer for unknown paths.

use auth_core::{AnyRealm, decision};
use poem::error::NotFoundError;
use poem::{Endpoint, IntoResponse as _, Middleware, Request, Response, Result};

use crate::auth::Refusal;
use crate::head::head;

/// Answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// As a middleware it does so in place of poem's own [`NotFoundError`], that of nested routers and of poem-openapi's
/// services too. It is also an endpoint, for the paths that no other route of one router has.
///
/// ```
/// use auth_poem::{AuthMiddleware, Realm, not_found};
/// use poem::{EndpointExt as _, Route};
/// # use auth_core::credential::BearerToken;
/// # struct Tokens;
/// # impl auth_core::Verifier<BearerToken> for Tokens {
/// #     type Value = ();
/// #     async fn verify(&self, _: BearerToken, _: auth_core::Attempt) -> Result<auth_core::Verified<()>, auth_core::VerifyError> {
/// #         Err(auth_core::VerifyError::refused(auth_core::Reason::UNKNOWN_CREDENTIAL))
/// #     }
/// # }
///
/// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
/// let app = Route::new().with(not_found(&realm)).with(AuthMiddleware::new(realm.clone()));
///
/// let endpoint = Route::new().at("/*path", not_found(&realm));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[must_use]
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> NotFound {
    NotFound(realm.as_ref().clone())
}

/// The endpoint and middleware that [`not_found`] makes.
#[derive(Clone, Debug)]
pub struct NotFound(AnyRealm);

impl Endpoint for NotFound {
    type Output = Refusal;

    async fn call(&self, request: Request) -> Result<Refusal> {
        Err(Refusal::from(decision::not_found(&self.0, &head(&request))).into())
    }
}

impl<E: Endpoint> Middleware<E> for NotFound {
    type Output = OrNotFound<E>;

    fn transform(&self, inner: E) -> OrNotFound<E> {
        OrNotFound { inner, realm: self.0.clone() }
    }
}

/// The endpoint that [`NotFound`] makes of another.
#[derive(Debug)]
pub struct OrNotFound<E> {
    inner: E,
    realm: AnyRealm,
}

impl<E: Endpoint> Endpoint for OrNotFound<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let not_found = decision::not_found_later(&self.realm, &head(&request));
        match self.inner.call(request).await {
            Ok(answer) => Ok(answer.into_response()),
            Err(error) if error.is::<NotFoundError>() => Err(Refusal::from(not_found()).into()),
            Err(error) => Err(error),
        }
    }
}
