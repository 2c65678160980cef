//! How a request says who makes it, and who that is.

use auth_axum::{Facts, Scheme};
use auth_issuer::Account;
use auth_issuer::sessions::{LiveSession, SessionRecord};
use auth_issuer::tokens::LiveToken;

/// The role that may do everything.
const ADMIN: &str = "admin";

/// The cookie that the sign-in by a link sets.
#[derive(Scheme)]
#[scheme(cookie = "__Host-nx_session", name = "session", challenge = none)]
pub(crate) struct SessionCookie;

/// A member: by a token, or signed in to the portal.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) account: Account,
    /// `None` for whoever shows a token.
    pub(crate) session: Option<SessionRecord>,
    /// Until when the token can be renewed by itself, in seconds since 1970; `None` for whoever has a session.
    pub(crate) renewable_until: Option<u64>,
}

/// Who calls with REST credentials.
#[derive(Clone, Debug)]
pub(crate) struct Staff;

impl Member {
    pub(crate) fn by_token(_: &Facts, token: LiveToken) -> Self {
        let renewable_until = token.claims.parse(crate::tokens::RENEWABLE_UNTIL).ok();
        Self { account: token.account, session: None, renewable_until }
    }

    pub(crate) fn by_session(_: &Facts, live: LiveSession) -> Self {
        Self { account: live.account, session: Some(live.session), renewable_until: None }
    }
}

/// A full administrator needs no role of its own for anything.
pub(crate) fn is_administrator(_: &Staff, facts: &Facts) -> bool {
    facts.has_role(ADMIN)
}
