//! Several issuers in one realm.

use super::glance::Glance;
use super::memory::HeaderMemory;
use super::registered::Registered;
use super::token::{Compact, decoded_len};
use super::verifier::JwtVerifier;
use crate::cache::{Caching, Revocations};
use crate::claims::Claims;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::credential::{BearerRef, BearerToken};
use crate::verified::Verified;
use crate::verifier::{Attempt, Reason, Verifier, VerifyError};

/// Gives each token to the one verifier that accepts its issuer.
///
/// The issuer is read from the token before anything is verified; it only chooses who verifies. A key of one
/// issuer never vouches for another.
///
/// # Examples
///
/// ```
/// use auth_core::jwt::{JwtIssuers, JwtKey, JwtVerifier};
///
/// # let (mut one, mut two) = ([0; 32], [0; 32]);
/// # getrandom::fill(&mut one).unwrap();
/// # getrandom::fill(&mut two).unwrap();
/// let of = |issuer: &str, secret: &[u8]| {
///     JwtVerifier::builder().issuer(issuer).audience("api").key(JwtKey::hs256(secret)?).build()
/// };
/// let staff = of("https://staff.example", &one)?;
/// let customers = of("https://customers.example", &two)?;
/// let tokens = JwtIssuers::new(vec![staff, customers])?;
///
/// let twice = of("https://staff.example", &one)?;
/// let again = of("https://staff.example", &two)?;
/// assert!(JwtIssuers::new(vec![twice, again]).is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct JwtIssuers {
    verifiers: Vec<JwtVerifier>,
    revocations: Option<Revocations>,
    headers: HeaderMemory,
}

impl JwtIssuers {
    /// Joins verifiers.
    ///
    /// # Errors
    ///
    /// If there is none, one accepts any issuer, or two accept the same.
    pub fn new(verifiers: Vec<JwtVerifier>) -> Result<Self, ConfigError> {
        let complain = |text: String| Err(ConfigError::new(ConfigErrorKind::Issuer, text));
        if verifiers.is_empty() {
            return complain("there is no token verifier; add one for each issuer".to_owned());
        }
        let mut seen = Vec::new();
        for verifier in &verifiers {
            if verifier.issuers().is_empty() {
                return complain("a verifier of any issuer stands beside others; name its issuers".to_owned());
            }
            for issuer in verifier.issuers() {
                if seen.contains(&issuer) {
                    return complain(format!("two verifiers accept `{}`; join them to one", issuer.escape_default()));
                }
                seen.push(issuer);
            }
        }
        let each: Option<Vec<_>> = verifiers.iter().map(|verifier| verifier.revocations().cloned()).collect();
        // One cache has the tokens of all: what any of them withdraws has to leave it.
        let revocations = each.map(Revocations::joined);
        Ok(Self { verifiers, revocations, headers: HeaderMemory::default() })
    }

    /// Who withdraws tokens that were verified before, beside the verifiers' own; `None` if nothing is
    /// [cached](crate::cache), because one of the verifiers has [none](JwtVerifier::revocations).
    #[must_use]
    pub fn revocations(&self) -> Option<&Revocations> {
        self.revocations.as_ref()
    }

    /// The verifier that accepts the token's issuer, which the claims name. Nothing is believed yet.
    fn choose<'t>(&self, token: &Compact<'t>, registered: &mut Registered<'t>) -> Result<&JwtVerifier, Reason> {
        token.read(registered)?;
        let Some(Glance::Text(issuer)) = &registered.issuer else { return Err(Reason::ISSUER) };
        let accepts = |verifier: &&JwtVerifier| verifier.issuers().iter().any(|accepted| accepted == issuer);
        self.verifiers.iter().find(accepts).ok_or(Reason::ISSUER)
    }
}

impl Verifier<BearerToken> for JwtIssuers {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, attempt: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        self.headers.with_token(token.reveal_bytes(), |token| {
            let mut registered = Registered::default();
            match self.choose(token, &mut registered) {
                Ok(verifier) => verifier.try_check(token, &mut registered, attempt),
                Err(reason) => Some(Err(VerifyError::refused(reason))),
            }
        })
    }

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        let token = token.as_ref().reveal_bytes();
        let mut buffer = vec![0; decoded_len(token)];
        let token = Compact::parse(token, &mut buffer, None).map_err(VerifyError::refused)?;
        let mut registered = Registered::default();
        let verifier = self.choose(&token, &mut registered).map_err(VerifyError::refused)?;
        verifier.check(&token, &mut registered, &attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.revocations.clone().map(Caching::of_signed_tokens)
    }
}
