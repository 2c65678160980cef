//! What macro output names. Not for people.

pub mod v1 {
    //! The contract of the attribute macros, version 1, in request mode.

    use std::future::Future;

    use auth_core::decision::{Handle, begin};
    use http::Request;

    pub use auth_core::__private::v1::*;

    use crate::head::HttpHead;

    /// Begins the check of a request; the future borrows nothing of it.
    pub fn authorize<E: EndpointPolicy, B>(
        request: &Request<B>,
    ) -> impl Future<Output = Result<(), crate::Refusal>> + Send + use<E, B> {
        let check = begin(request.extensions().get::<Handle>(), &HttpHead::of_request(request), E::ENDPOINT);
        async move { check.await.map(drop).map_err(crate::Refusal::from) }
    }

    pub mod reject {
        //! Turns a refusal into whatever the function returns. In order of preference: the return type itself, the
        //! error of a `Result`, a response with a body of bytes. Method resolution takes the first that fits.

        use std::marker::PhantomData;

        use bytes::Bytes;
        use http::Response;

        use crate::Refusal;

        /// Stands for the return type.
        #[derive(Debug)]
        pub struct Ret<T>(PhantomData<fn() -> T>);

        impl<T> Ret<T> {
            #[expect(clippy::new_without_default, reason = "named by macro output only")]
            #[must_use]
            pub const fn new() -> Self {
                Self(PhantomData)
            }
        }

        pub trait ViaSelf<T> {
            fn reject(&self, refusal: Refusal) -> T;
        }

        impl<T: From<Refusal>> ViaSelf<T> for &&&Ret<T> {
            fn reject(&self, refusal: Refusal) -> T {
                refusal.into()
            }
        }

        pub trait ViaError<T> {
            fn reject(&self, refusal: Refusal) -> T;
        }

        impl<T, E: From<Refusal>> ViaError<Result<T, E>> for &&Ret<Result<T, E>> {
            fn reject(&self, refusal: Refusal) -> Result<T, E> {
                Err(refusal.into())
            }
        }

        pub trait ViaResponse<T> {
            fn reject(&self, refusal: Refusal) -> T;
        }

        impl<B: From<Bytes>, E> ViaResponse<Result<Response<B>, E>> for &Ret<Result<Response<B>, E>> {
            fn reject(&self, refusal: Refusal) -> Result<Response<B>, E> {
                Ok(refusal.into_response())
            }
        }

        /// Return types that can answer a refusal; stands in the way of those that cannot, with advice.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` cannot answer a refusal",
            label = "the refusal has nowhere to go",
            note = "return `http::Response<B>` with `B: From<bytes::Bytes>`, a `Result` of it, or a `Result<_, E>` with `E: From<auth_tower::Refusal>`"
        )]
        pub trait AnswersRefusal {
            fn answer(refusal: Refusal) -> Self;
        }

        pub trait ViaNothing<T> {
            fn reject(&self, refusal: Refusal) -> T
            where
                T: AnswersRefusal;
        }

        impl<T> ViaNothing<T> for Ret<T> {
            fn reject(&self, refusal: Refusal) -> T
            where
                T: AnswersRefusal,
            {
                T::answer(refusal)
            }
        }
    }
}
