//! What the operator is told: outcome and reason under stable names, never a credential.
//! `docs/observability.md` of the repository lists the fields and their values.

use std::error::Error;
use std::fmt::{self, Write as _};

use tracing::field::{DisplayValue, display};

use super::answer::Respondent;
use crate::facts::Facts;
use crate::refusal::{Refusal, RefusalKind};
use crate::verifier::Reason;

/// What OWASP's Logging Vocabulary calls the refusal of a party that is known.
const DENIED: &str = "authz_fail";
/// How much of a name that a credential brings is shown, in characters.
const MAX_SHOWN: usize = 64;

/// A refusal before anybody is known. Clients that simply come without credentials are told at debug level, outages as
/// warnings. Nobody simply comes with two cookies of one name.
pub(super) fn report(
    refusal: &Refusal,
    respondent: Respondent<'_>,
    scheme: Option<usize>,
    cause: Option<&(dyn Error + 'static)>,
) {
    tell(refusal, respondent, scheme, None, cause);
}

/// A refusal of a party whose credentials are good: who it is belongs to it.
pub(super) fn report_denied(refusal: &Refusal, respondent: Respondent<'_>, scheme: usize, facts: &Facts) {
    tell(refusal, respondent, Some(scheme), Some(facts), None);
}

fn tell(
    refusal: &Refusal,
    respondent: Respondent<'_>,
    scheme: Option<usize>,
    party: Option<&Facts>,
    cause: Option<&(dyn Error + 'static)>,
) {
    macro_rules! tell {
        ($level:ident, $text:literal) => {
            tracing::$level!(
                auth.realm = respondent.realm.name(),
                auth.scheme = scheme.map(|scheme| scheme_name(respondent, scheme)),
                auth.outcome = refusal.kind().as_str(),
                auth.reason = refusal.reason().as_str(),
                event = party.map(|_| DENIED),
                auth.subject = party.map(|facts| shown(&facts.subject)),
                auth.issuer = party.and_then(|facts| facts.issuer.as_deref()).map(shown),
                auth.credential = party.and_then(|facts| facts.credential_id.as_deref()).map(shown),
                handler = respondent.case.endpoint.name,
                cause,
                $text
            )
        };
    }
    // Told and counted already, with its place in the program.
    if refusal.kind() == RefusalKind::Misconfigured {
        return;
    }
    let inner = respondent.realm.inner();
    inner.meter.refused(respondent.case.started, scheme.map(|scheme| scheme_name(respondent, scheme)), refusal);
    match refusal.kind() {
        RefusalKind::NoCredentials if refusal.reason() != Reason::DUPLICATE_COOKIE => tell!(debug, "refused"),
        RefusalKind::Unavailable => tell!(warn, "cannot decide"),
        _ => tell!(info, "refused"),
    }
}

pub(super) fn report_passed(respondent: &Respondent<'_>, scheme: usize) {
    respondent.realm.inner().meter.passed(respondent.case.started, || Some(scheme_name(*respondent, scheme)), "passed");
    tracing::debug!(
        auth.realm = respondent.realm.name(),
        auth.scheme = scheme_name(*respondent, scheme),
        auth.outcome = "passed",
        handler = respondent.case.endpoint.name,
        "passed"
    );
}

/// A request without credentials, which an `optional` policy lets pass. Those of a bad cookie that was passed over are
/// told all the same: the caller learns nothing, the operator why.
pub(super) fn report_guest(respondent: Respondent<'_>, passed_over: Option<(usize, Reason)>) {
    respondent.realm.inner().meter.passed(respondent.case.started, || None, "guest");
    tracing::debug!(
        auth.realm = respondent.realm.name(),
        auth.scheme = passed_over.map(|(scheme, _)| scheme_name(respondent, scheme)),
        auth.outcome = "guest",
        auth.reason = passed_over.map(|(_, reason)| reason.as_str()),
        handler = respondent.case.endpoint.name,
        "passed as a guest"
    );
}

fn scheme_name(respondent: Respondent<'_>, scheme: usize) -> &'static str {
    respondent.realm.inner().schemes.get(scheme).map_or("", |entry| entry.id.name())
}

/// Escaped to visible ASCII and cut: the text is somebody else's, and a log has lines.
struct Shown<'a>(&'a str);

fn shown(text: &str) -> DisplayValue<Shown<'_>> {
    display(Shown(text))
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().flat_map(char::escape_default).take(MAX_SHOWN).try_for_each(|character| f.write_char(character))
    }
}
