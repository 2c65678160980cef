//! The cases.

/// What a request presents, and what the service knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// No authentication: an axum layer that leaves a shared value in the request, and an extractor that finds it. What a
    /// public route costs beyond it is this project's own.
    Idle,
    /// The same, with a second extractor that keeps the value: the least that an authenticated route can cost.
    IdleTwice,
    /// A public route.
    Public,
    /// A bearer token that was verified a moment ago.
    CachedBearer(&'static str),
    /// The same in a realm of three schemes, for a policy that accepts each of them and wants a scope.
    CachedBearerOfThree,
    /// One of [`Self::LIVE_TOKENS`] bearer tokens that were verified a moment ago.
    CachedBearerOfMany,
    /// An API key that was verified a moment ago.
    CachedApiKey,
    /// A name and password that were verified a moment ago.
    CachedBasic,
    /// A bearer token that is verified.
    FirstBearer(&'static str),
    /// No credential where one is wanted.
    RefusedWithout,
    /// A bearer token with a wrong signature.
    RefusedForged(&'static str),
}

impl Case {
    /// All cases.
    pub const ALL: [Self; 18] = [
        Self::Idle,
        Self::IdleTwice,
        Self::Public,
        Self::CachedBearer("HS256"),
        Self::CachedBearer("RS256"),
        Self::CachedBearer("ES256"),
        Self::CachedBearer("EdDSA"),
        Self::CachedBearerOfThree,
        Self::CachedBearerOfMany,
        Self::CachedApiKey,
        Self::CachedBasic,
        Self::FirstBearer("HS256"),
        Self::FirstBearer("RS256"),
        Self::FirstBearer("ES256"),
        Self::FirstBearer("EdDSA"),
        Self::RefusedWithout,
        Self::RefusedForged("HS256"),
        Self::RefusedForged("RS256"),
    ];

    /// How many tokens are live at once in [`Self::CachedBearerOfMany`].
    pub const LIVE_TOKENS: usize = 100_000;

    /// The name, for people and for the command line.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Idle => "no authentication: a layer and an extractor of axum".to_owned(),
            Self::IdleTwice => "no authentication: a layer and two extractors of axum".to_owned(),
            Self::Public => "public route".to_owned(),
            Self::CachedBearer(algorithm) => format!("{algorithm} token, cached"),
            Self::CachedBearerOfThree => "HS256 token, cached, one of three schemes, with a scope".to_owned(),
            Self::CachedBearerOfMany => "token, cached, one of 100,000".to_owned(),
            Self::CachedApiKey => "API key, cached".to_owned(),
            Self::CachedBasic => "Basic, cached".to_owned(),
            Self::FirstBearer(algorithm) => format!("{algorithm} token, first seen"),
            Self::RefusedWithout => "refused: no credential".to_owned(),
            Self::RefusedForged(algorithm) => format!("refused: forged {algorithm} token"),
        }
    }

    /// The case of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|case| case.name() == name)
    }

    /// Which token the case presents, if any.
    #[must_use]
    pub fn algorithm(self) -> Option<&'static str> {
        match self {
            Self::CachedBearer(algorithm) | Self::FirstBearer(algorithm) | Self::RefusedForged(algorithm) => {
                Some(algorithm)
            }
            Self::CachedBearerOfThree => Some("HS256"),
            _ => None,
        }
    }

    /// What the service answers.
    #[must_use]
    pub fn status(self) -> u16 {
        if matches!(self, Self::RefusedWithout | Self::RefusedForged(_)) { 401 } else { 200 }
    }
}
