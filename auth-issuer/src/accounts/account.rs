//! One account.

use std::error::Error;
use std::fmt;

use auth_core::claims::is_scope_token;
use auth_core::{Claims, ConfigError, ConfigErrorKind, Facts};

use crate::hashing::PasswordHash;
use crate::login_key::{InvalidLogin, LoginKey};
use crate::scope::{self, MalformedScope};

/// Somebody who may sign in.
///
/// A new account is [active](AccountState::Active) and has no password, no second factor, no role and no scope.
///
/// # Examples
///
/// ```
/// use auth_issuer::{Account, HashParams, PasswordHash};
///
/// let hash = PasswordHash::create(b"correct horse battery staple", HashParams::default())?;
/// let alice = Account::new("7f3a", "Alice@Example.com")?
///     .with_password_hash(hash)
///     .with_roles(["user"])
///     .with_scopes(["items:read"])?;
/// assert_eq!(alice.login(), "Alice@Example.com");
/// assert_eq!(alice.login_key().as_str(), "alice@example.com");
/// assert!(Account::new("7f3b", "bob\n").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Account {
    id: String,
    login: String,
    login_key: LoginKey,
    password_hash: Option<PasswordHash>,
    state: AccountState,
    has_second_factor: bool,
    roles: Vec<String>,
    scopes: Vec<String>,
    attributes: Claims,
    epoch: u64,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountState {
    /// It may.
    #[default]
    Active,
    /// It may not; it is closed, or not open yet.
    Inactive,
    /// It needs a new password first.
    MustReset,
    /// It may not for now; an administrator has locked it.
    Suspended,
}

impl AccountState {
    /// The name in a column of a database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::MustReset => "must_reset",
            Self::Suspended => "suspended",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Inactive, Self::MustReset, Self::Suspended]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

impl Account {
    /// An account with the given id and name.
    ///
    /// The id is the subject of everything that is issued to the account. It never changes and is never given to
    /// another account; the name may change.
    ///
    /// # Errors
    ///
    /// [`AccountError`] if the id is empty or the name has no [login key](LoginKey).
    pub fn new(id: impl Into<String>, login: impl Into<String>) -> Result<Self, AccountError> {
        let (id, login) = (id.into(), login.into());
        if id.is_empty() {
            return Err(AccountError::new(AccountErrorKind::EmptyId));
        }
        Ok(Self {
            id,
            login_key: LoginKey::parse(&login)?,
            login,
            password_hash: None,
            state: AccountState::Active,
            has_second_factor: false,
            roles: Vec::new(),
            scopes: Vec::new(),
            attributes: Claims::new(),
            epoch: 0,
        })
    }

    /// Sets the password's hash.
    #[must_use]
    pub fn with_password_hash(mut self, hash: PasswordHash) -> Self {
        self.password_hash = Some(hash);
        self
    }

    /// Sets the state.
    #[must_use]
    pub fn with_state(mut self, state: AccountState) -> Self {
        self.state = state;
        self
    }

    /// Says whether the account has a second factor: then a password alone is not enough.
    #[must_use]
    pub fn with_second_factor(mut self, has_second_factor: bool) -> Self {
        self.has_second_factor = has_second_factor;
        self
    }

    /// Adds roles.
    #[must_use]
    pub fn with_roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.roles.extend(roles.into_iter().map(Into::into));
        self
    }

    /// Adds scopes.
    ///
    /// # Errors
    ///
    /// [`AccountError`] if one of them is [none](auth_core::claims::is_scope_token): two with a space between them, for
    /// example, of which a token would make two.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Result<Self, AccountError> {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        scope::check(&scopes)?;
        self.scopes.extend(scopes);
        Ok(self)
    }

    /// Sets the attributes, of which a principal can be made.
    #[must_use]
    pub fn with_attributes(mut self, attributes: Claims) -> Self {
        self.attributes = attributes;
        self
    }

    /// Sets the epoch, as a store has read it.
    #[must_use]
    pub fn with_epoch(mut self, epoch: u64) -> Self {
        self.epoch = epoch;
        self
    }

    /// The subject; unique, and never given to another account.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name as its owner wrote it; mail goes there, whatever a request writes.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// The name as it is compared; unique.
    #[must_use]
    pub fn login_key(&self) -> &LoginKey {
        &self.login_key
    }

    /// The password's hash; `None` if the account has no password.
    #[must_use]
    pub fn password_hash(&self) -> Option<&PasswordHash> {
        self.password_hash.as_ref()
    }

    /// Whether the account may be used.
    #[must_use]
    pub fn state(&self) -> AccountState {
        self.state
    }

    /// Whether a password alone is not enough.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.has_second_factor
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// The scopes, each of which [is one](auth_core::claims::is_scope_token).
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The attributes.
    #[must_use]
    pub fn attributes(&self) -> &Claims {
        &self.attributes
    }

    /// How often everything issued to the account was made void: at each change of password, factors or state.
    /// What is issued carries the epoch that was read together with the password's hash, and holds while the two
    /// are equal.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether the right password alone proves who it is.
    #[must_use]
    pub fn admits_password_alone(&self) -> bool {
        self.state == AccountState::Active && !self.has_second_factor && self.password_hash.is_some()
    }

    pub(crate) fn set_password_hash(&mut self, hash: PasswordHash) {
        self.password_hash = Some(hash);
    }

    pub(crate) fn set_login(&mut self, login: &str, key: LoginKey) {
        login.clone_into(&mut self.login);
        self.login_key = key;
    }

    pub(crate) fn set_permissions(&mut self, roles: Vec<String>, scopes: Vec<String>) -> Result<(), MalformedScope> {
        scope::check(&scopes)?;
        self.roles = roles;
        self.scopes = scopes;
        Ok(())
    }

    /// The account as a credential shows it: with the roles and scopes of these facts.
    pub(crate) fn limited_to(&self, facts: &Facts) -> Self {
        let scopes = facts.scopes.iter().filter(|scope| is_scope_token(scope)).map(ToString::to_string).collect();
        Self { roles: facts.roles.iter().map(ToString::to_string).collect(), scopes, ..self.clone() }
    }

    pub(crate) fn set_second_factor(&mut self, has_second_factor: bool) {
        self.has_second_factor = has_second_factor;
    }

    /// Sets the state, raises the epoch and returns it.
    pub(crate) fn change_state(&mut self, state: AccountState) -> u64 {
        self.state = state;
        self.epoch = self.epoch.saturating_add(1);
        self.epoch
    }
}

/// Shows nothing personal.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// An account that cannot be made or stored. Quotes nothing of it but a scope that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountError {
    kind: AccountErrorKind,
    scope: Option<String>,
}

/// What is wrong with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountErrorKind {
    /// Another account has the id.
    DuplicateId,
    /// Another account has the name, or one with the same login key.
    DuplicateLogin,
    /// The id is empty.
    EmptyId,
    /// The name has no login key.
    Login(InvalidLogin),
    /// What was to be a scope is none.
    Scope,
}

impl AccountError {
    pub(super) fn new(kind: AccountErrorKind) -> Self {
        Self { kind, scope: None }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> AccountErrorKind {
        self.kind
    }
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            AccountErrorKind::DuplicateId => f.write_str("another account has this id"),
            AccountErrorKind::DuplicateLogin => f.write_str("another account has this name"),
            AccountErrorKind::EmptyId => f.write_str("the id of the account is empty"),
            AccountErrorKind::Login(error) => fmt::Display::fmt(&error, f),
            AccountErrorKind::Scope => f.write_str(self.scope.as_deref().unwrap_or("a scope of the account is none")),
        }
    }
}

impl Error for AccountError {}

impl From<InvalidLogin> for AccountError {
    fn from(error: InvalidLogin) -> Self {
        Self::new(AccountErrorKind::Login(error))
    }
}

impl From<MalformedScope> for AccountError {
    fn from(error: MalformedScope) -> Self {
        Self { kind: AccountErrorKind::Scope, scope: Some(error.to_string()) }
    }
}

/// For accounts that a program makes when it starts.
impl From<AccountError> for ConfigError {
    fn from(error: AccountError) -> Self {
        Self::new(ConfigErrorKind::Account, error.to_string()).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::HashParams;

    fn alice() -> Account {
        let tiny = HashParams::new_insecure(8, 1, 1).expect("possible");
        Account::new("1", "alice")
            .expect("good")
            .with_password_hash(PasswordHash::create(b"secret", tiny).expect("a hash"))
    }

    #[test]
    fn password_alone_is_enough_only_for_an_active_account_with_one_factor() {
        assert!(alice().admits_password_alone());
        assert!(!Account::new("1", "alice").expect("good").admits_password_alone(), "no password");
        assert!(!alice().with_second_factor(true).admits_password_alone());
        for state in [AccountState::Inactive, AccountState::MustReset, AccountState::Suspended] {
            assert!(!alice().with_state(state).admits_password_alone(), "{state:?}");
        }
    }

    #[test]
    fn refuses_an_empty_id_and_a_bad_name() {
        assert_eq!(Account::new("", "alice").expect_err("no id").kind(), AccountErrorKind::EmptyId);
        assert!(matches!(Account::new("1", "").expect_err("no name").kind(), AccountErrorKind::Login(_)));
    }

    #[test]
    fn refuses_two_scopes_in_one_text() {
        let error = alice().with_scopes(["read", "items:read items:write"]).expect_err("two in one");
        assert_eq!(error.kind(), AccountErrorKind::Scope);
        assert!(error.to_string().contains("`items:read items:write` is not a scope; use "), "{error}");
        let mut alice = alice().with_scopes(["read", "write"]).expect("good");
        assert!(alice.set_permissions(Vec::new(), vec!["a b".to_owned()]).is_err());
        assert_eq!(alice.scopes(), ["read", "write"]);
    }

    #[test]
    fn prints_nothing_personal() {
        let shown = format!("{:?}", alice().with_attributes(Claims::new().with("email", "a@example.com")));
        assert_eq!(shown, r#"Account { id: "1", state: Active, .. }"#);
    }
}
