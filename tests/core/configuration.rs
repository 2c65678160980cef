//! Mistakes in how a program is put together: found at the start, each with its value and its fix.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use auth_axum::{Auth, Require, RequireLayer, Router, any, get, not_found, post, public, requires_auth};
use auth_core::catalogue::{Guard, Route};
use auth_core::credential::{ApiKey, BasicCredentials, BearerToken, Credential, OpaqueToken};
use auth_core::{
    ApiKeyIn, Attempt, Carrier, ChallengeForm, ClientSource, ConfigErrorKind, EndpointPolicy, Realm, RealmBuilder,
    Reason, Scheme, Verified, Verifier, VerifyError, catalogue,
};

/// Refuses everything, of every kind.
struct Refuses;

impl<C: Credential> Verifier<C> for Refuses {
    type Value = User;

    async fn verify(&self, _: C, _: Attempt) -> Result<Verified<User>, VerifyError> {
        Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    }
}

#[derive(Clone)]
struct User;

#[derive(Scheme)]
#[scheme(bearer, prefix = "ak_")]
struct Prefixed;

#[derive(Scheme)]
#[scheme(bearer, prefix = "ak_")]
struct PrefixedAlike;

#[derive(Scheme)]
#[scheme(header = "X-Other", name = "bearer")]
struct CalledBearer;

/// A header whose name is chosen at run time.
struct Header(&'static str);

impl Scheme for Header {
    const NAME: &'static str = "header";
    const CHALLENGE: ChallengeForm = ChallengeForm::ApiKey;
    type Credential = OpaqueToken;

    fn carrier(&self) -> Carrier {
        Carrier::header(self.0)
    }
}

/// A challenge that no header can hold, or that is another's.
struct Named<const FORM: usize>;

impl<const FORM: usize> Scheme for Named<FORM> {
    const NAME: &'static str = "named";
    const CHALLENGE: ChallengeForm = ChallengeForm::Named(if FORM == 0 { "Od\u{e9}" } else { "bearer" });
    type Credential = OpaqueToken;

    fn carrier(&self) -> Carrier {
        Carrier::header("X-Named")
    }
}

/// A cookie whose name is chosen at run time.
struct Cookie(&'static str);

impl Scheme for Cookie {
    const NAME: &'static str = "cookie";
    const CHALLENGE: ChallengeForm = ChallengeForm::None;
    type Credential = OpaqueToken;

    fn carrier(&self) -> Carrier {
        Carrier::cookie(self.0)
    }
}

#[derive(Scheme)]
#[scheme(cookie = "sid", with_insecure_cookie_name)]
struct WeakCookie;

fn bearer(name: &str) -> RealmBuilder<User> {
    Realm::<User>::builder(name).bearer(Refuses)
}

#[test]
fn realms_that_cannot_work_are_refused() {
    use ConfigErrorKind as Kind;
    let cases = [
        (Kind::RealmName, "line\\nbreak", bearer("line\nbreak")),
        (Kind::NoScheme, ".bearer(verifier)", Realm::builder("empty")),
        (Kind::SchemeClash, "is there twice", bearer("two").bearer(Refuses)),
        (Kind::SchemeClash, "`prefix`", bearer("two").scheme(Prefixed, Refuses).scheme(PrefixedAlike, Refuses)),
        (Kind::SchemeClash, "name = ", bearer("two").scheme(CalledBearer, Refuses)),
        (
            Kind::SchemeClash,
            "`prefix`",
            Realm::builder("two").api_key(ApiKeyIn::header("X-Key"), Refuses).scheme(Header("x-key"), Refuses),
        ),
        (Kind::FieldName, "`X Key`", Realm::builder("odd").scheme(Header("X Key"), Refuses)),
        (Kind::FieldName, "``", Realm::builder("odd").scheme(Header(""), Refuses)),
        (Kind::FieldName, "`Authorization`", Realm::builder("odd").api_key(ApiKeyIn::header("Authorization"), Refuses)),
        (Kind::CookieName, "`__Host-sid`", bearer("odd").scheme(Cookie("sid"), Refuses)),
        (
            Kind::CookieName,
            "`Carrier::cookie(\"sid\").with_insecure_cookie_name()`",
            bearer("odd").scheme(Cookie("sid"), Refuses),
        ),
        (Kind::FieldName, "`__Host-s;d`", bearer("odd").scheme(Cookie("__Host-s;d"), Refuses)),
        (Kind::SourceNotChosen, "ClientSource::peer()", bearer("guessable").basic(Refuses)),
        (Kind::ForbiddenStatus, "302", bearer("odd").forbidden_status(302)),
        (Kind::Value, "`two words`", bearer("odd").acr("otp", "two words")),
        (Kind::Value, "`app.example.com`", bearer("odd").trusted_origin("app.example.com")),
        (Kind::Value, "`https://app.example.com/`", bearer("odd").trusted_origin("https://app.example.com/")),
        (Kind::Address, "`http://api.example/m`", bearer("odd").resource_metadata("http://api.example/m")),
        (Kind::Address, "`https://`", bearer("odd").resource_metadata("https://")),
        (Kind::Address, "`https://a@api.example/`", bearer("odd").resource_metadata("https://a@api.example/")),
        (Kind::Address, "`https://api.example/#m`", bearer("odd").resource_metadata("https://api.example/#m")),
        (Kind::Address, "oauth-protected-resource", bearer("odd").resource_metadata("https://api.example/\", x=\"")),
        (Kind::Address, "oauth-protected-resource", bearer("odd").resource_metadata("https://api.example/\r\nx: y")),
        (
            Kind::Address,
            ".bearer(verifier)",
            Realm::builder("odd")
                .api_key(ApiKeyIn::header("X-Key"), Refuses)
                .resource_metadata("https://api.example/.well-known/oauth-protected-resource"),
        ),
        (Kind::Catalogue, "`basic`", bearer("odd").default_policy::<ByPassword>()),
        (Kind::Catalogue, "\"elsewhere\"", bearer("odd").default_policy::<ElsewhereAuth>()),
        (Kind::ForbiddenStatus, "`hide`", bearer("odd").forbidden_status(404)),
        (Kind::Value, "`https://App.example.com`", bearer("odd").trusted_origin("https://App.example.com")),
        (Kind::Value, "`https://app.example.com:443`", bearer("odd").trusted_origin("https://app.example.com:443")),
        (Kind::Value, "`https://*.example.com`", bearer("odd").trusted_origin("https://*.example.com")),
        (Kind::Value, "`https://app.example.com:99999`", bearer("odd").trusted_origin("https://app.example.com:99999")),
        (Kind::SchemeName, "`Od\\u{e9}`", bearer("odd").scheme(Named::<0>, Refuses)),
        (Kind::SchemeName, "`ChallengeForm::bearer`", bearer("odd").scheme(Named::<1>, Refuses)),
        (Kind::Limit, "16777217 credentials", bearer("odd").cache_capacity(16_777_217)),
        (Kind::Limit, "`.cache_capacity(16777216)`", bearer("odd").cache_capacity(usize::MAX)),
    ];
    for (kind, text, builder) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().starts_with(&kind.code()) && error.to_string().contains(text), "{text}: {error}");
    }
}

/// The names in the list of reserved header fields in `source`.
fn reserved(source: &'static str) -> Vec<&'static str> {
    let (_, rest) = source.split_once("const RESERVED: [&str; ").expect("the list");
    let (list, _) = rest.split_once("];").expect("its end");
    list.split('"').skip(1).step_by(2).collect()
}

/// The derive cannot ask the core, so the list stands in both.
#[test]
fn no_header_that_means_something_else_carries_a_credential() {
    let core = reserved(include_str!("../../auth-core/src/scheme.rs"));
    assert_eq!(core, reserved(include_str!("../../auth-macros/src/scheme/validate.rs")));
    assert_eq!(core.len(), 13, "{core:?}");
    for name in ["connection", "host", "forwarded", "proxy-authorization"] {
        assert!(core.contains(&name), "{name}");
    }
    for name in core {
        for name in [name.to_owned(), name.to_ascii_uppercase()] {
            let error = Realm::<User>::builder("odd").api_key(ApiKeyIn::header(&name), Refuses).build().unwrap_err();
            assert!(error.kind() == ConfigErrorKind::FieldName && error.to_string().contains(&name), "{error}");
        }
    }
}

/// Whatever the core asks a request for by name.
#[test]
fn every_header_that_the_core_reads_is_reserved() {
    let core = reserved(include_str!("../../auth-core/src/scheme.rs"));
    let mut read = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../auth-core/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for verb in ["for_each_header(", "has_header(", "sole_header("] {
                let arguments = source.split(verb).skip(1).filter_map(|rest| rest.strip_prefix('"'));
                read.extend(arguments.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }
    for name in ["authorization", "cookie", "origin", "sec-fetch-site", "x-forwarded-for", "x-forwarded-proto"] {
        assert!(read.contains(name), "the search has missed `{name}`: {read:?}");
    }
    for name in read {
        assert!(core.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn their_near_misses_are_accepted() {
    for builder in [
        bearer(""),
        bearer("with \"quotes\" and \\"),
        bearer("three").basic(Refuses).source(ClientSource::peer()),
        bearer("prefix").scheme(Prefixed, Refuses),
        bearer("cookie").scheme(Cookie("__Host-sid"), Refuses),
        bearer("cookie").scheme(WeakCookie, Refuses),
        bearer("status").forbidden_status(401),
        bearer("origin").trusted_origin("https://app.example.com:8443").trusted_origin("http://[::1]:3000"),
        bearer("policy").default_policy::<ByToken>(),
        bearer("metadata").resource_metadata("https://api.example:8443/.well-known/oauth-protected-resource/v1?a=b"),
    ] {
        assert!(builder.build().is_ok());
    }
}

/// Schemes of every credential type take one verifier that is generic over them.
#[test]
fn one_verifier_serves_every_kind_of_credential() {
    fn takes<C: Credential>() -> bool
    where
        Refuses: Verifier<C>,
    {
        true
    }
    assert!(takes::<BearerToken>() && takes::<BasicCredentials>() && takes::<ApiKey>() && takes::<OpaqueToken>());
}

#[requires_auth(bearer)]
struct ByToken;

#[requires_auth(basic, role = "admin")]
struct ByPassword;

#[requires_auth(bearer, scope = "items:read", realm = "elsewhere")]
async fn elsewhere(_user: Auth<User>) {}

#[requires_auth(bearer)]
async fn takes_text(_user: Auth<String>) {}

#[public(reason = "health check")]
async fn health() {}

/// Method, path, and the handler's name or why there is none, for each route.
#[track_caller]
fn assert_record(app: &Router, expected: &[(&str, &str, &str)]) {
    let guard = |route: &Route| match route.guard {
        Guard::Endpoint(endpoint) => endpoint.name.to_owned(),
        Guard::Unchecked(reason) => format!("unchecked: {reason}"),
    };
    let record: Vec<_> = app.routes().iter().map(|route| (route.method, route.path.as_str(), guard(route))).collect();
    let record: Vec<_> = record.iter().map(|(method, path, guard)| (*method, *path, guard.as_str())).collect();
    assert_eq!(record, expected);
}

#[test]
fn the_router_keeps_a_record_of_its_routes() {
    let inner: Router = Router::new().route("/", get(takes_text)).route("/{id}", get(elsewhere).post(health));
    let app: Router = Router::new()
        .route("/health", get(health))
        .nest("/v1/", inner)
        .route_unchecked("/legacy", axum::routing::get(|| async {}), "moves out next month")
        .fallback(not_found(&bearer("api").build().unwrap()));
    assert_record(
        &app,
        &[
            ("GET", "/health", "health"),
            ("GET", "/v1/", "takes_text"),
            ("GET", "/v1/{id}", "elsewhere"),
            ("POST", "/v1/{id}", "health"),
            ("*", "/legacy", "unchecked: moves out next month"),
            ("*", "*", "not_found"),
        ],
    );
}

/// A closure has no attribute; it passes with the proof of a policy that a type carries.
#[test]
fn closures_are_mounted_with_a_proof_and_foreign_routers_with_a_reason() {
    let app: Router = Router::new()
        .route("/closure", get(|_: Require<ByToken>| async {}))
        .route("/other-method", any(health).merge(post(|_: Require<ByToken>, _: String| async {})))
        .merge(Router::new().route("/merged", get(health)))
        .merge_unchecked(axum::Router::new().route("/legacy", axum::routing::get(|| async {})), "has its own login");
    assert_record(
        &app,
        &[
            ("GET", "/closure", "ByToken"),
            ("*", "/other-method", "health"),
            ("POST", "/other-method", "ByToken"),
            ("GET", "/merged", "health"),
            ("*", "*", "unchecked: has its own login"),
        ],
    );
}

#[test]
fn the_catalogue_lists_what_is_annotated() {
    let catalogue = catalogue();
    let names: Vec<_> = catalogue.endpoints().map(|endpoint| endpoint.name).collect();
    for name in ["ByToken", "ByPassword", "elsewhere", "takes_text", "health"] {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name} in {names:?}");
    }
    let table = catalogue.to_string();
    assert!(table.contains("bearer, scope = \"items:read\", realm = \"elsewhere\""), "{table}");
    assert!(table.contains("public: health check"), "{table}");

    let rows: serde_json::Value = serde_json::from_str(&catalogue.to_json()).unwrap();
    let row = rows.as_array().unwrap().iter().find(|row| row["handler"] == "elsewhere").unwrap();
    assert_eq!(row["security"], serde_json::json!([{"bearer": ["items:read"]}]));
    assert!(row["file"].as_str().unwrap().ends_with("configuration.rs") && row["line"].as_u64().unwrap() > 100);
    assert!(row["principal"].as_str().unwrap().ends_with("User"));
}

#[test]
fn the_catalogue_check_lists_every_endpoint_that_no_realm_can_decide() {
    let api = bearer("api").build().unwrap();
    let error = catalogue().check(&[&api]).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Catalogue);
    let text = error.to_string();
    assert!(text.contains("3 endpoint(s)"), "{text}");
    assert!(text.contains("::ByPassword needs the scheme `basic`, which realm \"api\" does not have"), "{text}");
    assert!(text.contains("::elsewhere names the realm \"elsewhere\", which is not given"), "{text}");
    assert!(text.contains("::takes_text takes `alloc::string::String`, the principal of realm \"api\" is"), "{text}");
    assert!(!text.contains("::health") && !text.contains("::ByToken"), "{text}");

    assert!(catalogue().check(&[]).unwrap_err().to_string().contains("has no realm at all"));
}

#[test]
fn an_endpoint_needs_one_realm_that_can_decide_it_not_all() {
    let api = bearer("api").build().unwrap();
    let elsewhere = bearer("elsewhere").basic(Refuses).source(ClientSource::peer()).build().unwrap();
    let texts = Realm::<String>::builder("texts").bearer(Texts).build().unwrap();
    catalogue().check(&[&api, &elsewhere, &texts]).unwrap();
}

struct Texts;

impl Verifier<BearerToken> for Texts {
    type Value = String;

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<String>, VerifyError> {
        Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    }
}

#[test]
fn a_struct_can_carry_a_policy_for_layers() {
    assert_eq!(ByPassword::ENDPOINT.policy.to_string(), "basic, role = \"admin\"");
    assert_eq!(format!("{:?}", RequireLayer::<ByToken>::new()), "RequireLayer(ByToken)");
}
