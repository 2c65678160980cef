//! What methods name: the principal and the refusal.

use auth_core::decision::{current, current_party};

use crate::arrival::Arrival;

auth_core::__adapter_types!();

impl<P: Send + Sync + 'static> Auth<P> {
    /// Reads the principal of a call that `#[requires_auth(..)]` has let through, or that the realm's default policy
    /// lets through now. The future borrows nothing of the request.
    ///
    /// # Errors
    ///
    /// 500, if there is no policy, it is `optional`, or the realm's principal is of another type. What a default
    /// policy refuses.
    pub fn of<M>(request: &tonic::Request<M>) -> impl Future<Output = Result<Self, Refusal>> + Send + use<P, M> {
        let party = Arrival::of(request).ask(|handle, head| current_party(handle, head));
        async move { Ok(Self(party.await?)) }
    }

    /// Reads the principal of a call whose policy is `optional`: `None` is a guest.
    ///
    /// # Errors
    ///
    /// 500, if there is no policy, or the realm's principal is of another type. What a default policy refuses.
    pub fn of_guest<M>(
        request: &tonic::Request<M>,
    ) -> impl Future<Output = Result<Option<Self>, Refusal>> + Send + use<P, M> {
        let current = Arrival::of(request).ask(|handle, head| current(handle, head));
        async move { Ok(current.await?.map(Self)) }
    }
}
