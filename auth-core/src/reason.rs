//! The stable names of why requests are refused.

use std::fmt;

/// The stable name of why a request is refused, as `auth.reason` shows it to the operator.
///
/// It never reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason(&'static str);

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Reason {
            $($(#[$doc])* pub const $name: Self = Self($text);)*

            /// Every reason that this crate gives.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

reasons! {
    /// The request presents no credentials that the policy accepts.
    NO_CREDENTIALS = "no_credentials";
    /// Something stands in `Authorization`, or where an accepted scheme reads, but it is of no scheme that the policy
    /// accepts: another scheme's name, or a key, parameter or cookie with another prefix.
    OTHER_SCHEME = "other_scheme";
    /// Two values of one field, or two explicit methods.
    AMBIGUOUS = "ambiguous_credentials";
    /// Two cookies of one name: somebody else, such as a sibling host, may have planted one of them, so neither counts.
    DUPLICATE_COOKIE = "duplicate_cookie";
    /// The credential does not have the form of its kind.
    MALFORMED = "malformed";
    /// The credential is longer than 8 KiB.
    TOO_LONG = "too_long";
    /// The token or key is not known.
    UNKNOWN_CREDENTIAL = "unknown_credential";
    /// The key is not for this application.
    WRONG_PREFIX = "wrong_prefix";
    /// The user is unknown, or the password is wrong.
    WRONG_PASSWORD = "wrong_password";
    /// The account is right, but may not sign in this way.
    ACCOUNT_STATE = "account_state";
    /// The credential was withdrawn.
    REVOKED = "revoked";
    /// The credential was good once.
    EXPIRED = "expired";
    /// The credential is not good yet.
    NOT_YET_VALID = "not_yet_valid";
    /// The token's header cannot be read, or asks for something that is refused.
    TOKEN_HEADER = "token_header";
    /// The token's `typ` is not accepted.
    TOKEN_TYPE = "token_type";
    /// The token is bound to a key of its sender, and nothing shows that the sender has it.
    SENDER_CONSTRAINED = "sender_constrained";
    /// The token's algorithm is not the key's.
    ALGORITHM = "algorithm";
    /// No key has the token's `kid`.
    UNKNOWN_KEY = "unknown_key";
    /// The signature is wrong.
    SIGNATURE = "signature";
    /// The claims cannot be read, or one has a wrong type.
    CLAIMS = "claims";
    /// The token is from another issuer.
    ISSUER = "issuer";
    /// The token is for another audience.
    AUDIENCE = "audience";
    /// The principal could not be made of what was verified.
    PRINCIPAL = "principal";
    /// A cookie, or a password that a browser keeps, on a request that another site may have caused.
    CROSS_SITE = "cross_site";
    /// The request came over plain http, where the realm asks for https.
    PLAIN_HTTP = "plain_http";
    /// A scope is missing.
    MISSING_SCOPE = "missing_scope";
    /// A role is missing.
    MISSING_ROLE = "missing_role";
    /// A factor is missing or too old.
    MISSING_FACTOR = "missing_factor";
    /// A check of the policy said no.
    CHECK = "check";
    /// The handler's own check said no.
    OBJECT = "object";
    /// The caller guesses too fast.
    THROTTLED = "throttled";
    /// A store did not answer.
    STORE = "store_unavailable";
    /// A key server did not answer.
    KEY_SERVER = "key_server_unavailable";
    /// Too many password hashes are waiting.
    HASH_QUEUE = "hash_queue_full";
    /// The program is put together wrongly.
    MISCONFIGURED = "misconfigured";
    /// There is nothing at this address.
    NOT_FOUND = "not_found";
    /// A handler ran and no policy had been decided.
    UNDECIDED = "undecided";
}

impl Reason {
    /// A reason of a verifier outside this crate: lower case with underscores.
    #[must_use]
    pub const fn custom(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
