//! Policies: constant data that says who may pass.
//!
//! The attribute macros write them; the core evaluates them. Schemes are alternatives, requirements are one
//! expression. Nothing here runs code of the application but [`Requirement::Check`].

use std::any::Any;
use std::fmt;
use std::time::Duration;

use crate::catalogue::Endpoint;
use crate::challenge::ChallengeForm;
use crate::facts::Facts;
use crate::scheme::{Scheme, SchemeId};

/// Who may pass, as constant data.
#[derive(Debug)]
#[non_exhaustive]
pub struct Policy {
    /// Which schemes are accepted.
    pub schemes: Schemes,
    /// What has to hold of an authenticated party.
    pub requirement: Requirement,
    /// Whether a request without any credentials passes as a guest.
    pub optional: bool,
    /// Whether a caller who may not pass is told that there is nothing.
    pub hide: bool,
    /// The realm that decides; the innermost one if not named.
    pub realm: Option<&'static str>,
    /// Why everybody may pass; such a policy decides nothing.
    pub public: Option<&'static str>,
}

/// The schemes that a policy accepts.
#[derive(Debug)]
#[non_exhaustive]
pub enum Schemes {
    /// Every scheme of the realm, but those that have to be named.
    Any,
    /// These, in order.
    Listed(&'static [SchemeUse]),
}

/// One scheme of a policy.
#[derive(Clone, Copy, Debug)]
pub struct SchemeUse {
    id: SchemeId,
    can_be_asked_for: bool,
    is_guessable: bool,
}

impl SchemeUse {
    /// Accepts the scheme `S`.
    #[must_use]
    pub const fn of<S: Scheme>() -> Self {
        Self {
            id: SchemeId::of::<S>(),
            can_be_asked_for: !matches!(S::CHALLENGE, ChallengeForm::None),
            is_guessable: S::GUESSABLE,
        }
    }

    /// Which scheme it is.
    #[must_use]
    pub const fn id(&self) -> SchemeId {
        self.id
    }

    /// Whether people choose the scheme's secrets, so that guessing pays.
    pub(crate) const fn is_guessable(&self) -> bool {
        self.is_guessable
    }
}

/// What has to hold of an authenticated party.
#[expect(clippy::exhaustive_enums, reason = "macro output names every variant")]
pub enum Requirement {
    /// Nothing more.
    None,
    /// A scope is held.
    Scope(Name),
    /// A role is held.
    Role(Name),
    /// A factor was used, not longer ago than `within`.
    Factor {
        /// The method's name (RFC 8176).
        method: &'static str,
        /// The oldest proof that counts.
        within: Option<Duration>,
    },
    /// A function of the application says yes.
    Check(Check),
    /// All of them hold; an empty list holds.
    All(&'static [Requirement]),
    /// One of them holds; an empty list does not.
    Any(&'static [Requirement]),
    /// It does not hold.
    Not(&'static Requirement),
}

impl Requirement {
    /// Whether it depends on how long ago a factor was used.
    ///
    /// A party that proves itself at each request, by a password, has used it now. Who is remembered from an earlier
    /// request has not, so such a policy asks the verifier.
    pub(crate) const fn asks_for_freshness(&self) -> bool {
        match self {
            Self::Factor { within, .. } => within.is_some(),
            Self::All(list) | Self::Any(list) => {
                let mut rest: &[Self] = list;
                while let [first, more @ ..] = rest {
                    if first.asks_for_freshness() {
                        return true;
                    }
                    rest = more;
                }
                false
            }
            Self::Not(inner) => inner.asks_for_freshness(),
            Self::None | Self::Scope(_) | Self::Role(_) | Self::Check(_) => false,
        }
    }
}

/// The name of a scope or role: a text, or a constant that the compiler has seen.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "macro output names every variant")]
pub enum Name {
    /// As written in the attribute.
    Text(&'static str),
    /// From a constant or an enum variant.
    Path(fn() -> &'static str),
}

impl Name {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Text(text) => text,
            Self::Path(name) => name(),
        }
    }
}

/// A constant that names a scope or role: `&'static str`, or a type that turns into it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no scope or role",
    label = "this is not a name",
    note = "a name is a `&'static str`, or of a type with `impl From<{Self}> for &'static str`"
)]
pub trait StaticName {
    /// The name itself.
    fn name(self) -> &'static str;
}

#[diagnostic::do_not_recommend]
impl<T: Into<&'static str>> StaticName for T {
    fn name(self) -> &'static str {
        self.into()
    }
}

/// The name that a constant stands for. The attribute macros call it.
#[doc(hidden)]
pub fn static_name<N: StaticName>(name: N) -> &'static str {
    name.name()
}

/// A function of the application that says whether a party may pass.
///
/// It is synchronous and pure: it may be asked more than once for a request.
#[derive(Clone, Copy)]
pub struct Check {
    name: &'static str,
    call: fn(&dyn Any, &Facts) -> Option<bool>,
}

impl Check {
    /// A check by name; `call` answers `None` if the principal is of another type.
    #[must_use]
    pub const fn new(name: &'static str, call: fn(&dyn Any, &Facts) -> Option<bool>) -> Self {
        Self { name, call }
    }

    /// The function's path, as written.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn ask(&self, principal: &dyn Any, facts: &Facts) -> Option<bool> {
        (self.call)(principal, facts)
    }
}

impl Policy {
    /// Everybody may pass, on purpose.
    #[must_use]
    pub const fn public(reason: &'static str) -> Self {
        Self { public: Some(reason), ..Self::new(Schemes::Listed(&[])) }
    }

    /// One of `schemes` has to prove who asks.
    #[must_use]
    pub const fn new(schemes: Schemes) -> Self {
        Self { schemes, requirement: Requirement::None, optional: false, hide: false, realm: None, public: None }
    }

    /// One of the listed schemes has to prove who asks.
    ///
    /// # Panics
    ///
    /// When the constant is evaluated, so while compiling: if the list is empty or no scheme in it can be asked
    /// for. A 401 without a challenge would be against RFC 9110 §15.5.2.
    #[must_use]
    pub const fn listed(schemes: &'static [SchemeUse]) -> Self {
        let mut can_be_asked_for = false;
        let mut rest = schemes;
        while let [first, others @ ..] = rest {
            can_be_asked_for |= first.can_be_asked_for;
            rest = others;
        }
        assert!(can_be_asked_for, "no scheme of this policy has a challenge; add one that has, like `bearer`");
        Self::new(Schemes::Listed(schemes))
    }

    /// The same policy with a requirement.
    ///
    /// # Panics
    ///
    /// When the constant is evaluated, so while compiling: if the policy is [`optional`](Self::optional). No guest
    /// meets a requirement.
    #[must_use]
    pub const fn require(mut self, requirement: Requirement) -> Self {
        assert!(!self.optional, "an optional policy cannot have a requirement");
        self.requirement = requirement;
        self
    }

    /// The same policy, letting requests without credentials pass as guests.
    ///
    /// # Panics
    ///
    /// When the constant is evaluated, so while compiling: if the policy has a requirement. No guest meets one.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        assert!(matches!(self.requirement, Requirement::None), "an optional policy cannot have a requirement");
        self.optional = true;
        self
    }

    /// The same policy, answering "not found" where it would answer "forbidden". Whoever lacks nothing but a factor is still
    /// asked for it.
    #[must_use]
    pub const fn hide(mut self) -> Self {
        self.hide = true;
        self
    }

    /// The same policy, decided by the realm of that name.
    #[must_use]
    pub const fn realm(mut self, name: &'static str) -> Self {
        self.realm = Some(name);
        self
    }
}

/// A type that stands for the policy of one endpoint. The attribute macros write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no policy",
    note = "`#[requires_auth(..)]` on a function makes one, named after it: `list_items` has `ListItemsAuth`; on a unit struct it gives the struct its policy"
)]
pub trait EndpointPolicy: Send + Sync + 'static {
    /// The endpoint and its policy.
    const ENDPOINT: &'static Endpoint;
}

/// A type that lists the policies of a trait's functions. `#[auth_impl]` writes it.
///
/// A framework that has read a message before it calls a function, as tonic has, decides by the function's name
/// before that.
pub trait EndpointTable: Send + Sync + 'static {
    /// The endpoints, by the names of the functions.
    const ENDPOINTS: &'static [(&'static str, &'static Endpoint)];
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Prints the requirement as it is written in an attribute; nothing for [`Requirement::None`].
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, name: &str, parts: &[Self]| {
            write!(f, "{name}(")?;
            for (at, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if at == 0 { "" } else { ", " })?;
            }
            f.write_str(")")
        };
        match self {
            Self::None => Ok(()),
            Self::Scope(name) => write!(f, "scope = {:?}", name.as_str()),
            Self::Role(name) => write!(f, "role = {:?}", name.as_str()),
            Self::Factor { method, within: None } => write!(f, "factor({method:?})"),
            Self::Factor { method, within: Some(within) } => {
                write!(f, "factor({method:?}, within = \"{}s\")", within.as_secs())
            }
            Self::Check(check) => write!(f, "check = {}", check.name),
            Self::All(parts) => list(f, "all", parts),
            Self::Any(parts) => list(f, "any", parts),
            Self::Not(part) => write!(f, "not({part})"),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
