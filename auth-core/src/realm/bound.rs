//! A scheme bound to its verifier, with the types of both erased.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::credential::{Credential, Malformed};
use crate::principal::IntoPrincipal;
use crate::verified::ErasedVerified;
use crate::verifier::{Attempt, Verifier, VerifyError};

/// The state of a verification after its synchronous part.
pub(crate) enum Verification {
    Done(Result<ErasedVerified, VerifyError>),
    Malformed,
    Pending(PendingVerification),
}

pub(crate) type PendingVerification = Pin<Box<dyn Future<Output = Result<ErasedVerified, VerifyError>> + Send>>;

pub(crate) trait SchemeVerifier: Send + Sync {
    /// Parses `raw` and verifies it at once, or begins to.
    fn begin(&self, raw: &[u8], attempt: &Attempt) -> Verification;
}

/// A verifier `V` of credentials `C` in a realm of principal `P`.
pub(crate) struct Bound<C, V, P> {
    verifier: Arc<V>,
    types: PhantomData<fn(C) -> P>,
}

impl<C, V, P> Bound<C, V, P> {
    pub(crate) fn new(verifier: V) -> Self {
        Self { verifier: Arc::new(verifier), types: PhantomData }
    }
}

impl<C, V, P> SchemeVerifier for Bound<C, V, P>
where
    C: Credential,
    V: Verifier<C>,
    V::Value: IntoPrincipal<P>,
    P: Send + Sync + 'static,
{
    fn begin(&self, raw: &[u8], attempt: &Attempt) -> Verification {
        let parsed = match C::parse(raw) {
            Ok(parsed) => parsed,
            Err(Malformed) => return Verification::Malformed,
        };
        if let Some(result) = self.verifier.try_verify(&parsed, attempt) {
            return Verification::Done(into_principal::<V::Value, P>(result));
        }
        let credential = C::into_owned(parsed);
        let verifier = Arc::clone(&self.verifier);
        let attempt = *attempt;
        Verification::Pending(Box::pin(async move {
            into_principal::<V::Value, P>(verifier.verify(credential, attempt).await)
        }))
    }
}

fn into_principal<T, P>(
    result: Result<crate::verified::Verified<T>, VerifyError>,
) -> Result<ErasedVerified, VerifyError>
where
    T: IntoPrincipal<P>,
    P: Send + Sync + 'static,
{
    T::into_principal(result?).map(crate::verified::Verified::erase)
}
