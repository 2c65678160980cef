//! Expansions name nothing that the user's module has to have, and no lint complains of them.
#![no_implicit_prelude]
#![deny(
    warnings,
    dead_code,
    unused,
    missing_docs,
    missing_debug_implementations,
    unnameable_types,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    let_underscore_drop,
    single_use_lifetimes,
    trivial_casts,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]

pub mod service {
    //! What an application has, without a prelude.

    use ::auth_axum::{Auth, Facts, Principal, Scheme, auth_impl, public, requires_auth};
    use ::axum::body::Body;
    use ::axum::extract::{Path, State};
    use ::http::{Request, Response};
    use ::std::option::Option;
    use ::std::string::String;
    use ::std::vec::Vec;

    /// A principal.
    #[derive(Clone, Debug, Principal)]
    pub struct User {
        #[principal(subject)]
        id: String,
        #[principal(issuer)]
        issuer: Option<String>,
        #[principal(scopes)]
        scopes: Vec<String>,
        #[principal(roles)]
        roles: Vec<String>,
        #[principal(claim = "org", default)]
        organisation: String,
        #[principal(parse)]
        floor: u8,
        #[principal(parse)]
        desk: Option<u16>,
        #[principal(claim = "room", parse, default)]
        room: u16,
        r#type: Option<String>,
    }

    impl User {
        /// Reads every field.
        #[must_use]
        pub fn is_whole(&self) -> bool {
            !self.id.is_empty()
                && self.issuer.is_none()
                && self.scopes.is_empty()
                && self.roles.is_empty()
                && self.organisation.is_empty()
                && self.floor == 0
                && self.desk.is_none()
                && self.room == 0
                && self.r#type.is_none()
        }
    }

    /// A scheme of its own.
    #[derive(Clone, Copy, Debug, Scheme)]
    #[scheme(header = "X-Nebula-Key", prefix = "neb_", guessable)]
    pub struct NebulaKey;

    /// A policy without a function.
    #[requires_auth(bearer)]
    #[derive(Clone, Copy, Debug)]
    pub struct StaffOnly;

    fn is_on_floor(user: &User, _: &Facts) -> bool {
        user.floor < 9
    }

    const READ: &str = "items:read";

    /// Everything in one list.
    #[requires_auth(
        bearer,
        basic,
        api_key,
        NebulaKey,
        scope = READ,
        scope("items:list", READ),
        role("staff", "desk"),
        any(scope = "a", not(role = "guest"), all(factor("otp", within = "10m"), factor("pwd"))),
        check = is_on_floor,
        hide,
        realm = "main",
        policy = ListPolicy
    )]
    pub async fn list(user: Auth<User>, State(mut count): State<u32>, Path(_): Path<u32>) -> String {
        count += 1;
        let _ = count;
        ::std::clone::Clone::clone(&user.id)
    }

    /// For guests too.
    #[requires_auth(any_scheme, optional)]
    pub async fn lobby(user: Option<Auth<User>>) -> &'static str {
        if user.is_some() { "welcome back" } else { "welcome" }
    }

    /// For all.
    #[public(reason = "health check")]
    pub async fn health() -> &'static str {
        "ok"
    }

    /// Reads the request itself.
    #[requires_auth(bearer)]
    pub async fn echo(request: Request<Body>) -> Response<Body> {
        Response::new(request.into_body())
    }

    /// A namespace.
    #[derive(Clone, Copy, Debug)]
    pub struct Api;

    #[auth_impl]
    impl Api {
        /// In a block.
        #[requires_auth(bearer)]
        pub async fn list(State(count): State<u32>) -> String {
            let _ = count;
            String::new()
        }

        #[public(reason = "open")]
        async fn open(self) {}

        /// With a request.
        #[requires_auth(basic)]
        pub async fn echo(&self, mut request: Request<Body>) -> Response<Body> {
            let _ = request.headers_mut();
            Response::new(request.into_body())
        }
    }

    /// Mounts them all.
    pub fn routes() -> ::auth_axum::Router<u32> {
        let _open = Api::open;
        ::auth_axum::Router::new()
            .route("/list/{id}", ::auth_axum::get(list))
            .route("/lobby", ::auth_axum::get(lobby))
            .route("/health", ::auth_axum::get(health))
            .route("/api", ::auth_axum::get(Api::list))
    }
}

fn main() {
    let _routes = service::routes();
    let endpoint = <service::ListPolicy as ::auth_axum::EndpointPolicy>::ENDPOINT;
    ::std::assert_eq!(endpoint.name, "list");
    ::std::assert_eq!(
        ::std::string::ToString::to_string(&endpoint.policy),
        "bearer, basic, api_key, nebula_key, all(scope = \"items:read\", all(scope = \"items:list\", scope = \"items:read\"), \
         all(role = \"staff\", role = \"desk\"), any(scope = \"a\", not(role = \"guest\"), all(factor(\"otp\", within = \"600s\"), \
         factor(\"pwd\"))), check = is_on_floor), hide, realm = \"main\""
    );
}
