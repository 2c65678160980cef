//! What a realm makes of a policy: worked out at the first request of each endpoint, since nothing of it depends on a
//! request.

use std::ptr;
use std::sync::OnceLock;

use super::{AnyRealm, Inner};
use crate::catalogue::Endpoint;
use crate::extract::Places;
use crate::policy::Requirement;
use crate::scheme::SchemeId;

/// How many plans a realm keeps. Those of endpoints that find their place taken are worked out for each request.
const KEPT: usize = 128;
/// Endpoints lie this far from each other where they lie side by side.
const SPACING: usize = size_of::<Endpoint>();

/// How requests to one endpoint are decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Where credentials may be.
    pub(crate) places: Places,
    /// Whether only a proof in this very request counts.
    pub(crate) wants_proof: bool,
}

/// Why the realm cannot decide an endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flaw {
    MissingScheme(SchemeId),
    /// A policy that accepts nothing has no challenge either.
    NoChallenge,
    OptionalRequirement,
}

impl Flaw {
    pub(crate) fn describe(self, realm: &AnyRealm) -> String {
        let name = realm.name();
        match self {
            Self::MissingScheme(missing) => {
                format!("realm {name:?} has no scheme `{missing}`, which the policy accepts")
            }
            Self::NoChallenge => format!("the policy accepts no scheme of realm {name:?} that has a challenge"),
            Self::OptionalRequirement => {
                "the policy is `optional` and has a requirement, which no guest meets".to_owned()
            }
        }
    }
}

/// The plans of a realm, each in the place that its endpoint's address says.
pub(crate) struct Plans(Box<[OnceLock<(&'static Endpoint, Plan)>]>);

impl Plans {
    pub(crate) fn new() -> Self {
        Self((0..KEPT).map(|_| OnceLock::new()).collect())
    }

    fn place(&self, endpoint: &'static Endpoint) -> Option<&OnceLock<(&'static Endpoint, Plan)>> {
        self.0.get(ptr::from_ref(endpoint).addr() / SPACING % KEPT)
    }
}

impl Inner {
    /// How the endpoint is decided, if that is known already.
    #[inline]
    pub(crate) fn plan(&self, endpoint: &'static Endpoint) -> Option<&Plan> {
        let (of, plan) = self.plans.place(endpoint)?.get()?;
        ptr::eq(*of, endpoint).then_some(plan)
    }

    /// How the endpoint is decided, worked out and kept, or why it cannot be.
    #[cold]
    pub(crate) fn keep_plan(&self, endpoint: &'static Endpoint) -> Result<Plan, Flaw> {
        let plan = self.make_plan(endpoint)?;
        // Another endpoint may have the place for good.
        let _ = self.plans.place(endpoint).map(|place| place.set((endpoint, plan)));
        Ok(plan)
    }

    fn make_plan(&self, endpoint: &'static Endpoint) -> Result<Plan, Flaw> {
        let policy = &endpoint.policy;
        let accepted = self.accepted(policy).map_err(Flaw::MissingScheme)?;
        if !self.can_ask_for(accepted) {
            return Err(Flaw::NoChallenge);
        }
        if policy.optional && !matches!(policy.requirement, Requirement::None) {
            return Err(Flaw::OptionalRequirement);
        }
        let wants_proof = policy.requirement.asks_for_freshness();
        Ok(Plan { places: Places::of(&self.schemes, accepted), wants_proof })
    }
}
