//! What every adapter has in common: the entry points of the macros, and the types that handlers name.

macro_rules! entry_points {
    ($($adapter:ident: $requires_auth:ident $public:ident $auth_impl:ident $principal:ident $scheme:ident;)*) => {$(
        pub mod $adapter {
            //! The entry points of one adapter, which re-exports them.

            pub use auth_macros::{
                $auth_impl as auth_impl, $principal as Principal, $public as public, $requires_auth as requires_auth,
                $scheme as Scheme,
            };
        }
    )*};
}

entry_points! {
    actix: actix_requires_auth actix_public actix_auth_impl ActixPrincipal ActixScheme;
    axum: axum_requires_auth axum_public axum_auth_impl AxumPrincipal AxumScheme;
    poem: poem_requires_auth poem_public poem_auth_impl PoemPrincipal PoemScheme;
    poem_openapi: poem_openapi_requires_auth poem_openapi_public poem_openapi_auth_impl PoemPrincipal PoemScheme;
    rocket: rocket_requires_auth rocket_public rocket_auth_impl RocketPrincipal RocketScheme;
    salvo: salvo_requires_auth salvo_public salvo_auth_impl SalvoPrincipal SalvoScheme;
    tonic: tonic_requires_auth tonic_public tonic_auth_impl TonicPrincipal TonicScheme;
    tower: tower_requires_auth tower_public tower_auth_impl TowerPrincipal TowerScheme;
    warp: warp_requires_auth warp_public warp_auth_impl WarpPrincipal WarpScheme;
}

// Adapters that this project does not know: their users write `crate = path` in the attribute.
pub mod guard {
    //! The entry points for adapters in guard mode: the check is a first parameter.

    pub use super::axum::{auth_impl, public, requires_auth};
}

pub mod fold {
    //! The entry points for adapters in fold mode: the check is one parameter in place of all.

    pub use super::actix::{auth_impl, public, requires_auth};
}

pub mod request {
    //! The entry points for adapters in request mode: the check is a first statement.

    pub use super::tower::{auth_impl, public, requires_auth};
}

/// Defines an adapter's `Auth<P>` and `Refusal`: frameworks implement their traits for types of the adapter's own
/// crate only.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_types {
    // Examples for `Auth`, in the framework's own terms.
    ($(#[$examples:meta])*) => {
        /// The principal of the request, for a handler with `#[requires_auth(..)]`.
        ///
        /// Derefs to the principal. `Option<Auth<P>>` is for policies with `optional`: `None` is a guest.
        ///
        /// A handler that takes it without a policy of its own answers 500, unless the realm has a default policy.
        ///
        $(#[$examples])*
        pub struct Auth<P>($crate::decision::Authenticated<P>);

        impl<P> Auth<P> {
            /// What is known of the party: subject, scopes, roles, factors.
            #[must_use]
            pub fn facts(this: &Self) -> &$crate::Facts {
                this.0.facts()
            }

            /// The name of the scheme whose credential was believed.
            #[must_use]
            pub fn scheme(this: &Self) -> &'static str {
                this.0.scheme()
            }

            /// Principal and facts, to share with code that knows no framework.
            #[must_use]
            pub fn verified(this: &Self) -> &$crate::Verified<P> {
                this.0.verified()
            }

            /// Decides about one object: `user.ensure(row.owner == user.id)?`.
            ///
            /// # Errors
            ///
            /// The answer of the policy's realm, "forbidden" or hidden, if `is_allowed` is false.
            #[must_use = "without `?` nothing is refused"]
            pub fn ensure(&self, is_allowed: bool) -> ::core::result::Result<(), Refusal> {
                self.0.ensure(is_allowed).map_err(Refusal)
            }

            /// Asks for a scope that depends on the object.
            ///
            /// # Errors
            ///
            /// The answer of the policy's realm, if the credential does not permit `scope`.
            #[must_use = "without `?` nothing is refused"]
            pub fn ensure_scope(&self, scope: &str) -> ::core::result::Result<(), Refusal> {
                self.0.ensure_scope(scope).map_err(Refusal)
            }
        }

        impl<P> ::core::ops::Deref for Auth<P> {
            type Target = P;

            fn deref(&self) -> &P {
                self.0.principal()
            }
        }

        impl<P> ::core::clone::Clone for Auth<P> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<P: ::core::fmt::Debug> ::core::fmt::Debug for Auth<P> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl<P> $crate::__private::Assumable<($crate::Facts, P)> for Auth<P> {
            fn assumed(parts: ($crate::Facts, P), kit: $crate::__private::TestKit) -> Self {
                Self($crate::__private::Assumable::assumed(parts, kit))
            }
        }

        /// Why a request may not pass, as an answer of this framework.
        #[derive(Clone, Debug)]
        pub struct Refusal($crate::Refusal);

        impl Refusal {
            /// The refusal as the core knows it.
            #[must_use]
            pub fn into_inner(self) -> $crate::Refusal {
                self.0
            }
        }

        impl ::core::ops::Deref for Refusal {
            type Target = $crate::Refusal;

            fn deref(&self) -> &$crate::Refusal {
                &self.0
            }
        }

        impl ::core::convert::From<$crate::Refusal> for Refusal {
            fn from(refusal: $crate::Refusal) -> Self {
                Self(refusal)
            }
        }

        impl ::core::fmt::Display for Refusal {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::error::Error for Refusal {}
    };
}

/// Defines an adapter's `Require<E>`, the proof that a policy has let a request pass.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_require {
    () => {
        /// The proof that the policy `E` has let the request pass.
        ///
        /// `#[requires_auth(..)]` adds it as the first parameter of a handler, so nothing else of the request is
        /// extracted before the decision. Only a decision makes it; tests make it up with the test kit.
        pub struct Require<E>(::core::marker::PhantomData<fn() -> E>);

        impl<E> Require<E> {
            const fn decided() -> Self {
                Self(::core::marker::PhantomData)
            }
        }

        impl<E: $crate::EndpointPolicy> ::core::fmt::Debug for Require<E> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "Require({})", E::ENDPOINT.name)
            }
        }

        impl<E> $crate::__private::Assumable<()> for Require<E> {
            fn assumed((): (), _: $crate::__private::TestKit) -> Self {
                Self::decided()
            }
        }
    };
}

/// Re-exports what the users of every adapter name: the macros of this one, and the vocabulary of the core.
///
/// The adapter has to have the features `jwt` and `metrics`, which switch on those of the core.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_exports {
    ($adapter:ident) => {
        pub use $crate::__adapter::$adapter::{Principal, Scheme, auth_impl, public, requires_auth};
        pub use $crate::__private::v1::{Principal, Scheme};
        #[cfg(feature = "jwt")]
        pub use $crate::jwt;
        #[cfg(feature = "metrics")]
        pub use $crate::metrics;
        pub use $crate::{
            AnyRealm, ApiKeyIn, Attempt, Basic, Bearer, Body, CacheCounts, Carrier, ChallengeForm, Claims,
            ClientSource, Clock, ConfigError, ConfigErrorKind, EndpointPolicy, Factor, Facts, OAuthJson,
            PrincipalError, ProblemJson, RandomnessError, Realm, RealmBuilder, Reason, RefusalKind, RefusalView,
            Renderer, SchemeId, Source, StoreError, SystemClock, Text, Verified, Verifier, VerifyError,
            VerifyErrorKind, api_keys, cache, catalogue, claims, credential,
        };
    };
}

/// Defines what an adapter installs to put a realm into each request, under its framework's name for such a thing: its
/// fields `realm` and `denies_undecided`, `new`, and `deny_undecided`, which has docs of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_installer {
    ($(#[$docs:meta])* $name:ident, $(#[$undecided:meta])* deny_undecided) => {
        $(#[$docs])*
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        pub struct $name {
            realm: $crate::AnyRealm,
            denies_undecided: bool,
        }

        impl $name {
            /// Makes one that puts `realm` into each request.
            #[must_use]
            pub fn new(realm: impl ::core::convert::Into<$crate::AnyRealm>) -> Self {
                Self { realm: realm.into(), denies_undecided: false }
            }

            $(#[$undecided])*
            #[must_use]
            pub fn deny_undecided(mut self) -> Self {
                self.denies_undecided = true;
                self
            }
        }
    };
}

/// Defines what an adapter installs to enforce a policy on whatever is inside, under its framework's name for such a thing.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_enforcer {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        pub struct $name<E>(::core::marker::PhantomData<fn() -> E>);

        impl<E> $name<E> {
            /// Makes one that enforces the policy `E`.
            #[must_use]
            pub const fn new() -> Self
            where
                // Here the compiler explains what is missing.
                E: $crate::EndpointPolicy,
            {
                Self(::core::marker::PhantomData)
            }
        }

        impl<E: $crate::EndpointPolicy> ::core::default::Default for $name<E> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<E> ::core::clone::Clone for $name<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E> ::core::marker::Copy for $name<E> {}

        impl<E: $crate::EndpointPolicy> ::core::fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{}({})", ::core::stringify!($name), E::ENDPOINT.name)
            }
        }
    };
}

/// Defines an adapter's `Guarded<E, A>`, the arguments of a handler that a policy has let through.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_guarded {
    () => {
        /// The arguments of a handler, which nobody has looked at before the policy `E` let the request pass.
        ///
        /// `#[requires_auth(..)]` puts it in place of a handler's parameters, where the framework would extract them
        /// side by side.
        pub struct Guarded<E, A>(A, ::core::marker::PhantomData<fn() -> E>);

        impl<E, A> Guarded<E, A> {
            const fn decided(args: A) -> Self {
                Self(args, ::core::marker::PhantomData)
            }

            /// The arguments.
            pub fn into_args(self) -> A {
                self.0
            }
        }

        impl<E: $crate::EndpointPolicy, A> ::core::fmt::Debug for Guarded<E, A> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "Guarded({})", E::ENDPOINT.name)
            }
        }

        impl<E, A> $crate::__private::Assumable<A> for Guarded<E, A> {
            fn assumed(args: A, _: $crate::__private::TestKit) -> Self {
                Self::decided(args)
            }
        }
    };
}

/// Defines the contents of an adapter's `__private::v1::reject`: what turns a refusal into whatever a function
/// returns. The adapter's `Refusal` has to be in scope.
///
/// In order of preference: the return type itself; the error of a `Result`; what the adapter adds for `&Ret<T>`.
/// Method resolution takes the first that fits.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_reject {
    (advice: $advice:literal) => {
        /// Stands for the return type.
        #[derive(Debug)]
        pub struct Ret<T>(::core::marker::PhantomData<fn() -> T>);

        impl<T> Ret<T> {
            #[must_use]
            #[expect(clippy::new_without_default, reason = "named by macro output only")]
            pub const fn new() -> Self {
                Self(::core::marker::PhantomData)
            }
        }

        pub trait ViaSelf<T> {
            fn reject(&self, refusal: Refusal) -> T;
        }

        impl<T: ::core::convert::From<Refusal>> ViaSelf<T> for &&&Ret<T> {
            fn reject(&self, refusal: Refusal) -> T {
                ::core::convert::From::from(refusal)
            }
        }

        pub trait ViaError<T> {
            fn reject(&self, refusal: Refusal) -> T;
        }

        impl<T, E: ::core::convert::From<Refusal>> ViaError<::core::result::Result<T, E>>
            for &&Ret<::core::result::Result<T, E>>
        {
            fn reject(&self, refusal: Refusal) -> ::core::result::Result<T, E> {
                ::core::result::Result::Err(::core::convert::From::from(refusal))
            }
        }

        /// Return types that can answer a refusal; stands in the way of those that cannot, with advice.
        #[diagnostic::on_unimplemented(
                                                                    message = "`{Self}` cannot answer a refusal",
                                                                    label = "the refusal has nowhere to go",
                                                                    note = $advice
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
    };
}
