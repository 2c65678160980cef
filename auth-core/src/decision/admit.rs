//! From what a verifier says of a credential to the verdict.

use std::error::Error;
use std::time::SystemTime;

use super::answer::{Case, Respondent};
use super::handle::{Outcome, Presented, Verdict};
use super::report::{report, report_denied, report_guest, report_passed};
use crate::catalogue::PrincipalType;
use crate::evaluate::{Lacking, Party, evaluate};
use crate::facts::Facts;
use crate::policy::Requirement;
use crate::realm::AnyRealm;
use crate::refusal::Refusal;
use crate::verified::ErasedVerified;
use crate::verifier::{Reason, VerifyError, VerifyErrorKind};

/// What remains to be done after a verification.
pub(super) struct Continuation {
    pub(super) case: Case,
    pub(super) scheme: usize,
    /// The time of the request.
    pub(super) now: SystemTime,
    /// What a layer's verdict is going to say of the credential.
    pub(super) credential: Option<Box<Presented>>,
    /// Whether a credential that is refused counts as none.
    pub(super) bad_is_guest: bool,
}

impl Continuation {
    #[inline(never)]
    pub(super) fn malformed(self, realm: &AnyRealm, reason: Reason) -> Result<Verdict, Refusal> {
        let respondent = Respondent { realm, case: self.case };
        if self.bad_is_guest {
            return respondent.admit_guest(Some((self.scheme, reason)));
        }
        let refusal = respondent.invalid_credentials(self.scheme, reason);
        report(&refusal, respondent, Some(self.scheme), None);
        Err(refusal)
    }

    /// From the verifier's answer to the verdict.
    pub(super) fn finish(
        self,
        realm: &AnyRealm,
        result: Result<ErasedVerified, VerifyError>,
    ) -> Result<Verdict, Refusal> {
        let respondent = Respondent { realm, case: self.case };
        match result {
            Ok(verified) => self.admit(realm, verified, false),
            Err(error) if self.bad_is_guest && error.kind() == VerifyErrorKind::Refused => {
                respondent.admit_guest(Some((self.scheme, error.reason())))
            }
            Err(error) => {
                let refusal = respondent.verify_error(self.scheme, &error);
                report(&refusal, respondent, Some(self.scheme), Error::source(&error));
                Err(refusal)
            }
        }
    }

    /// The party is judged by the policy's requirement.
    #[inline]
    pub(super) fn admit(
        self,
        realm: &AnyRealm,
        verified: ErasedVerified,
        is_remembered: bool,
    ) -> Result<Verdict, Refusal> {
        let Self { case, scheme, now, mut credential, .. } = self;
        let respondent = Respondent { realm, case };
        let requirement = &case.endpoint.policy.requirement;
        if !matches!(requirement, Requirement::None) {
            let party = Party { principal: verified.value(), facts: verified.facts(), now };
            evaluate(requirement, party).map_err(|lacking| respondent.deny(&lacking, scheme, party.facts))?;
        }
        respondent.check_principal()?;
        report_passed(&respondent, scheme);
        if let Some(credential) = &mut credential {
            credential.is_remembered = is_remembered;
        }
        Ok(respondent.admit(Outcome::Party { scheme, verified, credential }))
    }
}

impl Respondent<'_> {
    /// The verdict that lets a guest pass, with the scheme of a bad cookie that counts as none, and what is wrong with it.
    pub(super) fn admit_guest(self, passed_over: Option<(usize, Reason)>) -> Result<Verdict, Refusal> {
        self.check_principal()?;
        report_guest(self, passed_over);
        Ok(self.admit(Outcome::Guest))
    }

    /// Refuses where the handler takes another principal than the realm's.
    ///
    /// It would find that out by itself, but some frameworks would run it all the same, for `Option<Auth<P>>`.
    #[inline]
    fn check_principal(&self) -> Result<(), Refusal> {
        let ours = self.realm.inner().principal;
        match self.case.endpoint.principal {
            Some(theirs) if theirs != ours => Err(self.wrong_principal(theirs)),
            _ => Ok(()),
        }
    }

    #[cold]
    fn deny(self, lacking: &Lacking, scheme: usize, facts: &Facts) -> Refusal {
        let refusal = self.lacking(lacking);
        report_denied(&refusal, self, scheme, facts);
        refusal
    }

    #[cold]
    fn wrong_principal(self, theirs: PrincipalType) -> Refusal {
        let ours = self.realm.inner().principal;
        self.misconfigured(&format!(
            "the handler takes `{}`, the principal of its realm is `{}`",
            theirs.name(),
            ours.name()
        ))
    }

    /// The verdict in favour of the request.
    fn admit(self, outcome: Outcome) -> Verdict {
        let Case { endpoint, leaves_body_unread, .. } = self.case;
        Verdict { realm: Some(self.realm.clone()), endpoint, outcome, leaves_body_unread }
    }
}
