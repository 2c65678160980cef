//! What somebody presents who signs in.

use std::fmt;

use auth_core::credential::Password;

/// A name, a password and perhaps a code.
///
/// # Examples
///
/// ```
/// use auth_issuer::SignInRequest;
///
/// let request = SignInRequest::new("alice@example.com", "correct horse").with_code("123456");
/// assert_eq!(format!("{request:?}"), "SignInRequest { has_login: true, has_code: true, .. }");
/// ```
#[derive(Clone)]
pub struct SignInRequest {
    pub(super) login: Option<String>,
    pub(super) password: Password,
    pub(super) code: Option<String>,
}

impl SignInRequest {
    /// A name and a password, as they were received.
    #[must_use]
    pub fn new(login: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { login: Some(login.into()), password: password.into(), code: None }
    }

    /// A password alone, for a service with [one account](super::SignIn::for_one_account).
    #[must_use]
    pub fn password_only(password: impl Into<Password>) -> Self {
        Self { login: None, password: password.into(), code: None }
    }

    /// Adds a code of the second factor, or a recovery code. An empty one is a wrong one: leave it out where an empty
    /// field means none.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

impl fmt::Debug for SignInRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInRequest")
            .field("has_login", &self.login.is_some())
            .field("has_code", &self.code.is_some())
            .finish_non_exhaustive()
    }
}
