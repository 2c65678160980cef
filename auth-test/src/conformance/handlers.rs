//! The handlers that are written alike in every framework whose handlers are functions with parameters.

/// Defines the handler of a route of [`for_each_route!`](crate::for_each_route), as `name::route`.
///
/// `route_handler! { [#[handler]] [crate = path,] name kind [list] }`: the first list holds the framework's own attributes,
/// the second what the attribute's list begins with, and both are often empty. In scope have to be the adapter's `Auth`,
/// `Refusal`, `public` and `requires_auth`.
///
/// The kinds `number` and `cached` differ from framework to framework, so their functions come with the call, under their
/// attributes: `route_handler! { @ name [#[requires_auth(bearer)] #[handler]] async fn route(..) .. }`. So do `body` and
/// `public_body`, unless `Bytes` is in scope, and is a parameter that takes the whole body and has a `len()`.
///
/// # Examples
///
/// ```
/// use auth_axum::{Auth, Refusal, get, public, requires_auth};
/// use auth_test::conformance::User;
/// use axum::extract::Path;
///
/// macro_rules! define {
///     ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
///         auth_test::route_handler! { @ $name [#[requires_auth($($list)*)]]
///             async fn route(Path(number): Path<u64>) -> String {
///                 number.to_string()
///             }
///         }
///     };
///     ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
///         auth_test::route_handler! { [] [] $name $kind $list }
///     };
/// }
///
/// define!(number, GET, "/number", Main, number, [bearer], ());
/// define!(mine, GET, "/mine", Main, party, [bearer], ());
///
/// fn main() {
///     let _router = auth_axum::Router::<()>::new().route("/mine", get(mine::route)).route("/number/{n}", get(number::route));
/// }
/// ```
#[macro_export]
macro_rules! route_handler {
    ([$($own:tt)*] [$($first:tt)*] $name:ident party [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route(user: Auth<$crate::conformance::User>) -> String {
                format!("{} {}", user.id, Auth::scheme(&user))
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident guest [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route(user: Option<Auth<$crate::conformance::User>>) -> String {
                user.map_or_else(|| "guest".to_owned(), |user| format!("{} {}", user.id, Auth::scheme(&user)))
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident plain [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route() -> &'static str {
                "ok"
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident body [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route(body: Bytes) -> String {
                body.len().to_string()
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident ensure [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route(user: Auth<$crate::conformance::User>) -> Result<String, Refusal> {
                user.ensure(user.id == "alice")?;
                Ok(format!("{} {}", user.id, Auth::scheme(&user)))
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident ensure_scope [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route(user: Auth<$crate::conformance::User>) -> Result<String, Refusal> {
                user.ensure_scope("items:write")?;
                Ok(format!("{} {}", user.id, Auth::scheme(&user)))
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident stranger [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[requires_auth($($first)* $($list)*)] $($own)*]
            async fn route(_stranger: Auth<$crate::conformance::Stranger>) -> &'static str {
                "ok"
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident bare []) => {
        $crate::route_handler! { @ $name [$($own)*]
            async fn route(user: Auth<$crate::conformance::User>) -> String {
                format!("{} {}", user.id, Auth::scheme(&user))
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident public [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[public($($first)* $($list)*)] $($own)*]
            async fn route() -> &'static str {
                "ok"
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident public_body [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[public($($first)* $($list)*)] $($own)*]
            async fn route(body: Bytes) -> String {
                body.len().to_string()
            }
        }
    };
    ([$($own:tt)*] [$($first:tt)*] $name:ident public_party [$($list:tt)*]) => {
        $crate::route_handler! { @ $name [#[public($($first)* $($list)*)] $($own)*]
            async fn route(user: Party) -> String {
                format!("{} {}", user.id, Auth::scheme(&user))
            }

            // Hides the parameter's type from the attribute, which would refuse it.
            type Party = Auth<$crate::conformance::User>;
        }
    };
    // Each in a module of its own: some are called like what a framework's macro binds.
    (@ $name:ident [$($attributes:tt)*] $($function:tt)*) => {
        mod $name {
            use super::*;

            $($attributes)*
            pub(super) $($function)*
        }
    };
}
