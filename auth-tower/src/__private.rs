//! What macro output names. Not for people.

pub mod v1 {
    //! The contract of the attribute macros, version 1, in request mode.

    use std::future::Future;

    use auth_core::decision::{Handle, guard};
    use http::Request;

    pub use auth_core::__private::v1::*;

    use crate::head::HttpHead;

    /// Begins the check of a request; the future borrows nothing of it.
    pub fn authorize<E: EndpointPolicy, B>(
        request: &Request<B>,
    ) -> impl Future<Output = Result<(), crate::Refusal>> + Send + use<E, B> {
        let guard = guard(request.extensions().get::<Handle>(), &HttpHead::of_request(request), E::ENDPOINT);
        async move { guard.await.map_err(crate::Refusal::from) }
    }

    pub mod reject {
        //! Turns a refusal into whatever the function returns: the return type itself, the error of a `Result`, or a
        //! response with a body of bytes.

        use bytes::Bytes;
        use http::Response;

        use crate::Refusal;

        auth_core::__adapter_reject!(
            advice: "return `http::Response<B>` with `B: From<bytes::Bytes>`, a `Result` of it, or a `Result<_, E>` with `E: From<auth_tower::Refusal>`"
        );

        pub trait ViaResponse<T> {
            fn reject(&self, refusal: Refusal) -> T;
        }

        impl<B: From<Bytes>, E> ViaResponse<Result<Response<B>, E>> for &Ret<Result<Response<B>, E>> {
            fn reject(&self, refusal: Refusal) -> Result<Response<B>, E> {
                Ok(refusal.into_response())
            }
        }
    }
}
