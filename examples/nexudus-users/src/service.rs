//! What the handlers work with, and the realms that decide who reaches them.

use std::sync::Arc;
use std::time::Duration;

use auth_axum::credential::{BearerToken, OpaqueToken};
use auth_axum::jwt::JwtAlgorithm;
use auth_axum::{Basic, Bearer, ConfigError, Realm, Renderer, Verifier};
use auth_issuer::SignIn;
use auth_issuer::http::Arrival;
use auth_issuer::passwords::{PasswordPolicy, PasswordReset, Passwords, PlainPasswordMails};
use auth_issuer::sessions::{Sessions, SetCookie};
use auth_issuer::stores::AnyStore;
use auth_issuer::tokens::{AccountTokens, LiveTokens, OneTimeTokens, TokenIssuer};
use systems::nexudus::token::{TokenEndpoint, TokenRules};
use systems::{Context, StartError};

use crate::answer::Enveloped;
use crate::credentials::{Member, SessionCookie, Staff};
use crate::humane::Bare;

/// What the tokens of members are for: as vendor's samples say.
const AUDIENCE: &str = "https://spaces.nexudus.com";

/// The claims that every token of a member has, beyond those that are always asked for.
const CLAIMS: [&str; 5] = ["sub", "email", "nbf", "iat", "purpose"];

/// Where mailed links lead.
const NEW_PASSWORD: &str = "en/user/newPassword";

/// The services of this server.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) store: AnyStore,
    pub(crate) arrival: Arrival,
    pub(crate) sign_in: SignIn<AnyStore>,
    /// Issues the tokens of members.
    pub(crate) members: TokenIssuer,
    pub(crate) links: OneTimeTokens<AnyStore, AnyStore>,
    pub(crate) sessions: Sessions<AnyStore, AnyStore>,
    pub(crate) cookie: SetCookie,
    pub(crate) resets: PasswordReset<AnyStore, AnyStore>,
    /// `POST /api/token`, for REST credentials.
    pub(crate) rest: TokenEndpoint,
    /// The origin of the pages.
    pub(crate) origin: String,
    /// Whether it is said that an address is unknown.
    pub(crate) reveals_unknown: bool,
    /// Whether a token that has signed its owner in is dead for everything.
    pub(crate) login_ends_bearer: bool,
}

/// Who believes whom where.
pub(crate) struct Realms {
    /// REST credentials.
    pub(crate) rest: Realm<Staff>,
    /// Tokens of members, with envelopes.
    pub(crate) api: Realm<Member>,
    /// Tokens and sessions of members, for the pages.
    pub(crate) pages: Realm<Member>,
}

impl Portal {
    /// Puts the services together, and the realms.
    pub(crate) fn build(context: &Context) -> Result<(Arc<Self>, Realms), StartError> {
        let store = context.store.clone();
        let members = TokenIssuer::builder(context.keys.ring("user", JwtAlgorithm::Hs256)?)
            .issuer(context.name)
            .audience(AUDIENCE)
            .purpose("user")
            .lifetime(Duration::from_mins(30))
            .longest_lifetime(Duration::from_hours(24))
            .token_type("JWT")
            .without_id_of_only_key()
            .audit(context.audit.clone())
            .build()?;
        let live = LiveTokens::new(members.clone(), store.clone(), store.clone());
        let tokens = || -> Result<_, ConfigError> {
            let verifier = members.verifier().require_claims(CLAIMS).build()?;
            Ok(AccountTokens::with_verifier(verifier, live.clone()))
        };
        let policy = PasswordPolicy::default().with_lengths(8..=256)?.with_context_words(["nexudus"]);
        let mails = PlainPasswordMails::new("Nexudus", context.public_url.clone(), NEW_PASSWORD);
        let passwords = Passwords::new(store.clone(), context.pool.clone(), context.throttle.clone(), policy)
            .with_audit(context.audit.clone())
            .with_notices(context.mail.clone(), mails.clone());
        let resets =
            PasswordReset::new(store.clone(), passwords, context.throttle.clone(), context.mail.clone(), mails)
                .with_audit(context.audit.clone());
        let sessions = Sessions::new(store.clone(), store.clone()).with_audit(context.audit.clone());
        let origin = origin(context.public_url.as_str());
        let rest = TokenEndpoint::new(
            context,
            TokenRules {
                realm: "nexudus",
                purpose: "rest",
                ring: "rest",
                wrong_password: "The user name or password is incorrect.",
                admits: |_account| true,
            },
        )?;
        let realms = Realms {
            rest: staff(context, &rest)?,
            api: portal(context, Enveloped, tokens()?, sessions.clone(), &origin)?,
            pages: portal(context, Bare, tokens()?, sessions.clone(), &origin)?,
        };
        let links = OneTimeTokens::new(tokens()?);
        let settings = &context.options.settings;
        let portal = Self {
            store,
            arrival: context.arrival(),
            // One answer for whatever gets no token: closed accounts, and those with a second factor.
            sign_in: context.sign_in().show_only([]),
            members,
            links,
            sessions,
            cookie: SetCookie::of(&SessionCookie)?,
            resets,
            rest,
            origin,
            reveals_unknown: settings.get("reveal_unknown")?,
            login_ends_bearer: settings.get("login_ends_bearer")?,
        };
        Ok((Arc::new(portal), realms))
    }
}

/// A missing right is 401 here, as this API has it. A password that another site makes a browser send is 403 all the same.
fn staff(context: &Context, rest: &TokenEndpoint) -> Result<Realm<Staff>, StartError> {
    let bearer = Verifier::<BearerToken>::map(rest.tokens()?, |_, _| Staff);
    let realm = Realm::<Staff>::builder("nexudus")
        // What another process withdraws is refused from the next request on.
        .without_cache()
        .scheme(Bearer, bearer)
        .scheme(Basic, context.basic().map(|_, _| Staff))
        .forbidden_status(401)
        .roles_in_scope_challenge()
        .renderer(Enveloped)
        .source(context.source.clone())
        .clock(Arc::clone(&context.clock))
        .build()?;
    Ok(realm)
}

fn portal(
    context: &Context,
    renderer: impl Renderer,
    tokens: AccountTokens<AnyStore, AnyStore>,
    sessions: Sessions<AnyStore, AnyStore>,
    origin: &str,
) -> Result<Realm<Member>, ConfigError> {
    Realm::<Member>::builder("nexudus-portal")
        // What another process withdraws is refused from the next request on.
        .without_cache()
        .scheme(Bearer, Verifier::<BearerToken>::map(tokens, Member::by_token))
        .scheme(SessionCookie, Verifier::<OpaqueToken>::map(sessions, Member::by_session))
        .trusted_origin(origin)
        .renderer(renderer)
        .source(context.source.clone())
        .clock(Arc::clone(&context.clock))
        .build()
}

/// The origin of an address (RFC 6454 §4), which is in its canonical form already.
fn origin(address: &str) -> String {
    let after_scheme = address.find("://").map_or(0, |at| at.saturating_add(3));
    let (scheme, rest) = address.split_at_checked(after_scheme).unwrap_or(("", address));
    format!("{scheme}{}", rest.split('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://127.0.0.1:8003/"), "http://127.0.0.1:8003");
        assert_eq!(origin("https://portal.example/app/"), "https://portal.example");
    }
}
