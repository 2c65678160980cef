//! What makes a handler mountable.

use auth_core::EndpointPolicy;
use auth_core::catalogue::Endpoint;

use crate::require::Require;

/// Handlers that a policy guards, told by the type of their first parameter.
///
/// axum's `Handler<T, S>` carries the parameter types in `T`; this trait holds for those that begin with a
/// [`Proof`].
#[diagnostic::on_unimplemented(
    message = "this handler has neither `#[requires_auth(..)]` nor `#[public(reason = \"..\")]`",
    label = "not annotated",
    note = "write `#[requires_auth(bearer)]` above the handler, or `#[public(reason = \"..\")]` if everybody may call it"
)]
pub trait Annotated {
    /// The endpoint and its policy.
    const ENDPOINT: &'static Endpoint;
}

/// The parameter that proves a decision: [`Require`], and nothing else.
pub trait Proof: sealed::Sealed {
    /// The endpoint and its policy.
    const ENDPOINT: &'static Endpoint;
}

impl<E: EndpointPolicy> Proof for Require<E> {
    const ENDPOINT: &'static Endpoint = E::ENDPOINT;
}

mod sealed {
    #[expect(unnameable_types, reason = "a trait that nobody else can implement")]
    pub trait Sealed {}

    impl<E> Sealed for crate::Require<E> {}
}

macro_rules! annotated {
    ($($parameter:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<M, P: Proof, $($parameter),*> Annotated for (M, P, $($parameter,)*) {
            const ENDPOINT: &'static Endpoint = P::ENDPOINT;
        }
    };
}

annotated!();
annotated!(A);
annotated!(A B);
annotated!(A B C);
annotated!(A B C D);
annotated!(A B C D F);
annotated!(A B C D F G);
annotated!(A B C D F G H);
annotated!(A B C D F G H I);
annotated!(A B C D F G H I J);
annotated!(A B C D F G H I J K);
annotated!(A B C D F G H I J K L);
annotated!(A B C D F G H I J K L N);
annotated!(A B C D F G H I J K L N O);
annotated!(A B C D F G H I J K L N O Q);
annotated!(A B C D F G H I J K L N O Q R);
