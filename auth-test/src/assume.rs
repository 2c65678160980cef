//! Proofs and principals out of thin air, to call a protected handler like any other function.

use auth_core::__private::{Assumable, TestKit};
use auth_core::Facts;

/// Makes up the proof `Require<E>` that a policy has let a request pass.
///
/// Implemented for the `Require` of every adapter:
///
/// ```
/// use auth_axum::requires_auth;
/// use auth_test::AssumeRequire as _;
///
/// #[requires_auth(bearer)]
/// async fn version() -> &'static str {
///     "1"
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(version(auth_axum::Require::assume()).await, "1");
/// # }
/// ```
pub trait AssumeRequire: Assumable<()> {
    /// The proof, as if the policy had been decided.
    #[must_use]
    fn assume() -> Self {
        Self::assumed((), TestKit::new())
    }
}

impl<R: Assumable<()>> AssumeRequire for R {}

/// Makes up the proof `Guarded<E, A>` that a policy has let a request pass, and the arguments in it.
///
/// Implemented for the `Guarded` of adapters whose frameworks extract the parameters of a handler side by side, so
/// that the attribute folds them into one. For `async fn rename(user: Auth<User>, name: Path<String>)` a test calls
/// `rename(Guarded::assume_args((Auth::assume(user), name)))`.
pub trait AssumeGuarded<A>: Assumable<A> {
    /// The proof with these arguments, as if the policy had been decided. No arguments are `()`.
    #[must_use]
    fn assume_args(args: A) -> Self {
        Self::assumed(args, TestKit::new())
    }
}

impl<A, G: Assumable<A>> AssumeGuarded<A> for G {}

/// Makes up the principal `Auth<P>` of a request.
///
/// Implemented for the `Auth` of every adapter. What `ensure` refuses is answered 403 without a challenge, since
/// no realm is known.
///
/// ```
/// use auth_axum::{Auth, Facts, Refusal, requires_auth};
/// use auth_test::{AssumeAuth as _, AssumeRequire as _};
///
/// #[derive(Debug)]
/// struct User {
///     id: u32,
/// }
///
/// #[requires_auth(bearer)]
/// async fn delete(user: Auth<User>) -> Result<&'static str, Refusal> {
///     user.ensure(user.id == 7)?;
///     user.ensure_scope("items:write")?;
///     Ok("deleted")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use auth_axum::Require;
///
/// let writer = || Facts::new("alice").with_scopes(["items:write"]);
/// assert_eq!(delete(Require::assume(), Auth::assume_with(writer(), User { id: 7 })).await.unwrap(), "deleted");
///
/// let stranger = delete(Require::assume(), Auth::assume_with(writer(), User { id: 8 })).await;
/// assert_eq!(stranger.unwrap_err().status(), 403);
/// let reader = delete(Require::assume(), Auth::assume(User { id: 7 })).await;
/// assert_eq!(reader.unwrap_err().status(), 403);
/// # }
/// ```
pub trait AssumeAuth<P>: Assumable<(Facts, P)> {
    /// The principal, with facts that name the subject `assumed` and permit nothing.
    #[must_use]
    fn assume(principal: P) -> Self {
        Self::assume_with(Facts::new("assumed"), principal)
    }

    /// The principal, with the facts that a verifier would have found out.
    #[must_use]
    fn assume_with(facts: Facts, principal: P) -> Self {
        Self::assumed((facts, principal), TestKit::new())
    }
}

impl<P, A: Assumable<(Facts, P)>> AssumeAuth<P> for A {}
