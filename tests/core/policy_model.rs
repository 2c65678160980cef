//! The policy evaluator against a model of a dozen lines.

use std::any::Any;

use auth_core::credential::{BearerRef, BearerToken};
use auth_core::policy::{Check, Name, Requirement, SchemeUse};
use auth_core::{Attempt, Bearer, Factor, Facts, Policy, Realm, Verified, Verifier, VerifyError};
use auth_tests::{decide, leak};
use auth_tower::HttpHead;
use proptest::prelude::*;

const SCOPES: [&str; 3] = ["a:read", "b:write", "c"];
const ROLES: [&str; 3] = ["admin", "user", "guest"];
const FACTORS: [&str; 2] = ["otp", "hwk"];

/// What a requirement says, in the model.
#[derive(Clone, Debug)]
enum Model {
    Scope(usize),
    Role(usize),
    Factor(usize),
    IsEven,
    All(Vec<Model>),
    Any(Vec<Model>),
    Not(Box<Model>),
}

/// What a party has, in the model: one bit for each name.
#[derive(Clone, Copy, Debug)]
struct Party {
    scopes: u8,
    roles: u8,
    factors: u8,
    number: u8,
}

fn has(bits: u8, at: usize) -> bool {
    bits & (1 << at) != 0
}

impl Model {
    fn holds(&self, party: Party) -> bool {
        match self {
            Self::Scope(at) => has(party.scopes, *at),
            Self::Role(at) => has(party.roles, *at),
            Self::Factor(at) => has(party.factors, *at),
            Self::IsEven => party.number.is_multiple_of(2),
            Self::All(parts) => parts.iter().all(|part| part.holds(party)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(party)),
            Self::Not(part) => !part.holds(party),
        }
    }

    /// The same requirement where scopes outside of any `not` are there.
    fn with_scopes_granted(&self) -> Self {
        let granted = |parts: &[Self]| parts.iter().map(Self::with_scopes_granted).collect();
        match self {
            Self::Scope(_) => Self::All(Vec::new()),
            Self::All(parts) => Self::All(granted(parts)),
            Self::Any(parts) => Self::Any(granted(parts)),
            other => other.clone(),
        }
    }

    fn scopes(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = match self {
            Self::Scope(at) => vec![SCOPES[*at]],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::scopes).collect(),
            _ => Vec::new(),
        };
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    fn requirement(&self) -> Requirement {
        let list = |parts: &[Self]| -> &'static [Requirement] {
            leak(parts.iter().map(Self::requirement).collect::<Vec<_>>())
        };
        match self {
            Self::Scope(at) => Requirement::Scope(Name::Text(SCOPES[*at])),
            Self::Role(at) => Requirement::Role(Name::Text(ROLES[*at])),
            Self::Factor(at) => Requirement::Factor { method: FACTORS[*at], within: None },
            Self::IsEven => Requirement::Check(Check::new("is_even", is_even)),
            Self::All(parts) => Requirement::All(list(parts)),
            Self::Any(parts) => Requirement::Any(list(parts)),
            Self::Not(part) => Requirement::Not(leak(part.requirement())),
        }
    }
}

fn is_even(principal: &dyn Any, _: &Facts) -> Option<bool> {
    principal.downcast_ref::<u8>().map(|number| number.is_multiple_of(2))
}

impl Party {
    fn facts(self) -> Facts {
        let names = |bits, names: &[&'static str]| -> Vec<&'static str> {
            names.iter().enumerate().filter(|(at, _)| has(bits, *at)).map(|(_, name)| *name).collect()
        };
        let facts = Facts::new("alice").with_scopes(names(self.scopes, &SCOPES)).with_roles(names(self.roles, &ROLES));
        names(self.factors, &FACTORS).into_iter().fold(facts, |facts, factor| facts.with_factor(Factor::new(factor)))
    }
}

/// Believes every token.
struct Believes(Party);

impl Verifier<BearerToken> for Believes {
    type Value = u8;

    fn try_verify(&self, _: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<u8>, VerifyError>> {
        Some(Ok(Verified::new(self.0.facts(), self.0.number)))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<u8>, VerifyError> {
        unreachable!("answers at once")
    }
}

fn model() -> impl Strategy<Value = Model> {
    let leaf = prop_oneof![
        (0..SCOPES.len()).prop_map(Model::Scope),
        (0..ROLES.len()).prop_map(Model::Role),
        (0..FACTORS.len()).prop_map(Model::Factor),
        Just(Model::IsEven),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Model::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Model::Any),
            inner.prop_map(|part| Model::Not(Box::new(part))),
        ]
    })
}

fn party() -> impl Strategy<Value = Party> {
    (0..8_u8, 0..8_u8, 0..4_u8, any::<u8>()).prop_map(|(scopes, roles, factors, number)| Party {
        scopes,
        roles,
        factors,
        number,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_request_passes_exactly_where_the_model_holds(model in model(), party in party()) {
        let realm = Realm::<u8>::builder("test").bearer(Believes(party)).build().unwrap().erase();
        let request = http::Request::get("/").header("authorization", "Bearer any").body(()).unwrap();
        let policy = Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(model.requirement());
        let decision = decide(&realm, &HttpHead::of_request(&request), policy);
        prop_assert_eq!(decision.is_ok(), model.holds(party));

        if let Err(refusal) = decision {
            let challenge = refusal.headers().find(|(name, _)| *name == "www-authenticate").map(|(_, value)| value.to_owned());
            let asked_for = format!(
                "Bearer realm=\"test\", error=\"insufficient_scope\", scope=\"{}\"",
                model.scopes().join(" ")
            );
            if model.with_scopes_granted().holds(party) {
                prop_assert_eq!((refusal.status(), challenge), (403, Some(asked_for)));
            } else {
                prop_assert_ne!(challenge, Some(asked_for));
                prop_assert!([401, 403].contains(&refusal.status()));
            }
        }
    }
}
