//! How a request says who makes it: a signed token, an API token, or the cookie of the web console.

use auth_axum::{Facts, Scheme};
use auth_issuer::Account;
use auth_issuer::api_keys::{KeyMaker, KeyUse};
use auth_issuer::tokens::LiveToken;

/// The role that may do everything.
pub(crate) const ADMIN: &str = "admin";

/// The permission that includes all others.
pub(crate) const EVERYTHING: &str = "*";

/// `X-API-TOKEN: <uuid>_<random>`.
#[derive(Scheme)]
#[scheme(header = "X-API-TOKEN", name = "api_token", challenge = none)]
pub(crate) struct ApiToken;

/// The cookie that the sign-in sets, with the same token as in its answer: every process with the same keys believes it.
/// Its documented name has no `__Host-`.
#[derive(Scheme)]
#[scheme(cookie = "INFINI-SESSION-coco", with_insecure_cookie_name, name = "session_cookie", challenge = none)]
pub(crate) struct SessionCookie;

/// Who calls: an account, signed in or through one of its API tokens.
#[derive(Clone, Debug)]
pub struct Caller {
    account: Account,
    token: Option<KeyUse>,
}

impl Caller {
    /// An account that is signed in.
    pub(crate) fn signed_in(_: &Facts, token: LiveToken) -> Self {
        Self { account: token.account, token: None }
    }

    /// An account through an API token.
    pub(crate) fn by_api_token(_: &Facts, token: KeyUse) -> Self {
        Self { account: token.account.clone(), token: Some(token) }
    }

    /// The account as it is now.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Whether the caller has signed in, rather than shown an API token.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.token.is_none()
    }

    /// The caller as the maker of API tokens: none gets more than whoever makes it has at this moment.
    pub(crate) fn as_maker(&self, facts: &Facts) -> KeyMaker {
        KeyMaker::of(&self.account, facts, self.token.as_ref())
    }

    /// The API token in use.
    pub(crate) fn api_token(&self) -> Option<&KeyUse> {
        self.token.as_ref()
    }

    /// What the caller is permitted at this moment.
    pub(crate) fn permissions(&self, facts: &Facts) -> Vec<String> {
        if self.is_signed_in() && facts.has_role(ADMIN) {
            return vec![EVERYTHING.to_owned()];
        }
        facts.scopes.iter().map(String::from).collect()
    }
}

/// Whether an account has a permission now.
pub(crate) fn permits(account: &Account, permission: &str) -> bool {
    account.roles().iter().any(|role| role == ADMIN) || account.scopes().iter().any(|scope| scope == permission)
}
