//! Principals: the authenticated party, as a type of the application.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use crate::claims::{ClaimError, Claims};
use crate::facts::Facts;
use crate::text::Text;
use crate::verified::Verified;
use crate::verifier::VerifyError;

/// A type that stands for the authenticated party, made of facts and claims.
///
/// Usually derived:
///
/// ```
/// use auth_core::{Claims, Facts, Principal};
///
/// #[derive(Clone, Principal)]
/// struct User {
///     #[principal(subject)]
///     id: String,
///     #[principal(roles)]
///     roles: Vec<String>,
///     #[principal(claim = "email")]
///     email: Option<String>,
/// }
///
/// let facts = Facts::new("alice").with_roles(["admin"]);
/// let user = User::from_claims(&facts, &Claims::new().with("email", "a@example.com"))?;
/// assert_eq!((user.id.as_str(), user.email.as_deref()), ("alice", Some("a@example.com")));
/// assert!(User::from_claims(&facts, &Claims::new().with("email", 7)).is_err());
/// # Ok::<(), auth_core::PrincipalError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a principal",
    note = "derive it, `#[derive(Principal)]`, or give the verifier `.map(|facts, value| ..)` to make one"
)]
pub trait Principal: Sized + Send + Sync + 'static {
    /// Makes the principal.
    ///
    /// # Errors
    ///
    /// [`PrincipalError`] refuses the credential: the answer is 401.
    fn from_claims(facts: &Facts, claims: &Claims) -> Result<Self, PrincipalError>;
}

/// Why no principal could be made of what was verified. For the operator; it quotes no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalError(String);

impl PrincipalError {
    /// Says why; the text goes to the log, so it must not quote a secret.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for PrincipalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for PrincipalError {}

impl From<ClaimError> for PrincipalError {
    fn from(error: ClaimError) -> Self {
        Self(error.to_string())
    }
}

/// A type of field that can hold a fact of the type `F`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot hold this fact, which is `{F}`",
    label = "another type than the fact's",
    note = "write `{F}`, or a type with `impl From<{F}> for {Self}`"
)]
pub trait FromFact<F> {
    /// Makes the field's value.
    fn from_fact(fact: F) -> Self;
}

#[diagnostic::do_not_recommend]
impl<F, T: From<F>> FromFact<F> for T {
    fn from_fact(fact: F) -> Self {
        fact.into()
    }
}

/// A fact, or a part of one, as a principal gets it: principals may live longer than what they were made of, so their
/// texts share no memory with it.
#[doc(hidden)]
pub trait Fact {
    /// The fact with memory of its own.
    type Owned;

    /// Copies the fact.
    fn to_owned(&self) -> Self::Owned;
}

impl Fact for Text {
    type Owned = String;

    fn to_owned(&self) -> String {
        self.into()
    }
}

impl Fact for SystemTime {
    type Owned = Self;

    fn to_owned(&self) -> Self {
        *self
    }
}

impl<F: Fact> Fact for Option<F> {
    type Owned = Option<F::Owned>;

    fn to_owned(&self) -> Self::Owned {
        self.as_ref().map(F::to_owned)
    }
}

impl<F: Fact> Fact for Vec<F> {
    type Owned = Vec<F::Owned>;

    fn to_owned(&self) -> Self::Owned {
        self.iter().map(F::to_owned).collect()
    }
}

/// A field that is a fact. The derive calls it.
#[doc(hidden)]
pub fn from_fact<T: FromFact<F::Owned>, F: Fact>(fact: &F) -> T {
    T::from_fact(fact.to_owned())
}

/// A field that is read from a text, or why it cannot be. The derive calls it.
///
/// The error of `T` is dropped: it may quote the text.
#[doc(hidden)]
pub fn from_text<T: FromStr>(text: &str, why: &str) -> Result<T, PrincipalError> {
    text.parse().ok().ok_or_else(|| PrincipalError::new(why))
}

/// A verified value that can become the principal `P` of a realm.
///
/// Every value becomes a principal of its own type, and [`Claims`] become any [`Principal`]: that is why
/// `Realm::<User>::builder("api").bearer(jwt)` needs no `.map(..)` where `User` is derived.
#[diagnostic::on_unimplemented(
    message = "this verifier yields `{Self}`, the realm's principal is `{P}`",
    note = "add `.map(|facts, value| ..)` to the verifier, or derive `Principal` for `{P}` if the verifier yields `Claims`"
)]
pub trait IntoPrincipal<P>: Sized {
    /// Makes the principal.
    ///
    /// # Errors
    ///
    /// If no principal can be made of the value: the credential is refused.
    fn into_principal(verified: Verified<Self>) -> Result<Verified<P>, VerifyError>;
}

impl<P> IntoPrincipal<P> for P {
    fn into_principal(verified: Verified<P>) -> Result<Verified<P>, VerifyError> {
        Ok(verified)
    }
}

impl<P: Principal> IntoPrincipal<P> for Claims {
    fn into_principal(verified: Verified<Self>) -> Result<Verified<P>, VerifyError> {
        let principal = P::from_claims(verified.facts(), verified.value())?;
        Ok(verified.with_value(principal))
    }
}
