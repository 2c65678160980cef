//! The derive: one expansion with every kind of field, and what is said about mistakes.

use insta::assert_snapshot;
use quote::quote;

use super::derive;
use crate::adapter;
use crate::testing::{mistakes, pretty, tokens};

#[test]
fn every_kind_of_field() {
    let expansion = derive(
        &adapter::CORE,
        quote! {
            struct User<T: FromClaim> where T: Send {
                #[principal(subject, parse)]
                id: Uuid,
                #[principal(issuer)]
                issuer: Option<String>,
                #[principal(roles)]
                roles: Vec<String>,
                #[principal(expires_at)]
                until: Option<SystemTime>,
                email: Option<String>,
                r#type: T,
                #[principal(claim = "lvl", default)]
                level: u8,
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    #[automatically_derived]
    impl<T: FromClaim> ::auth_core::__private::v1::Principal for User<T>
    where
        T: Send,
    {
        fn from_claims(
            __auth_facts: &::auth_core::__private::v1::Facts,
            __auth_claims: &::auth_core::__private::v1::Claims,
        ) -> ::core::result::Result<Self, ::auth_core::__private::v1::PrincipalError> {
            ::core::result::Result::Ok(Self {
                id: ::auth_core::__private::v1::from_text::<
                    Uuid,
                >(&__auth_facts.subject, "subject is not a value of field `id`")?,
                issuer: ::auth_core::__private::v1::from_fact::<
                    Option<String>,
                    _,
                >(&__auth_facts.issuer),
                roles: ::auth_core::__private::v1::from_fact::<
                    Vec<String>,
                    _,
                >(&__auth_facts.roles),
                until: ::auth_core::__private::v1::from_fact::<
                    Option<SystemTime>,
                    _,
                >(&__auth_facts.expires_at),
                email: __auth_claims.parse::<Option<String>>("email")?,
                r#type: __auth_claims.parse::<T>("type")?,
                level: ::core::option::Option::unwrap_or_else(
                    __auth_claims.parse::<::core::option::Option<u8>>("lvl")?,
                    ::core::default::Default::default,
                ),
            })
        }
    }
    "#);
}

#[test]
fn texts_are_read_by_from_str() {
    let expansion = derive(
        &adapter::CORE,
        quote! {
            struct Host {
                #[principal(subject, parse)]
                id: Uuid,
                #[principal(parse)]
                address: IpAddr,
                #[principal(parse)]
                second: Option<IpAddr>,
                #[principal(claim = "third", parse, default)]
                third: Port,
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    #[automatically_derived]
    impl ::auth_core::__private::v1::Principal for Host {
        fn from_claims(
            __auth_facts: &::auth_core::__private::v1::Facts,
            __auth_claims: &::auth_core::__private::v1::Claims,
        ) -> ::core::result::Result<Self, ::auth_core::__private::v1::PrincipalError> {
            ::core::result::Result::Ok(Self {
                id: ::auth_core::__private::v1::from_text::<
                    Uuid,
                >(&__auth_facts.subject, "subject is not a value of field `id`")?,
                address: {
                    let __auth_text = __auth_claims
                        .parse::<::std::string::String>("address")?;
                    ::auth_core::__private::v1::from_text::<
                        IpAddr,
                    >(&__auth_text, "claim `address` is not a value of field `address`")?
                },
                second: match __auth_claims
                    .parse::<::core::option::Option<::std::string::String>>("second")?
                {
                    ::core::option::Option::Some(__auth_text) => {
                        ::core::option::Option::Some(
                            ::auth_core::__private::v1::from_text::<
                                IpAddr,
                            >(
                                &__auth_text,
                                "claim `second` is not a value of field `second`",
                            )?,
                        )
                    }
                    ::core::option::Option::None => ::core::option::Option::None,
                },
                third: match __auth_claims
                    .parse::<::core::option::Option<::std::string::String>>("third")?
                {
                    ::core::option::Option::Some(__auth_text) => {
                        ::auth_core::__private::v1::from_text::<
                            Port,
                        >(&__auth_text, "claim `third` is not a value of field `third`")?
                    }
                    ::core::option::Option::None => ::core::default::Default::default(),
                },
            })
        }
    }
    "#);
}

#[test]
fn mistakes_leave_an_implementation_that_never_runs() {
    let expansion = derive(&adapter::AXUM, tokens("#[principal(crate = door)] struct User { id: String }"));
    assert_snapshot!(pretty(expansion), @r#"
    ::core::compile_error! {
        "no field is the subject; mark one with `#[principal(subject)]`"
    }
    #[automatically_derived]
    impl door::__private::v1::Principal for User {
        fn from_claims(
            _facts: &door::__private::v1::Facts,
            _claims: &door::__private::v1::Claims,
        ) -> ::core::result::Result<Self, door::__private::v1::PrincipalError> {
            ::core::unreachable!()
        }
    }
    "#);
}

#[test]
fn each_mistake_has_its_text() {
    let items = [
        tokens("enum User { A }"),
        tokens("union User { a: u8 }"),
        tokens("struct User;"),
        tokens("struct User(#[principal(subject)] String);"),
        tokens("struct User { #[principal(subject)] a: String, #[principal(subject)] b: String }"),
        tokens("struct User { #[principal(subject, issuer)] a: String }"),
        tokens("struct User { #[principal(subject)] #[principal(claim = \"x\")] a: String }"),
        tokens("struct User { #[principal(subjet)] a: String }"),
        tokens("struct User { #[principal(email)] a: String }"),
        tokens("struct User { #[principal(subject = \"x\")] a: String }"),
        tokens("struct User { #[principal(subject)] a: String, #[principal(claim)] b: String }"),
        tokens("struct User { #[principal(subject)] a: String, #[principal(claim = \"\")] b: String }"),
        tokens("struct User { #[principal(subject, default)] a: String }"),
        tokens("struct User { #[principal(subject)] a: u64 }"),
        tokens("struct User { #[principal(subject)] a: String, #[principal(roles, parse)] b: String }"),
        tokens("struct User { #[principal(subject, crate = x)] a: String }"),
        tokens("struct User { #[principal] a: String, #[principal = \"x\"] b: String }"),
        tokens("struct User { #[principal(subject, \"x\")] a: String }"),
        tokens("#[principal(subject)] struct User { a: String }"),
    ];
    let texts: Vec<String> = items
        .iter()
        .map(|item| format!("{item}\n    {}", mistakes(derive(&adapter::AXUM, item.clone())).join("\n    ")))
        .collect();
    assert_snapshot!(texts.join("\n"), @r#"
    enum User { A }
        a principal is a struct with named fields; write `struct User { #[principal(subject)] id: String }`, or implement `Principal` by hand
    union User { a : u8 }
        a principal is a struct with named fields; write `struct User { #[principal(subject)] id: String }`, or implement `Principal` by hand
    struct User ;
        a principal is a struct with named fields; write `struct User { #[principal(subject)] id: String }`, or implement `Principal` by hand
    struct User (# [principal (subject)] String) ;
        a principal is a struct with named fields; write `struct User { #[principal(subject)] id: String }`, or implement `Principal` by hand
    struct User { # [principal (subject)] a : String , # [principal (subject)] b : String }
        there is one subject, and another field is it already; remove one of the marks
    struct User { # [principal (subject , issuer)] a : String }
        a field has one source; remove this key, or the one before it
    struct User { # [principal (subject)] # [principal (claim = "x")] a : String }
        a field has one source; remove this key, or the one before it
    struct User { # [principal (subjet)] a : String }
        unknown key `subjet`; did you mean `subject`?
    struct User { # [principal (email)] a : String }
        unknown key `email`; a field is `subject`, `issuer`, `scopes`, `roles`, `expires_at`, `auth_time`, `credential_id`, or it is `claim = "email"`
    struct User { # [principal (subject = "x")] a : String }
        `subject` takes no value; write `#[principal(subject)]`
    struct User { # [principal (subject)] a : String , # [principal (claim)] b : String }
        `claim` is written `claim = "email"`
    struct User { # [principal (subject)] a : String , # [principal (claim = "")] b : String }
        a claim's name cannot be empty; write `claim = "email"`
    struct User { # [principal (subject , default)] a : String }
        `default` is for claims; `subject` is always there, or its type is an `Option`
    struct User { # [principal (subject)] a : u64 }
        a subject is a text; to read it as `u64`, write `#[principal(subject, parse)]`
    struct User { # [principal (subject)] a : String , # [principal (roles , parse)] b : String }
        `parse` reads a text, and `roles` is not one; it goes beside `subject` or a claim
    struct User { # [principal (subject , crate = x)] a : String }
        `crate = path` goes on the struct
    struct User { # [principal] a : String , # [principal = "x"] b : String }
        this says nothing; write a key, like `#[principal(subject)]`
        write `#[principal(subject)]` or `#[principal(claim = "email")]`
    struct User { # [principal (subject , "x")] a : String }
        a text needs its key, or a key no quotes; write `claim = "x"`
    # [principal (subject)] struct User { a : String }
        on the struct stands nothing but `#[principal(crate = path)]`; the other keys go on its fields
    "#);
}
