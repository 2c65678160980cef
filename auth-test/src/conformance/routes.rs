//! The routes of the suite, once for all frameworks.

/// Calls a macro for each route of the conformance suite.
///
/// `for_each_route!(mount, (tokens))` calls
/// `mount! { name, METHOD, "/path", Group, kind, [attribute], (tokens) }` once a route; `(tokens)` are handed through
/// as they are, and `()` if there are none. The attribute's list belongs into `#[requires_auth(..)]`, or into
/// `#[public(..)]` for the kind `public`, `public_party` and `public_body`.
///
/// A [`Group`](crate::conformance::Group) says which realms stand around the route, a kind what its handler takes and
/// answers. All answers are 200 with a text:
///
/// | kind | the handler takes | and answers |
/// | --- | --- | --- |
/// | `party` | `user: Auth<User>` | `<user.id> <scheme>`, like `alice bearer` |
/// | `guest` | `user: Option<Auth<User>>` | the same, or `guest` |
/// | `plain` | nothing | `ok` |
/// | `body` | the body | the body's length in bytes |
/// | `number` | an unsigned number that follows the path | the number |
/// | `cached` | `user: Auth<User>` | as `party`, with `Cache-Control: max-age=60` |
/// | `ensure` | `user: Auth<User>` | `user.ensure(user.id == "alice")?`, then as `party` |
/// | `ensure_scope` | `user: Auth<User>` | `user.ensure_scope("items:write")?`, then as `party` |
/// | `stranger` | `_: Auth<Stranger>` | `ok` |
/// | `bare` | `user: Auth<User>`, and has no attribute | as `party` |
/// | `public` | nothing | `ok` |
/// | `public_party` | `user: Auth<User>` | as `party` |
/// | `public_body` | the body | the body's length in bytes |
///
/// # Examples
///
/// ```
/// use auth_test::conformance::Group;
///
/// macro_rules! list {
///     ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, [$($list:tt)*], ($paths:ident)) => {
///         if Group::$group == Group::Inner {
///             $paths.push(concat!(stringify!($method), " ", $path));
///         }
///     };
/// }
///
/// let mut paths = Vec::new();
/// auth_test::for_each_route!(list, (paths));
/// assert!(paths.contains(&"GET /inner/own"));
/// ```
#[macro_export]
macro_rules! for_each_route {
    ($callback:ident) => {
        $crate::for_each_route!($callback, ());
    };
    ($callback:ident, $tokens:tt) => {
        $crate::__each_route! { $callback $tokens
            // Each scheme alone, and all together.
            bearer_alone GET "/bearer" Main party [bearer];
            basic_alone GET "/basic" Main party [basic];
            basic_post POST "/basic/post" Main party [basic];
            api_key_alone GET "/api-key" Main party [api_key];
            all_three GET "/all" Main party [bearer, basic, api_key];
            all_reversed GET "/reversed" Main party [api_key, basic, bearer];
            any_of_the_realm GET "/any" Main party [any_scheme];
            by_realm_name GET "/by-name" Main party [bearer, realm = "conformance"];

            // Scopes and roles, for each scheme alone and all together.
            scope_bearer GET "/scope/bearer" Main party [bearer, scope = "items:write"];
            scope_basic GET "/scope/basic" Main party [basic, scope = "items:write"];
            scope_api_key GET "/scope/api-key" Main party [api_key, scope = "items:write"];
            scope_all GET "/scope/all" Main party [bearer, basic, api_key, scope = "items:write"];
            role_bearer GET "/role/bearer" Main party [bearer, role = "admin"];
            role_basic GET "/role/basic" Main party [basic, role = "admin"];
            role_api_key GET "/role/api-key" Main party [api_key, role = "admin"];
            role_all GET "/role/all" Main party [bearer, basic, api_key, role = "admin"];

            // The forms of a requirement.
            scope_many GET "/scope/many" Main party [bearer, scope("items:read", "items:write")];
            scope_twice GET "/scope/twice" Main party [bearer, scope = "items:read", scope = "items:write"];
            scope_path GET "/scope/path" Main party [bearer, scope = $crate::conformance::READ];
            scope_any GET "/scope/any" Main party [bearer, any(scope = "a", scope = "b")];
            scope_not GET "/scope/not" Main party [bearer, not(scope = "banned")];
            scope_leaves GET "/scope/leaves" Main party [
                bearer,
                all(scope = "b", any(scope = "a", scope = "b")),
                not(scope = "banned"),
            ];
            role_many GET "/role/many" Main party [bearer, role("x", "y")];
            role_path GET "/role/path" Main party [bearer, role = $crate::conformance::Role::Admin];
            role_any GET "/role/any" Main party [bearer, any(role = "x", role = "y")];
            role_list_any GET "/role/any-of-all" Main party [bearer, any(role("x", "y"), role = "z")];
            role_list_all GET "/role/all-of-any" Main party [
                bearer,
                all(any(role = "x", role = "y"), any(role = "y", role = "z")),
            ];
            role_not GET "/role/not" Main party [bearer, not(role = "x")];
            role_not_any GET "/role/not-any" Main party [bearer, not(any(role = "x", role = "y"))];
            role_not_all GET "/role/not-all" Main party [bearer, not(all(role = "x", role = "y"))];
            role_not_not GET "/role/not-not" Main party [bearer, not(not(role = "x"))];
            role_either GET "/role/either" Main party [
                bearer,
                any(all(role = "x", not(role = "y")), all(not(role = "x"), role = "y")),
            ];
            mixed GET "/mixed" Main party [
                bearer,
                any(role = "admin", all(scope = "items:read", not(role = "guest"))),
            ];
            order GET "/order" Main party [
                bearer,
                check = $crate::conformance::is_alice,
                factor("otp", within = "10m"),
                role = "r",
                scope = "s",
            ];
            check GET "/check" Main party [bearer, check = $crate::conformance::is_alice];
            check_all GET "/check/all" Main party [
                bearer, basic, api_key, check = $crate::conformance::is_alice,
            ];
            check_facts GET "/check/facts" Main party [bearer, check = $crate::conformance::has_no_role];
            check_not GET "/check/not" Main party [bearer, not(check = $crate::conformance::is_alice)];
            requirement_plain GET "/plain" Main plain [bearer, scope = "items:read"];

            // Factors.
            factor GET "/factor" Main party [bearer, factor("otp")];
            factor_fresh GET "/factor/fresh" Main party [bearer, factor("otp", within = "10m")];
            factor_unmapped GET "/factor/unmapped" Main party [bearer, factor("hwk", within = "1h")];
            factor_all GET "/factor/all" Main party [bearer, basic, api_key, factor("otp")];
            factor_basic GET "/factor/basic" Main party [basic, factor("otp")];
            factor_password GET "/factor/password" Main party [basic, factor("pwd", within = "1m")];
            factor_api_key GET "/factor/api-key" Main party [api_key, factor("otp", within = "10m")];
            factor_nebula GET "/factor/nebula" Main party [$crate::conformance::NebulaKey, factor("otp")];

            // Hidden, and decisions about one object.
            hidden_role GET "/hidden/role" Main party [bearer, role = "admin", hide];
            hidden_scope GET "/hidden/scope" Main party [bearer, scope = "items:write", hide];
            hidden_check GET "/hidden/check" Main party [bearer, check = $crate::conformance::is_alice, hide];
            hidden_all GET "/hidden/all" Main party [bearer, basic, api_key, role = "admin", hide];
            hidden_factor GET "/hidden/factor" Main party [bearer, factor("otp"), hide];
            hidden_scope_factor GET "/hidden/scope-factor" Main party [bearer, scope = "items:write", factor("otp"), hide];
            hidden_factor_check GET "/hidden/factor-check" Main party
                [bearer, factor("otp"), check = $crate::conformance::is_alice, hide];
            hidden_post POST "/hidden/post" Main body [bearer, role = "admin", hide];
            hidden_head HEAD "/hidden/head" Main party [bearer, role = "admin", hide];
            hidden_options OPTIONS "/hidden/options" Main party [bearer, role = "admin", hide];
            hidden_put PUT "/hidden/put" Main party [bearer, role = "admin", hide];
            hidden_patch PATCH "/hidden/patch" Main party [bearer, role = "admin", hide];
            hidden_delete DELETE "/hidden/delete" Main party [bearer, role = "admin", hide];
            ensure GET "/ensure" Main ensure [bearer];
            ensure_basic GET "/ensure/basic" Main ensure [basic];
            ensure_all GET "/ensure/all" Main ensure [bearer, basic, api_key];
            ensure_hidden GET "/ensure/hidden" Main ensure [bearer, scope = "items:read", hide];
            ensure_scope GET "/ensure-scope" Main ensure_scope [bearer];
            ensure_scope_all GET "/ensure-scope/all" Main ensure_scope [bearer, basic, api_key];
            ensure_scope_basic GET "/ensure-scope/basic" Main ensure_scope [basic];
            ensure_scope_hidden GET "/ensure-scope/hidden" Main ensure_scope [bearer, scope = "items:read", hide];

            // Optional.
            optional_bearer GET "/optional/bearer" Main guest [bearer, optional];
            optional_basic GET "/optional/basic" Main guest [basic, optional];
            optional_api_key GET "/optional/api-key" Main guest [api_key, optional];
            optional_all GET "/optional/all" Main guest [bearer, basic, api_key, optional];
            optional_any GET "/optional/any" Main guest [any_scheme, optional];
            optional_session GET "/optional/session" Main guest [bearer, $crate::conformance::Session, optional];
            optional_ticket GET "/optional/ticket" Main guest [bearer, $crate::conformance::Ticket, optional];
            optional_nebula GET "/optional/nebula" Main guest [$crate::conformance::NebulaKey, optional];
            optional_plain GET "/optional/plain" Main plain [bearer, optional];

            // Own schemes.
            own_nebula GET "/own/nebula" Main party [$crate::conformance::NebulaKey];
            own_nebula_bearer GET "/own/nebula-bearer" Main party [bearer, $crate::conformance::NebulaKey];
            own_service GET "/own/service" Main party [$crate::conformance::ServiceKey];
            own_service_bearer GET "/own/service-bearer" Main party [
                $crate::conformance::ServiceKey, bearer, api_key,
            ];
            own_ticket GET "/own/ticket" Main party [bearer, $crate::conformance::Ticket];
            own_session GET "/own/session" Main party [bearer, $crate::conformance::Session];
            own_page GET "/own/page" Main party [$crate::conformance::PageSession];
            own_session_all GET "/own/session-all" Main party [
                bearer, basic, api_key, $crate::conformance::Session, $crate::conformance::Ticket,
            ];
            own_session_scope GET "/own/session-scope" Main party [
                bearer, $crate::conformance::Session, scope = "items:write",
            ];
            own_session_post POST "/own/session" Main party [bearer, $crate::conformance::Session];
            own_session_put PUT "/own/session" Main party [bearer, $crate::conformance::Session];
            own_session_delete DELETE "/own/session" Main party [bearer, $crate::conformance::Session];

            // What successful answers say to caches.
            cached_bearer GET "/cached/bearer" Main cached [bearer];
            cached_api_key GET "/cached/api-key" Main cached [api_key];
            cached_ticket GET "/cached/ticket" Main cached [bearer, $crate::conformance::Ticket];
            cached_session GET "/cached/session" Main cached [bearer, $crate::conformance::Session];

            // Bodies, paths and methods.
            body POST "/body" Main body [bearer];
            body_all POST "/body/all" Main body [bearer, basic, api_key];
            body_scope POST "/body/scope" Main body [bearer, scope = "items:write"];
            body_factor POST "/body/factor" Main body [bearer, factor("otp")];
            body_public POST "/body/public" Main public_body [reason = "anybody may write"];
            number GET "/number" Main number [bearer];
            method_head HEAD "/method/head" Main party [bearer];
            method_options OPTIONS "/method/options" Main party [bearer];
            method_post POST "/method/post" Main party [bearer];
            method_put PUT "/method/put" Main party [bearer];
            method_delete DELETE "/method/delete" Main party [bearer];

            // Open on purpose.
            public GET "/public" Main public [reason = "health check"];
            public_bare GET "/bare/public" Bare public [reason = "health check"];

            // Put together wrongly.
            wrong_scheme GET "/wrong/scheme" Main plain [$crate::conformance::Missing];
            wrong_scheme_beside GET "/wrong/scheme-beside" Main plain [bearer, $crate::conformance::Missing];
            wrong_realm GET "/wrong/realm" Main plain [bearer, realm = "nowhere"];
            wrong_realm_body POST "/wrong/realm" Main body [bearer, realm = "nowhere"];
            wrong_principal GET "/wrong/principal" Main stranger [bearer];
            wrong_check GET "/wrong/check" Main plain [bearer, check = $crate::conformance::is_stranger];
            wrong_public GET "/wrong/public" Main public_party [reason = "a mistake"];
            wrong_attribute GET "/wrong/attribute" Main bare [];
            wrong_layer GET "/bare/party" Bare party [bearer];
            wrong_layer_plain GET "/bare/plain" Bare plain [bearer, basic, api_key];
            wrong_layer_guest GET "/bare/guest" Bare guest [bearer, optional];
            wrong_layer_body POST "/bare/body" Bare body [bearer];

            // Other realms.
            inner_own GET "/inner/own" Inner party [bearer];
            inner_outer GET "/inner/outer" Inner party [bearer, basic, realm = "conformance"];
            inner_by_name GET "/inner/by-name" Inner party [bearer, realm = "inner"];
            inner_missing GET "/inner/missing" Inner plain [basic];
            inner_any GET "/inner/any" Inner party [any_scheme];
            documented_role GET "/documented/role" Documented party [bearer, basic, role = "admin"];
            documented_scope GET "/documented/scope" Documented party [bearer, basic, scope = "items:write"];
            documented_check GET "/documented/check" Documented party [
                bearer, basic, check = $crate::conformance::is_alice,
            ];
            documented_basic GET "/documented/basic" Documented party [basic, role = "admin"];
            documented_hidden GET "/documented/hidden" Documented party [bearer, role = "admin", hide];
            documented_ensure GET "/documented/ensure" Documented ensure [bearer, basic];
            named_role GET "/named/role" Named party [bearer, basic, role = "admin"];
            named_many GET "/named/many" Named party [bearer, role("admin", "auditor"), not(role = "guest")];
            named_basic GET "/named/basic" Named party [basic, role = "admin"];
            named_scope GET "/named/scope" Named party [bearer, scope = "items:write"];
            strict GET "/strict" Strict party [bearer];
            defaults_bare GET "/defaults/bare" Defaults bare [];
            defaults_own GET "/defaults/own" Defaults party [bearer, scope = "items:write"];
            echo GET "/echo" Echo party [bearer, basic];
        }
    };
}

/// One call for each line of a list.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_route {
    ($callback:ident $tokens:tt $($name:ident $method:ident $path:literal $group:ident $kind:ident $list:tt;)*) => {
        $($callback! { $name, $method, $path, $group, $kind, $list, $tokens })*
    };
}
