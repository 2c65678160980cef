//! What makes a handler mountable.

use auth_core::EndpointPolicy;
use auth_core::catalogue::Endpoint;

use crate::require::Require;

/// Handlers that a policy guards, told by the type of their first parameter.
///
/// axum's `Handler<T, S>` carries the parameter types in `T`; this trait holds for those that begin with
/// [`Require`].
#[diagnostic::on_unimplemented(
    message = "this handler has neither `#[requires_auth(..)]` nor `#[public(reason = \"..\")]`",
    label = "not annotated",
    note = "write `#[requires_auth(bearer)]` above the handler, or `#[public(reason = \"..\")]` if everybody may call it"
)]
pub trait Annotated {
    /// The endpoint and its policy.
    const ENDPOINT: &'static Endpoint;
}

macro_rules! annotated {
    ($($parameter:ident)*) => {
        impl<M, E: EndpointPolicy, $($parameter),*> Annotated for (M, Require<E>, $($parameter,)*) {
            const ENDPOINT: &'static Endpoint = E::ENDPOINT;
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
annotated!(A B C D F G H I J K L N O P);
annotated!(A B C D F G H I J K L N O P Q);
