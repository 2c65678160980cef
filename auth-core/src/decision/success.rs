//! What an answer that was let through says to caches.

use super::answer::vary;
use super::handle::{Handle, Outcome, Verdict};
use super::slot::Shared;
use crate::realm::AnyRealm;
use crate::scheme::{Carrier, Field};

/// The header fields that a layer adds to the answer of a handler that was let through.
///
/// An answer to a credential outside `Authorization` would otherwise be stored by shared caches, which know only
/// of that field (RFC 9111 §3.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuccessHeaders {
    is_private: bool,
    came_from_query: bool,
    /// One line for each policy that has one.
    vary: Vec<String>,
}

impl SuccessHeaders {
    /// The value of `Cache-Control` to write, given whether the handler has set one.
    #[must_use]
    pub fn cache_control(&self, is_set: bool) -> Option<&'static str> {
        match self {
            Self { came_from_query: true, .. } => Some("no-store"),
            Self { is_private: true, .. } if !is_set => Some("private"),
            _ => None,
        }
    }

    /// The value of `Referrer-Policy` to write.
    #[must_use]
    pub fn referrer_policy(&self) -> Option<&'static str> {
        self.came_from_query.then_some("no-referrer")
    }

    /// The lines of `Vary` to add to those that the handler has set.
    pub fn vary(&self) -> impl Iterator<Item = &str> {
        self.vary.iter().map(String::as_str)
    }

    /// The fields to write, given whether the handler has set `Cache-Control`.
    pub fn fields(&self, is_cache_control_set: bool) -> impl Iterator<Item = SuccessField<'_>> {
        let field = |name, value, is_added| SuccessField { name, value, is_added };
        [
            self.cache_control(is_cache_control_set).map(|value| field("cache-control", value, false)),
            self.referrer_policy().map(|value| field("referrer-policy", value, false)),
        ]
        .into_iter()
        .flatten()
        .chain(self.vary().map(move |value| field("vary", value, true)))
    }
}

/// A header field of an answer that was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuccessField<'a> {
    /// The name, in lower case.
    pub name: &'static str,
    /// The value.
    pub value: &'a str,
    /// Whether it is a further line beside those that the handler has set; otherwise it replaces them.
    pub is_added: bool,
}

/// What verdicts say to caches, as a set of bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said(u8);

impl Said {
    pub(super) const NOTHING: Self = Self(0);
    const PRIVATE: u8 = 1;
    const FROM_QUERY: u8 = 2;
    const VARIES: u8 = 4;

    /// Of a credential that travels like this. Caches know of `Authorization` by themselves.
    pub(crate) fn of(carrier: &Carrier) -> Self {
        Self(match carrier.field {
            Field::Authorization(_) => 0,
            Field::Query(_) => Self::PRIVATE | Self::FROM_QUERY,
            Field::Header { .. } | Field::Cookie { .. } => Self::PRIVATE,
        })
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }
}

impl Verdict {
    /// What [`SuccessHeaders`] say because of the verdict.
    pub(super) fn said(&self) -> Said {
        let Said(by_field) = match (&self.outcome, &self.realm) {
            (Outcome::Party { scheme, .. }, Some(realm)) => {
                realm.inner().schemes.get(*scheme).map_or(Said(Said::PRIVATE), |entry| entry.said)
            }
            _ => Said::NOTHING,
        };
        Said(by_field | if self.endpoint.policy.optional { Said::VARIES } else { 0 })
    }

    /// The line of `Vary`, if the policy has one.
    fn vary(&self) -> Option<String> {
        let policy = &self.endpoint.policy;
        let realm = self.realm.as_ref().map(AnyRealm::inner).filter(|_| policy.optional)?;
        Some(vary(realm, realm.accepted(policy).ok()?))
    }
}

impl Shared {
    pub(super) fn success_headers(&self) -> SuccessHeaders {
        let Said(said) = self.said();
        let mut headers = SuccessHeaders {
            is_private: said & Said::PRIVATE != 0,
            came_from_query: said & Said::FROM_QUERY != 0,
            vary: Vec::new(),
        };
        if said & Said::VARIES != 0 {
            for line in self.slot().verdicts().filter_map(Verdict::vary) {
                if !headers.vary.contains(&line) {
                    headers.vary.push(line);
                }
            }
        }
        headers
    }
}

impl Handle {
    /// What the verdicts of this request, all in its favour, say to caches. Refusals carry their own fields.
    #[must_use]
    pub fn success_headers(&self) -> SuccessHeaders {
        self.shared().outermost().success_headers()
    }
}
