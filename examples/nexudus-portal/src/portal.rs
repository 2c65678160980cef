//! What the handlers share.

use auth_issuer::Account;
use auth_issuer::passwords::{PasswordPolicy, PasswordReset, Passwords};
use auth_issuer::stores::AnyStore;
use systems::accounts::{HERE, LOCATIONS};
use systems::nexudus::token::{TokenEndpoint, TokenRules};
use systems::{Context, StartError};

use crate::customer::REALM;
use crate::exchange::ExchangeTokens;
use crate::mails::PortalMails;

/// The portal of one location. Clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct Portal {
    pub(crate) context: Context,
    pub(crate) tokens: TokenEndpoint,
    pub(crate) resets: PasswordReset<AnyStore, AnyStore>,
    pub(crate) exchange: ExchangeTokens,
}

const RULES: TokenRules = TokenRules {
    realm: REALM,
    purpose: "access",
    ring: "access",
    wrong_password: "The email or password is incorrect.",
    admits: is_registered,
};

impl Portal {
    /// Puts the portal together.
    pub(crate) fn new(context: &Context) -> Result<Self, StartError> {
        let Context { store, pool, throttle, mail, audit, .. } = context;
        let policy = PasswordPolicy::default().with_lengths(8..=256)?;
        let passwords = Passwords::new(store.clone(), pool.clone(), throttle.clone(), policy)
            .with_notices(mail.clone(), PortalMails)
            .with_audit(audit.clone());
        let resets = PasswordReset::new(store.clone(), passwords, throttle.clone(), mail.clone(), PortalMails)
            .admit_only_if(is_registered)
            .with_audit(audit.clone());
        let (tokens, exchange) = (TokenEndpoint::new(context, RULES)?, ExchangeTokens::new(context)?);
        Ok(Self { context: context.clone(), tokens, resets, exchange })
    }
}

/// Whether a customer is registered with this location.
pub(crate) fn is_registered(account: &Account) -> bool {
    let locations = account.attributes().parse::<Vec<String>>(LOCATIONS);
    locations.is_ok_and(|locations| locations.iter().any(|location| location == HERE))
}
