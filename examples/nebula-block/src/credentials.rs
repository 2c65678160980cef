//! How a request says who makes it: `Authorization: Bearer` with a signed token, or with an API key. The prefix `ak_`
//! decides which of the two it is; neither is ever tried as the other.

use auth_axum::{Facts, PrincipalError, Scheme, Text};
use auth_issuer::Account;
use auth_issuer::api_keys::{KeyMaker, KeyUse};
use auth_issuer::tokens::LiveToken;

/// What an account is of which nothing else is said.
const GUEST: &str = "GUEST";

/// Who may see all users.
pub(crate) const ADMIN: &str = "ADMIN";

/// How API keys begin.
pub(crate) const KEY_PREFIX: &str = "ak_";

/// `Authorization: Bearer ak_..`.
#[derive(Scheme)]
#[scheme(bearer, prefix = "ak_")]
pub(crate) struct NebulaKey;

/// Who calls: an account, signed in or through one of its API keys.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    account: Account,
    key: Option<KeyUse>,
}

impl Caller {
    /// An account that is signed in. A token names it by id and by e-mail, and both have to be those that it has now.
    pub(crate) fn signed_in(_: &Facts, token: LiveToken) -> Result<Self, PrincipalError> {
        let email: String = token.claims.parse("sub").map_err(|_quotes_nothing| PrincipalError::new("no sub"))?;
        if email != token.account.login() {
            return Err(PrincipalError::new("the account has another name by now"));
        }
        Ok(Self { account: token.account, key: None })
    }

    /// An account through an API key.
    pub(crate) fn by_key(_: &Facts, key: KeyUse) -> Self {
        Self { account: key.account.clone(), key: Some(key) }
    }

    /// The account as it is now.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// The caller as the maker of API keys: what a key makes is deleted with it.
    pub(crate) fn as_maker(&self, facts: &Facts) -> KeyMaker {
        KeyMaker::of(&self.account, facts, self.key.as_ref())
    }
}

/// Roles as this system writes them: in upper case, and never none.
pub(crate) fn vendor_roles<S: AsRef<str>>(roles: &[S]) -> Vec<String> {
    if roles.is_empty() {
        return vec![GUEST.to_owned()];
    }
    roles.iter().map(|role| role.as_ref().to_ascii_uppercase()).collect()
}

/// The same for what policies read.
pub(crate) fn with_vendor_roles(mut facts: Facts) -> Facts {
    facts.roles = vendor_roles(&facts.roles).into_iter().map(Text::from).collect();
    facts
}
