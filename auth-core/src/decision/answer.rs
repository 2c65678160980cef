//! From an outcome to the bytes of a refusal: the wire table.

use std::borrow::Cow;

use crate::catalogue::Endpoint;
use crate::challenge::{BearerError, Challenge};
use crate::evaluate::{Lacking, role_names, scope_names};
use crate::extract::Accepted;
use crate::head::{Essentials, RequestHead};
use crate::meter::{Meter, Started};
use crate::policy::Policy;
use crate::realm::{AnyRealm, Inner};
use crate::refusal::{Answer, Challenges, ProblemJson, Refusal, RefusalKind, RefusalView, Renderer as _};
use crate::verifier::{Reason, VerifyError, VerifyErrorKind};

/// How long a client should wait where nothing could be decided, in seconds.
const UNAVAILABLE_RETRY_AFTER: &str = "5";

/// What is known of a request where it is decided, beside its realm.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) accepted: Accepted,
    /// Whether the refusal has to close the connection, because it leaves a body unread.
    pub(crate) leaves_body_unread: bool,
    /// When the decision began; a handler's own comes later and is not timed.
    pub(crate) started: Option<Started>,
}

/// Answers one request.
#[derive(Clone, Copy)]
pub(crate) struct Respondent<'r> {
    pub(crate) realm: &'r AnyRealm,
    pub(crate) case: Case,
}

impl<'r> Respondent<'r> {
    fn inner(self) -> &'r Inner {
        self.realm.inner()
    }

    fn policy(self) -> &'static Policy {
        &self.case.endpoint.policy
    }

    /// One challenge for each scheme, in the policy's order, identical ones once.
    fn challenges(self, error: Option<&BearerError>) -> Challenges {
        let line = |challenge: &Challenge| error.map_or_else(|| challenge.plain(), |error| challenge.with_error(error));
        self.inner().challenges(self.policy(), self.case.accepted).map(line).collect()
    }

    /// The `Bearer` challenges alone.
    fn bearer_challenges(self, error: &BearerError) -> Challenges {
        let challenges = self.inner().challenges(self.policy(), self.case.accepted);
        challenges.filter(|challenge| challenge.is_bearer()).map(|challenge| challenge.with_error(error)).collect()
    }

    pub(crate) fn no_credentials(self, reason: Reason) -> Refusal {
        self.refuse(RefusalKind::NoCredentials, reason, 401, self.challenges(None), None)
    }

    /// Credentials of the scheme at `scheme` are malformed or refused. Only a scheme that was asked through the
    /// `Bearer` field makes the `Bearer` challenge name an error; a stale cookie does not.
    pub(crate) fn invalid_credentials(self, scheme: usize, reason: Reason) -> Refusal {
        let tried_bearer = self.inner().schemes.get(scheme).is_some_and(|entry| {
            !entry.carrier.is_ambient() && entry.challenge.as_ref().is_some_and(Challenge::is_bearer)
        });
        let error = tried_bearer.then_some(&BearerError::InvalidToken);
        self.refuse(RefusalKind::InvalidCredentials, reason, 401, self.challenges(error), None)
    }

    pub(crate) fn ambiguous(self) -> Refusal {
        let challenges = self.bearer_challenges(&BearerError::InvalidRequest);
        self.refuse(RefusalKind::AmbiguousCredentials, Reason::AMBIGUOUS, 400, challenges, None)
    }

    pub(crate) fn verify_error(self, scheme: usize, error: &VerifyError) -> Refusal {
        match error.kind() {
            VerifyErrorKind::Refused => self.invalid_credentials(scheme, error.reason()),
            VerifyErrorKind::Throttled { retry_after } => {
                let partial = u64::from(retry_after.subsec_nanos() > 0);
                let seconds = retry_after.as_secs().saturating_add(partial).max(1);
                self.refuse(
                    RefusalKind::Throttled,
                    error.reason(),
                    429,
                    Challenges::default(),
                    Some(seconds.to_string().into()),
                )
            }
            VerifyErrorKind::Unavailable => self.refuse(
                RefusalKind::Unavailable,
                error.reason(),
                503,
                Challenges::default(),
                Some(UNAVAILABLE_RETRY_AFTER.into()),
            ),
        }
    }

    /// Good credentials that are not enough.
    pub(crate) fn lacking(self, lacking: &Lacking) -> Refusal {
        match lacking {
            Lacking::Scopes(scopes) => self.insufficient_scope(scopes.clone(), Reason::MISSING_SCOPE),
            Lacking::Role if self.inner().options.roles_in_scope_challenge => {
                let requirement = &self.policy().requirement;
                let names: Vec<_> = scope_names(requirement).into_iter().chain(role_names(requirement)).collect();
                self.insufficient_scope(names.join(" "), Reason::MISSING_ROLE)
            }
            Lacking::Role => self.forbidden(Reason::MISSING_ROLE),
            Lacking::Check => self.forbidden(Reason::CHECK),
            // Whoever lacks more than the factor is not told that a factor would do.
            Lacking::Factor { is_alone: false, .. } if self.policy().hide => self.forbidden(Reason::MISSING_FACTOR),
            Lacking::Factor { method, max_age, .. } => self.missing_factor(method, *max_age),
            Lacking::PrincipalType { check } => {
                self.misconfigured(&format!("check `{check}` takes another principal than the realm's"))
            }
        }
    }

    /// The program is wrong, not the request.
    pub(crate) fn misconfigured(self, problem: &str) -> Refusal {
        misconfigured(Some(self.realm), self.case.endpoint, self.case.leaves_body_unread, problem)
    }

    /// A scope is missing, of the policy or of an object.
    pub(crate) fn insufficient_scope(self, scopes: String, reason: Reason) -> Refusal {
        let error = BearerError::InsufficientScope(scopes.clone());
        let status = self.inner().options.forbidden_status;
        let challenges = if status == 401 { self.challenges(Some(&error)) } else { self.bearer_challenges(&error) };
        self.refuse_forbidden(RefusalKind::InsufficientScope, reason, status, challenges, Some(scopes))
    }

    /// A role is missing, or a check says no.
    pub(crate) fn forbidden(self, reason: Reason) -> Refusal {
        let status = self.inner().options.forbidden_status;
        let challenges = if status == 401 { self.challenges(None) } else { Challenges::default() };
        self.refuse_forbidden(RefusalKind::Forbidden, reason, status, challenges, None)
    }

    /// The request came by a way on which nobody is taken, whatever they present. It is 403 whatever the realm answers
    /// elsewhere: a challenge would have a browser ask for a password, to send it by that way.
    pub(crate) fn barred(self, reason: Reason) -> Refusal {
        self.refuse_forbidden(RefusalKind::Forbidden, reason, 403, Challenges::default(), None)
    }

    /// RFC 9470 §3: the caller is told which factor is wanted, where a `Bearer` challenge can say so.
    fn missing_factor(self, method: &str, max_age: Option<u64>) -> Refusal {
        let acr_values: Vec<&str> = self
            .inner()
            .options
            .acr_values
            .iter()
            .filter(|(factor, _)| factor == method)
            .map(|(_, value)| value.as_str())
            .collect();
        let acr_values = (!acr_values.is_empty()).then(|| acr_values.join(" "));
        let challenges = self.bearer_challenges(&BearerError::InsufficientUserAuthentication { max_age, acr_values });
        if challenges.is_empty() {
            let status = self.inner().options.forbidden_status;
            let challenges = if status == 401 { self.challenges(None) } else { Challenges::default() };
            return self.refuse_forbidden(
                RefusalKind::InsufficientAuthentication,
                Reason::MISSING_FACTOR,
                status,
                challenges,
                None,
            );
        }
        self.refuse(RefusalKind::InsufficientAuthentication, Reason::MISSING_FACTOR, 401, challenges, None)
    }

    /// Says "forbidden", or "not found" where the policy hides; `scope` is what is missing.
    fn refuse_forbidden(
        &self,
        kind: RefusalKind,
        reason: Reason,
        status: u16,
        challenges: Challenges,
        scope: Option<String>,
    ) -> Refusal {
        if self.policy().hide {
            return self.refuse(RefusalKind::NotFound, reason, 404, Challenges::default(), None);
        }
        let shape = self.shape(kind, reason, status, challenges, None);
        answer(Some(self.inner()), Shape { scope, ..shape })
    }

    fn refuse(
        &self,
        kind: RefusalKind,
        reason: Reason,
        status: u16,
        challenges: Challenges,
        retry_after: Option<Cow<'static, str>>,
    ) -> Refusal {
        answer(Some(self.inner()), self.shape(kind, reason, status, challenges, retry_after))
    }

    fn shape(
        &self,
        kind: RefusalKind,
        reason: Reason,
        status: u16,
        challenges: Challenges,
        retry_after: Option<Cow<'static, str>>,
    ) -> Shape {
        let vary =
            (self.policy().optional && kind != RefusalKind::NotFound).then(|| vary(self.inner(), self.case.accepted));
        let leaves_body_unread = self.case.leaves_body_unread;
        Shape { kind, reason, status, challenges, retry_after, vary, leaves_body_unread, scope: None }
    }
}

/// The header fields that decide what an optional endpoint answers.
pub(crate) fn vary(realm: &Inner, accepted: Accepted) -> String {
    let mut fields: Vec<&str> = vec!["authorization"];
    for (at, entry) in realm.schemes.iter().enumerate() {
        if let (true, Some(field)) = (accepted.contains(at), entry.carrier.header_field())
            && !fields.contains(&field)
        {
            fields.push(field);
        }
    }
    fields.join(", ")
}

/// The answer "there is nothing here" in the realm's own form.
///
/// The same bytes as a policy with `hide` sends, so that a fallback route can use it for unknown paths.
#[must_use]
pub fn not_found(realm: &AnyRealm, head: &dyn RequestHead) -> Refusal {
    not_found_later(realm, head)()
}

/// [`not_found`] for middleware that hands the request on before it learns that there is nothing.
pub fn not_found_later<'r>(realm: &'r AnyRealm, head: &dyn RequestHead) -> impl FnOnce() -> Refusal + Send + use<'r> {
    let leaves_body_unread = must_close(head);
    move || {
        answer(
            Some(realm.inner()),
            Shape {
                kind: RefusalKind::NotFound,
                reason: Reason::NOT_FOUND,
                status: 404,
                challenges: Challenges::default(),
                retry_after: None,
                vary: None,
                leaves_body_unread,
                scope: None,
            },
        )
    }
}

/// Whether an answer that does not read the body has to end the connection.
pub(crate) fn must_close(head: &dyn RequestHead) -> bool {
    leaves_body_unread(head, &head.essentials())
}

/// The same, where the head was looked at already.
pub(crate) fn leaves_body_unread(head: &dyn RequestHead, essentials: &Essentials<'_>) -> bool {
    essentials.announces_body() && !head.is_multiplexed()
}

/// The program is wrong, not the request: says so to the operator, and nothing to anybody else.
pub(crate) fn misconfigured(
    realm: Option<&AnyRealm>,
    endpoint: &Endpoint,
    leaves_body_unread: bool,
    problem: &str,
) -> Refusal {
    tracing::error!(
        auth.outcome = RefusalKind::Misconfigured.as_str(),
        auth.reason = Reason::MISCONFIGURED.as_str(),
        handler = endpoint.name,
        module = endpoint.module,
        file = endpoint.file,
        line = endpoint.line,
        "{problem}"
    );
    misconfigured_answer(realm.map(AnyRealm::inner), leaves_body_unread)
}

/// The same where no endpoint is known.
pub(crate) fn misplaced(
    handle: Option<&super::Handle>,
    leaves_body_unread: bool,
    principal: &str,
    problem: &str,
) -> Refusal {
    tracing::error!(
        auth.outcome = RefusalKind::Misconfigured.as_str(),
        auth.reason = Reason::MISCONFIGURED.as_str(),
        principal,
        "{problem}"
    );
    misconfigured_answer(handle.map(|handle| handle.realm().inner()), leaves_body_unread)
}

pub(crate) fn misconfigured_answer(realm: Option<&Inner>, leaves_body_unread: bool) -> Refusal {
    let refusal = answer(
        realm,
        Shape {
            kind: RefusalKind::Misconfigured,
            reason: Reason::MISCONFIGURED,
            status: 500,
            challenges: Challenges::default(),
            retry_after: None,
            vary: None,
            leaves_body_unread,
            scope: None,
        },
    );
    match realm {
        Some(realm) => realm.meter.refused(None, None, &refusal),
        None => Meter::unknown_realm().refused(None, None, &refusal),
    }
    refusal
}

/// Everything of an answer but its body.
struct Shape {
    kind: RefusalKind,
    reason: Reason,
    status: u16,
    challenges: Challenges,
    retry_after: Option<Cow<'static, str>>,
    vary: Option<String>,
    leaves_body_unread: bool,
    /// The scopes that are missing, for the renderer.
    scope: Option<String>,
}

fn answer(realm: Option<&Inner>, shape: Shape) -> Refusal {
    let Shape { kind, reason, status, challenges, retry_after, vary, leaves_body_unread, scope } = shape;
    let realm_name = realm.map(|realm| realm.name.as_str());
    // What is hidden must not be told from what is not there.
    let told = if kind == RefusalKind::NotFound { Reason::NOT_FOUND } else { reason };
    let view = RefusalView { realm: realm_name, kind, status, reason: told, scope: scope.as_deref() };
    let body = realm.map_or_else(|| ProblemJson.render(&view), |realm| realm.renderer.render(&view));
    Refusal::new(Answer {
        kind,
        reason,
        status,
        challenges,
        retry_after,
        vary,
        closes_connection: leaves_body_unread,
        body,
    })
}

/// What `ensure` answers for a party that a test made up: no realm is known.
pub(crate) fn assumed_refusal() -> Refusal {
    answer(
        None,
        Shape {
            kind: RefusalKind::Forbidden,
            reason: Reason::OBJECT,
            status: 403,
            challenges: Challenges::default(),
            retry_after: None,
            vary: None,
            leaves_body_unread: false,
            scope: None,
        },
    )
}
