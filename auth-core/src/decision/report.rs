//! What the operator is told: outcome and reason under stable names, never a credential.
//!
//! | field | holds |
//! | --- | --- |
//! | `auth.realm` | the realm's name |
//! | `auth.scheme` | the name of the scheme that was asked, if one was |
//! | `auth.outcome` | `passed`, or the [`RefusalKind`]'s name |
//! | `auth.reason` | the [`Reason`](crate::Reason)'s name |
//! | `handler` | the handler's name |
//! | `cause` | what a verifier gave as the cause |

use std::error::Error;

use super::answer::Respondent;
use crate::refusal::{Refusal, RefusalKind};

/// A refusal. Clients that simply come without credentials are told at debug level, outages as warnings.
pub(super) fn report(
    refusal: &Refusal,
    respondent: &Respondent,
    scheme: Option<usize>,
    cause: Option<&(dyn Error + 'static)>,
) {
    macro_rules! tell {
        ($level:ident, $text:literal) => {
            tracing::$level!(
                auth.realm = respondent.realm.name(),
                auth.scheme = scheme.map(|scheme| scheme_name(respondent, scheme)),
                auth.outcome = refusal.kind().as_str(),
                auth.reason = refusal.reason().as_str(),
                handler = respondent.endpoint.name,
                cause,
                $text
            )
        };
    }
    match refusal.kind() {
        RefusalKind::NoCredentials => tell!(debug, "refused"),
        // Told as an error already, with its place in the program.
        RefusalKind::Misconfigured => {}
        RefusalKind::Unavailable => tell!(warn, "cannot decide"),
        _ => tell!(info, "refused"),
    }
}

pub(super) fn report_passed(respondent: &Respondent, scheme: usize) {
    tracing::debug!(
        auth.realm = respondent.realm.name(),
        auth.scheme = scheme_name(respondent, scheme),
        auth.outcome = "passed",
        handler = respondent.endpoint.name,
        "passed"
    );
}

fn scheme_name(respondent: &Respondent, scheme: usize) -> &'static str {
    respondent.realm.inner().schemes.get(scheme).map_or("", |entry| entry.id.name())
}
