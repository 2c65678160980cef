//! What the handlers work with, and the realm that decides who reaches them.

use std::sync::Arc;
use std::time::Duration;

use auth_axum::credential::{BearerToken, OpaqueToken};
use auth_axum::jwt::JwtAlgorithm;
use auth_axum::{Realm, Verifier};
use auth_issuer::SignIn;
use auth_issuer::api_keys::{ApiKeys, PrefixedSecret};
use auth_issuer::http::{Arrival, FieldsDecoder};
use auth_issuer::sign_in::Obstacle;
use auth_issuer::stores::AnyStore;
use auth_issuer::tokens::{AccountTokens, LiveTokens, TokenIssuer};
use systems::{Context, StartError};

use crate::credentials::{Caller, KEY_PREFIX, NebulaKey, with_vendor_roles};
use crate::envelope::NebulaEnvelope;

/// How long a token is good for. There is no refresh: its owner signs in again.
const TOKEN_LIFE: Duration = Duration::from_hours(2);

/// How many API keys an account may have.
pub(crate) const MAX_KEYS: u32 = 50;

/// The setting that lets forms hold JSON.
pub(crate) const LENIENT_JSON: &str = "lenient_json";

/// The services of this server.
#[derive(Debug)]
pub(crate) struct Nebula {
    pub(crate) arrival: Arrival,
    pub(crate) decoder: FieldsDecoder,
    pub(crate) sign_in: SignIn<AnyStore>,
    pub(crate) tokens: TokenIssuer,
    pub(crate) keys: ApiKeys<AnyStore, AnyStore>,
    pub(crate) accounts: AnyStore,
}

impl Nebula {
    /// Puts the services together, and the realm.
    pub(crate) fn build(context: &Context) -> Result<(Arc<Self>, Realm<Caller>), StartError> {
        let store = &context.store;
        let tokens = TokenIssuer::builder(context.keys.ring("access", JwtAlgorithm::Hs256)?)
            .issuer(context.name)
            .audience(context.name)
            .purpose("access")
            .lifetime(TOKEN_LIFE)
            // `sub` is the e-mail, as documented.
            .account_claim("uid")
            .without_id_of_only_key()
            .audit(context.audit.clone())
            .build()?;
        let keys = ApiKeys::new(store.clone(), store.clone(), PrefixedSecret::new(KEY_PREFIX)?)
            .with_limit(u64::from(MAX_KEYS))
            .with_roles_of_owner()
            .with_audit(context.audit.clone());
        let live = LiveTokens::new(tokens.clone(), store.clone(), store.clone());
        let by_token = Verifier::<BearerToken>::try_map(AccountTokens::new(live)?, Caller::signed_in);
        let by_key = Verifier::<OpaqueToken>::map(keys.clone(), Caller::by_key);
        let realm = Realm::<Caller>::builder("nebula-block")
            // What another process withdraws is refused from the next request on.
            .without_cache()
            .bearer(Verifier::<BearerToken>::map_facts(by_token, with_vendor_roles))
            .scheme(NebulaKey, Verifier::<OpaqueToken>::map_facts(by_key, with_vendor_roles))
            .roles_in_scope_challenge()
            .renderer(NebulaEnvelope)
            .source(context.source.clone())
            .clock(Arc::clone(&context.clock))
            .build()?;
        let decoder = FieldsDecoder::new().accept_forms().accept_json().without_type_as_form();
        let is_lenient = context.options.settings.get(LENIENT_JSON)?;
        let nebula = Self {
            arrival: context.arrival(),
            // The documented command lines send JSON with a comma too many, and call it a form.
            decoder: if is_lenient { decoder.with_json_in_forms() } else { decoder },
            // This system knows nothing of suspended accounts, second factors and resets: nobody signs in who has one.
            sign_in: context.sign_in().show_only([Obstacle::Inactive]),
            tokens,
            keys,
            accounts: store.clone(),
        };
        Ok((Arc::new(nebula), realm))
    }
}
