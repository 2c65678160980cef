//! The attribute and derive macros of `auth-core` and its adapters.
//!
//! Use them through an adapter: `auth_axum::requires_auth`, `auth_tower::requires_auth` and so on. Each adapter has
//! entry points of its own here, because an expansion has to name that adapter's types: it names
//! `::<adapter>::__private::v1` and `::core`, and nothing else.
//!
//! | entry point | goes on | gives |
//! | --- | --- | --- |
//! | `<adapter>_requires_auth` | a function or unit struct | a policy, and a check of it before anything else |
//! | `<adapter>_public` | the same | a policy that lets everybody pass, with the reason |
//! | `<adapter>_auth_impl` | an `impl` block | a place for the policies of its functions |
//! | `<Adapter>Principal` | a struct | `Principal`: made of facts and claims |
//! | `<Adapter>Scheme` | a struct | `Scheme`: how a credential travels |
//!
//! An adapter's default *mode* says where the check goes:
//!
//! - *guard*: a hidden first parameter `Require<Policy>`, extracted by the framework before the others;
//! - *fold*: one parameter `Guarded<Policy, (A, B)>` in place of all, for frameworks that extract side by side;
//! - *request*: a first statement that looks at the parameter `Request<..>`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod adapter;
mod auth_impl;
mod diagnostics;
mod endpoint;
mod fallback;
mod grammar;
mod names;
mod policy;
mod principal;
mod public;
mod requires_auth;
mod scheme;
mod suggest;
#[cfg(test)]
mod testing;

use proc_macro::TokenStream;

/// Writes the entry points of each adapter: three attributes.
macro_rules! entry_points {
    ($($adapter:ident: $requires_auth:ident $public:ident $auth_impl:ident;)*) => {$(
        #[doc = include_str!("../docs/requires_auth.md")]
        #[proc_macro_attribute]
        pub fn $requires_auth(arguments: TokenStream, item: TokenStream) -> TokenStream {
            requires_auth::expand(&adapter::$adapter, arguments.into(), item.into()).into()
        }

        #[doc = include_str!("../docs/public.md")]
        #[proc_macro_attribute]
        pub fn $public(arguments: TokenStream, item: TokenStream) -> TokenStream {
            public::expand(&adapter::$adapter, arguments.into(), item.into()).into()
        }

        #[doc = include_str!("../docs/auth_impl.md")]
        #[proc_macro_attribute]
        pub fn $auth_impl(arguments: TokenStream, item: TokenStream) -> TokenStream {
            auth_impl::expand(&adapter::$adapter, arguments.into(), item.into()).into()
        }
    )*};
}

/// Writes the derives of each adapter.
macro_rules! derives {
    ($($adapter:ident: $principal_fn:ident $Principal:ident $scheme_fn:ident $Scheme:ident;)*) => {$(
        #[doc = include_str!("../docs/principal.md")]
        #[proc_macro_derive($Principal, attributes(principal))]
        pub fn $principal_fn(item: TokenStream) -> TokenStream {
            principal::derive(&adapter::$adapter, item.into()).into()
        }

        #[doc = include_str!("../docs/scheme.md")]
        #[proc_macro_derive($Scheme, attributes(scheme))]
        pub fn $scheme_fn(item: TokenStream) -> TokenStream {
            scheme::derive(&adapter::$adapter, item.into()).into()
        }
    )*};
}

entry_points! {
    ACTIX: actix_requires_auth actix_public actix_auth_impl;
    AXUM: axum_requires_auth axum_public axum_auth_impl;
    POEM: poem_requires_auth poem_public poem_auth_impl;
    POEM_OPENAPI: poem_openapi_requires_auth poem_openapi_public poem_openapi_auth_impl;
    ROCKET: rocket_requires_auth rocket_public rocket_auth_impl;
    SALVO: salvo_requires_auth salvo_public salvo_auth_impl;
    TONIC: tonic_requires_auth tonic_public tonic_auth_impl;
    TOWER: tower_requires_auth tower_public tower_auth_impl;
    WARP: warp_requires_auth warp_public warp_auth_impl;
}

derives! {
    ACTIX: actix_principal ActixPrincipal actix_scheme ActixScheme;
    AXUM: axum_principal AxumPrincipal axum_scheme AxumScheme;
    CORE: core_principal CorePrincipal core_scheme CoreScheme;
    POEM: poem_principal PoemPrincipal poem_scheme PoemScheme;
    ROCKET: rocket_principal RocketPrincipal rocket_scheme RocketScheme;
    SALVO: salvo_principal SalvoPrincipal salvo_scheme SalvoScheme;
    TONIC: tonic_principal TonicPrincipal tonic_scheme TonicScheme;
    TOWER: tower_principal TowerPrincipal tower_scheme TowerScheme;
    WARP: warp_principal WarpPrincipal warp_scheme WarpScheme;
}
