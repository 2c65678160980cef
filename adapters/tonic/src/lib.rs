//! Protects tonic services by one attribute on a method and one layer on the server, before the first message is
//! read.
//!
//! ```
//! use auth_tonic::{Auth, AuthLayer, Realm, auth_impl, requires_auth};
//! use tonic::{Request, Response, Status};
//! # use auth_core::credential::BearerToken;
//! # use auth_core::{Attempt, Facts, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = String;
//! #     async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<String>, VerifyError> {
//! #         if token.as_ref().reveal() == "good" { Ok(Verified::new(Facts::new("alice"), "alice".into())) }
//! #         else { Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)) }
//! #     }
//! # }
//! # // What `tonic-prost-build` makes of `greeter.proto`.
//! # #[tonic::async_trait]
//! # trait Greeter { async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status>; }
//! # struct GreeterServer<T>(std::marker::PhantomData<T>);
//! # impl<T> tonic::server::NamedService for GreeterServer<T> { const NAME: &'static str = "greeter.Greeter"; }
//!
//! struct Polite;
//!
//! #[auth_impl]
//! #[tonic::async_trait]
//! impl Greeter for Polite {
//!     #[requires_auth(bearer)]
//!     async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status> {
//!         let user = Auth::<String>::of(&request).await?;
//!         Ok(Response::new(format!("{}, {}", request.into_inner(), *user)))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let realm = Realm::<String>::builder("demo").bearer(Tokens).build()?;
//! // `#[auth_impl]` made the list of policies: the type's name, the trait's, `Auth`.
//! let layer = AuthLayer::new(realm).service::<GreeterServer<Polite>, PoliteGreeterAuth>();
//! // Server::builder().layer(layer).add_service(GreeterServer::new(Polite)).serve(address).await?;
//!
//! // Without the layer nobody passes.
//! let refused = Polite.greet(Request::new("hello".into())).await.unwrap_err();
//! assert_eq!(refused.code(), tonic::Code::Internal);
//! # let _ = layer;
//! # Ok(())
//! # }
//! ```
//!
//! # When the decision falls
//!
//! tonic has read the message of a unary call when it calls the method. So [`AuthLayer`] decides by the path, from
//! the policies that [`auth_impl`] has listed: a refused call has none of its messages read. The method decides
//! again, by the same policy, and asks no verifier twice; without a layer it refuses.
//!
//! A method that the layer does not know is refused as if it did not exist. Services without policies, such as
//! health checks, are mounted with [`AuthLayer::unchecked`] and a reason.
//!
//! `#[requires_auth(..)]` on a method works above `#[tonic::async_trait]`, below it, and without `#[auth_impl]`;
//! only `#[auth_impl]` makes the list.
//!
//! # On the wire
//!
//! | refusal | code | metadata |
//! | --- | --- | --- |
//! | 400 | 3, `INVALID_ARGUMENT` | `www-authenticate` |
//! | 401 | 16, `UNAUTHENTICATED` | `www-authenticate`, one value for each scheme |
//! | 403 | 7, `PERMISSION_DENIED` | `www-authenticate` where a scope would help |
//! | 404 | 5, `NOT_FOUND` | |
//! | 429 | 8, `RESOURCE_EXHAUSTED` | `retry-after` |
//! | 500 | 13, `INTERNAL` | |
//! | 503 | 14, `UNAVAILABLE` | `retry-after` |
//!
//! Policies with `optional` add `vary`. The message is the reason phrase of the status and says no more. Credentials are read from the metadata that came
//! before the first message; tonic adds trailers to the metadata of a unary call, and those count for nothing
//! (RFC 9110 §6.5.1).
//!
//! # TLS
//!
//! Realms with [`require_https`](RealmBuilder::require_https) refuse every call that is not known to be encrypted. With
//! the feature `tls-connect-info` it is known of those that come by TCP through tonic's own TLS, or through a
//! `tokio_rustls::server::TlsStream` that the server accepts by itself. The feature has tonic's of that name, which
//! chooses no backend for TLS. Without it, and for connections of other types, whoever accepts them puts [`Encrypted`]
//! among the extensions of each request, in a layer outside of [`AuthLayer`]. Behind a proxy neither is needed.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | JSON Web Tokens; needs one of the two backends | yes |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `metrics` | counters and durations through the crate `metrics` | no |
//! | `tls-connect-info` | calls over TLS count as https | no |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod arrival;
mod auth;
mod connection;
pub mod layer;
mod status;

#[doc(hidden)]
pub mod __private {
    //! What macro output names. Not for people.

    pub mod v1 {
        //! The contract of the attribute macros, version 1, in request mode.

        pub use auth_core::__private::v1::*;
        use auth_core::decision::guard;

        use crate::arrival::Arrival;
        use crate::auth::Refusal;

        /// Begins the check of a call; the future borrows nothing of the request.
        pub fn authorize<E: EndpointPolicy, M>(
            request: &tonic::Request<M>,
        ) -> impl Future<Output = Result<(), Refusal>> + Send + use<E, M> {
            let guard = Arrival::of(request).ask(|handle, head| guard(handle, head, E::ENDPOINT));
            async move { Ok(guard.await?) }
        }

        pub mod reject {
            //! Turns a refusal into whatever the method returns.

            use crate::auth::Refusal;

            auth_core::__adapter_reject!(
                advice: "return a `Result<_, tonic::Status>`, or a `Result<_, E>` with `E: From<auth_tonic::Refusal>`"
            );
        }
    }
}

pub use auth::{Auth, Refusal};
pub use auth_tower::{Encrypted, Peer};
pub use layer::AuthLayer;
pub use status::not_found;

auth_core::__adapter_exports!(tonic);
