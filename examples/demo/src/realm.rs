//! Where credentials travel, and who believes them.

use std::error::Error;
use std::time::Duration;

use auth_core::api_keys::ApiKeyVerifier;
use auth_core::jwt::JwtVerifier;
use auth_core::{ApiKeyIn, ClientSource, Principal, Realm};
use auth_issuer::{HashPool, PasswordVerifier, Throttle};

use crate::accounts;
use crate::config::Config;

/// Who issues the bearer tokens.
pub const ISSUER: &str = "https://issuer.example";
/// For whom they are: this service.
pub const AUDIENCE: &str = "demo-api";
/// The header of API keys.
pub const API_KEY_HEADER: &str = "X-API-TOKEN";

/// Who calls, whichever credential proved it.
#[derive(Clone, Debug, Principal)]
#[non_exhaustive]
pub struct User {
    /// The account, or whoever the token speaks of.
    #[principal(subject)]
    pub subject: String,
}

/// The realm of the whole service: bearer tokens, passwords and API keys.
///
/// # Errors
///
/// None while the configuration is one that was read from the environment.
pub fn build(config: &Config) -> Result<Realm<User>, Box<dyn Error>> {
    let tokens = JwtVerifier::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .key(config.jwt_key.clone())
        // Issuer and service have one clock here.
        .leeway(Duration::ZERO)
        .build()?;

    let pool = HashPool::default();
    // Whoever tries this service out gets passwords wrong on purpose; a real one leaves the limits on.
    let passwords = PasswordVerifier::new(accounts::accounts(&pool)?, pool).with_throttle(Throttle::off());

    let keys = ApiKeyVerifier::new(config.api_key_prefix.clone(), accounts::api_keys(&config.api_key)?);

    let realm = Realm::<User>::builder("demo")
        .bearer(tokens)
        .basic(passwords)
        .api_key(ApiKeyIn::header(API_KEY_HEADER), keys)
        // Passwords can be guessed, so guesses are counted by where they come from. No proxy is in front.
        .source(ClientSource::peer())
        .build()?;
    Ok(realm)
}
