//! The derive: what follows from each carrier, and what is said about mistakes.

use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use crate::adapter;
use crate::testing::{mistakes, pretty, tokens};

fn scheme(list: &str) -> TokenStream {
    let list: TokenStream = list.parse().expect("tokens");
    derive(
        &adapter::CORE,
        quote!(
            #[scheme(#list)]
            struct NebulaKey;
        ),
    )
}

/// The lines that differ between schemes.
fn body(list: &str) -> String {
    let source = pretty(scheme(list)).replace("::auth_core::__private::v1::", "");
    source
        .lines()
        .filter(|line| line.starts_with("    "))
        .map(str::trim)
        .filter(|line| *line != "}")
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn scheme_with_everything_said() {
    assert_snapshot!(
        pretty(scheme("bearer, prefix = \"ak_\", name = \"ak\", challenge = \"Nebula\", credential = my::Key<u8>, guessable, crate = door")),
        @r#"
    #[automatically_derived]
    impl door::__private::v1::Scheme for NebulaKey {
        const NAME: &'static str = "ak";
        const CHALLENGE: door::__private::v1::ChallengeForm = door::__private::v1::ChallengeForm::Named(
            "Nebula",
        );
        const GUESSABLE: bool = true;
        type Credential = my::Key<u8>;
        fn carrier(&self) -> door::__private::v1::Carrier {
            door::__private::v1::Carrier::bearer().with_prefix("ak_")
        }
    }
    "#
    );
}

#[test]
fn the_rest_follows_from_the_carrier() {
    assert_snapshot!(body("bearer"), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::Bearer;
    type Credential = BearerToken;
    fn carrier(&self) -> Carrier {
    Carrier::bearer()
    "#);
    assert_snapshot!(body("basic"), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::Basic;
    const GUESSABLE: bool = true;
    type Credential = BasicCredentials;
    fn carrier(&self) -> Carrier {
    Carrier::basic()
    "#);
    assert_snapshot!(body("authorization = \"DPoP\""), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::Named(
    "DPoP",
    );
    type Credential = OpaqueToken;
    fn carrier(&self) -> Carrier {
    Carrier::authorization("DPoP")
    "#);
    assert_snapshot!(body("header = \"X-Key\""), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::ApiKey;
    type Credential = OpaqueToken;
    fn carrier(&self) -> Carrier {
    Carrier::header("X-Key")
    "#);
    assert_snapshot!(body("query = \"token\""), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::None;
    type Credential = OpaqueToken;
    fn carrier(&self) -> Carrier {
    Carrier::query("token")
    "#);
    assert_snapshot!(body("cookie = \"__Host-s\""), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::None;
    type Credential = OpaqueToken;
    fn carrier(&self) -> Carrier {
    Carrier::cookie("__Host-s")
    "#);
    assert_snapshot!(body("cookie = \"s\", with_insecure_cookie_name"), @r#"
    const NAME: &'static str = "nebula_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::None;
    type Credential = OpaqueToken;
    fn carrier(&self) -> Carrier {
    Carrier::cookie("s").with_insecure_cookie_name()
    "#);
}

/// What travels as `Basic` is a password, unless it is said to be something else.
#[test]
fn passwords_are_guessable() {
    assert!(body("basic").contains("const GUESSABLE: bool = true"));
    assert!(!body("basic, credential = Key").contains("GUESSABLE"));
    assert!(body("basic, credential = Key, guessable").contains("const GUESSABLE: bool = true"));
}

#[test]
fn mistakes_leave_an_implementation_that_never_runs() {
    assert_snapshot!(pretty(scheme("")), @r#"
    ::core::compile_error! {
        "it is not said where the credential travels; write one of `#[scheme(bearer)]`, `basic`, `authorization = \"..\"`, `header = \"..\"`, `query = \"..\"`, `cookie = \"..\"`"
    }
    #[automatically_derived]
    impl ::auth_core::__private::v1::Scheme for NebulaKey {
        const NAME: &'static str = "";
        const CHALLENGE: ::auth_core::__private::v1::ChallengeForm = ::auth_core::__private::v1::ChallengeForm::Bearer;
        type Credential = ::auth_core::__private::v1::OpaqueToken;
        fn carrier(&self) -> ::auth_core::__private::v1::Carrier {
            ::core::unreachable!()
        }
    }
    "#);
}

#[test]
fn mistakes_in_the_list_have_their_texts() {
    let lists = [
        "bearer, basic",
        "header = \"X-A\", cookie = \"__Host-b\"",
        "bearr",
        "beer",
        "bearer, realm = \"main\"",
        "header",
        "bearer = \"x\"",
        "\"bearer\"",
        "header = \"X Key\"",
        "header = \"\"",
        "header = \"Authorization\"",
        "header = \"Cookie\"",
        "header = \"Host\"",
        "authorization = \"bearer\"",
        "cookie = \"session\"",
        "bearer, with_insecure_cookie_name",
        "bearer, prefix = \"\"",
        "bearer, prefix = \"a b\"",
        "bearer, prefix = ak",
        "bearer, name = \"NebulaKey\"",
        "bearer, challenge = digest",
        "bearer, challenge = \"Bearer\"",
        "bearer, challenge = \"two words\"",
        "bearer, guessable, guessable",
        "bearer, guessable = true",
        "bearer, prefix = \"a\", prefix = \"b\"",
    ];
    let texts: Vec<String> =
        lists.iter().map(|list| format!("{list}\n    {}", mistakes(scheme(list)).join("\n    "))).collect();
    assert_snapshot!(texts.join("\n"), @r#"
    bearer, basic
        a credential travels in one place, and `bearer` is it already; write a scheme for each place
    header = "X-A", cookie = "__Host-b"
        a credential travels in one place, and `header` is it already; write a scheme for each place
    bearr
        unknown key `bearr`; did you mean `bearer`?
    beer
        unknown key `beer`; a credential travels as `bearer`, `basic`, `authorization`, `header`, `query` or `cookie`, and the others are `prefix`, `name`, `challenge`, `credential` and `guessable`
    bearer, realm = "main"
        unknown key `realm`; the realm takes the scheme where it is built: `Realm::builder("main").scheme(Name, verifier)`
    header
        `header` is written `header = "X-Key"`
    bearer = "x"
        `bearer` takes no value; write it alone
    "bearer"
        write `bearer` without quotes
    header = "X Key"
        this is not a valid header name; use letters, digits, `-` and `_` (RFC 9110 section 5.6.2)
    header = ""
        this is not a valid header name; use letters, digits, `-` and `_` (RFC 9110 section 5.6.2)
    header = "Authorization"
        this header has a meaning of its own; write `bearer`, or `authorization = ".."` with the name of the auth-scheme
    header = "Cookie"
        this header has a meaning of its own; write `cookie = "__Host-.."`
    header = "Host"
        this header has a meaning of its own; use a name of your own, like `X-Key`
    authorization = "bearer"
        write `bearer` alone: its challenge has a form of its own
    cookie = "session"
        other hosts may set this cookie; write `cookie = "__Host-session"`, or add `with_insecure_cookie_name`
    bearer, with_insecure_cookie_name
        this is about cookies; remove it
    bearer, prefix = ""
        a prefix is visible ASCII characters, at least one; write `prefix = "ak_"`
    bearer, prefix = "a b"
        a prefix is visible ASCII characters, at least one; write `prefix = "ak_"`
    bearer, prefix = ak
        `prefix` takes a text in quotes, like `prefix = "ak_"`
    bearer, name = "NebulaKey"
        a scheme's name is lower case with underscores; write `name = "nebula_key"`
    bearer, challenge = digest
        write `challenge = bearer`, `basic`, `api_key` or `none`, or the name of another auth-scheme in quotes
    bearer, challenge = "Bearer"
        write `challenge = bearer`, `basic`, `api_key` or `none`, or the name of another auth-scheme in quotes
    bearer, challenge = "two words"
        write `challenge = bearer`, `basic`, `api_key` or `none`, or the name of another auth-scheme in quotes
    bearer, guessable, guessable
        `guessable` stands here twice; remove one
    bearer, guessable = true
        `guessable` takes no value; write it alone
    bearer, prefix = "a", prefix = "b"
        `prefix` stands here twice; remove one
    "#);
}

#[test]
fn mistakes_in_the_item_have_their_texts() {
    let items = [
        tokens("#[scheme(bearer)] enum A { B }"),
        tokens("#[scheme(bearer)] struct A<T>(T);"),
        tokens("#[scheme] struct A;"),
        tokens("#[scheme = \"bearer\"] struct A;"),
    ];
    let texts: Vec<String> = items
        .iter()
        .map(|item| format!("{item}\n    {}", mistakes(derive(&adapter::CORE, item.clone())).join("\n    ")))
        .collect();
    assert_snapshot!(texts.join("\n"), @r#"
    # [scheme (bearer)] enum A { B }
        a scheme is a struct; write `struct A;`
    # [scheme (bearer)] struct A < T > (T) ;
        a scheme stands for one way to travel, so it has no generics; write one struct for each
    # [scheme] struct A ;
        it is not said where the credential travels; write one of `#[scheme(bearer)]`, `basic`, `authorization = ".."`, `header = ".."`, `query = ".."`, `cookie = ".."`
    # [scheme = "bearer"] struct A ;
        write `#[scheme(bearer)]` or `#[scheme(header = "X-Key")]`
    "#);
}
