//! What an answer that was let through says to caches.

use super::answer::vary;
use super::handle::{Handle, Outcome, Verdict};
use super::slot::Shared;
use crate::realm::AnyRealm;
use crate::scheme::Field;

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
    fn add(&mut self, verdict: &Verdict) {
        let Some(realm) = verdict.realm.as_ref().map(AnyRealm::inner) else { return };
        if let Outcome::Party { scheme, .. } = &verdict.outcome {
            let field = realm.schemes.get(*scheme).map(|entry| &entry.carrier.field);
            self.is_private |= !matches!(field, Some(Field::Authorization(_)));
            self.came_from_query |= matches!(field, Some(Field::Query(_)));
        }
        let policy = &verdict.endpoint.policy;
        if let (true, Ok(accepted)) = (policy.optional, realm.accepted(policy)) {
            let line = vary(realm, accepted);
            if !self.vary.contains(&line) {
                self.vary.push(line);
            }
        }
    }

    /// The fields to write, given whether the handler has set `Cache-Control`.
    pub fn fields(&self, is_cache_control_set: bool) -> impl Iterator<Item = SuccessField<'_>> {
        let cache_control = match self {
            Self { came_from_query: true, .. } => Some("no-store"),
            Self { is_private: true, .. } if !is_cache_control_set => Some("private"),
            _ => None,
        };
        let referrer_policy = self.came_from_query.then_some("no-referrer");
        let field = |name, value, is_added| SuccessField { name, value, is_added };
        [
            cache_control.map(|value| field("cache-control", value, false)),
            referrer_policy.map(|value| field("referrer-policy", value, false)),
        ]
        .into_iter()
        .flatten()
        .chain(self.vary.iter().map(move |value| field("vary", value, true)))
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

impl Verdict {
    /// Whether [`SuccessHeaders`] say something because of the verdict.
    pub(super) fn informs_caches(&self) -> bool {
        let is_outside = match (&self.outcome, &self.realm) {
            (Outcome::Party { scheme, .. }, Some(realm)) => {
                let field = realm.inner().schemes.get(*scheme).map(|entry| &entry.carrier.field);
                !matches!(field, Some(Field::Authorization(_)))
            }
            _ => false,
        };
        is_outside || self.endpoint.policy.optional
    }
}

impl Shared {
    /// Nothing where no verdict has anything to say.
    pub(super) fn success_headers(&self) -> Option<SuccessHeaders> {
        self.informs_caches().then(|| {
            let mut headers = SuccessHeaders::default();
            self.slot().verdicts().for_each(|verdict| headers.add(verdict));
            headers
        })
    }
}

impl Handle {
    /// What the verdicts of this request, all in its favour, say to caches. Refusals carry their own fields.
    #[must_use]
    pub fn success_headers(&self) -> SuccessHeaders {
        self.shared().success_headers().unwrap_or_default()
    }
}
