//! The list: what becomes of a good one, what is said about a bad one.

use insta::assert_snapshot;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::quote;

use super::{Policy, expand, parse, validate};
use crate::adapter::{self, Private};
use crate::diagnostics::Diagnostics;
use crate::testing::{mistakes, pretty};

fn read(list: &str) -> (Option<Policy>, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let list: TokenStream = list.parse().expect("tokens");
    let (input, _) = parse(list, &mut diagnostics);
    let policy = validate(input, Span::call_site(), &mut diagnostics);
    (policy, mistakes(diagnostics.into_compile_errors()))
}

fn expression(list: &str) -> String {
    let (policy, mistakes) = read(list);
    assert_eq!(mistakes, [""; 0], "{list}");
    let policy = expand(&policy.expect("no mistakes"), None, &Private::new(&adapter::AXUM, None));
    pretty(quote!(const POLICY: Policy = #policy;)).replace("::auth_axum::__private::v1::", "")
}

#[test]
fn schemes_are_listed_in_order() {
    assert_snapshot!(expression("basic, path::Own<A, B>, bearer, api_key"), @"
    const POLICY: Policy = Policy::listed(const {
        &[
            SchemeUse::of::<Basic>(),
            SchemeUse::of::<path::Own<A, B>>(),
            SchemeUse::of::<
                Bearer,
            >(),
            SchemeUse::of::<
                ApiKeyIn,
            >(),
        ]
    });
    ");
    assert_snapshot!(expression("any_scheme, optional, realm = \"main\""), @r#"
    const POLICY: Policy = Policy::new(
            Schemes::Any,
        )
        .optional()
        .realm("main");
    "#);
}

#[test]
fn requirements_become_one_tree() {
    assert_snapshot!(expression("bearer, scope = \"a\", hide"), @r#"
    const POLICY: Policy = Policy::listed(const {
            &[
                SchemeUse::of::<
                    Bearer,
                >(),
            ]
        })
        .require(
            Requirement::Scope(
                Name::Text("a"),
            ),
        )
        .hide();
    "#);
    assert_snapshot!(
        expression("bearer, scope(\"a\", consts::B), any(role = Role::Admin, not(all(scope = \"c\", factor(\"otp\", within = \"10m\"))))"),
        @r#"
    const POLICY: Policy = Policy::listed(const {
            &[
                SchemeUse::of::<
                    Bearer,
                >(),
            ]
        })
        .require(
            Requirement::All(const {
                &[
                    Requirement::All(const {
                        &[
                            Requirement::Scope(
                                Name::Text("a"),
                            ),
                            Requirement::Scope(
                                Name::Path(|| static_name(
                                    consts::B,
                                )),
                            ),
                        ]
                    }),
                    Requirement::Any(const {
                        &[
                            Requirement::Role(
                                Name::Path(|| static_name(
                                    Role::Admin,
                                )),
                            ),
                            Requirement::Not(const {
                                &Requirement::All(const {
                                    &[
                                        Requirement::Scope(
                                            Name::Text("c"),
                                        ),
                                        Requirement::Factor {
                                            method: "otp",
                                            within: ::core::option::Option::Some(
                                                ::core::time::Duration::from_secs(600u64),
                                            ),
                                        },
                                    ]
                                })
                            }),
                        ]
                    }),
                ]
            }),
        );
    "#
    );
}

#[test]
fn check_takes_its_principal_from_the_function() {
    assert_snapshot!(expression("bearer, check = rules::may_read::<u8>, factor(\"pwd\")"), @r#"
    const POLICY: Policy = Policy::listed(const {
            &[
                SchemeUse::of::<
                    Bearer,
                >(),
            ]
        })
        .require(
            Requirement::All(const {
                &[
                    Requirement::Check(
                        Check::new(
                            "rules::may_read::<u8>",
                            |__auth_principal, __auth_facts| {
                                ::core::option::Option::map(
                                    __auth_principal.downcast_ref(),
                                    |__auth_principal| -> ::core::primitive::bool {
                                        rules::may_read::<u8>(__auth_principal, __auth_facts)
                                    },
                                )
                            },
                        ),
                    ),
                    Requirement::Factor {
                        method: "pwd",
                        within: ::core::option::Option::None,
                    },
                ]
            }),
        );
    "#);
}

#[test]
fn single_parts_are_not_wrapped() {
    assert_eq!(expression("bearer, scope(\"a\")"), expression("bearer, scope = \"a\""));
    assert_ne!(expression("bearer, any(scope = \"a\")"), expression("bearer, scope = \"a\""));
}

/// Each mistake of a list, in one go.
#[test]
fn every_mistake_is_reported() {
    assert_snapshot!(read("beaerer, scop = \"a\", scope = \"a b\", any(), bearer, bearer, realm = \"x\", realm = \"y\", optional").1.join("\n"), @r#"
    unknown word `beaerer`; did you mean `bearer`?
    unknown key `scop`; did you mean `scope`?
    `realm` stands here twice; remove one
    a guest holds no scopes, roles or factors, so `optional` cannot stand beside a requirement; leave one of them out, or ask inside the function: `user.ensure_scope("..")?`
    `bearer` stands here twice; remove one
    a scope cannot hold spaces; write `scope("a", "b")` for all of them, `any(scope = .., scope = ..)` for one of them
    `any()` of nothing never holds; write `any(scope = "a", role = "b")`
    "#);
}

/// Each list with its mistakes.
fn texts(lists: &[&str]) -> String {
    let texts: Vec<String> = lists.iter().map(|list| format!("{list}\n    {}", read(list).1.join("\n    "))).collect();
    texts.join("\n")
}

#[test]
fn mistakes_in_schemes() {
    assert_snapshot!(texts(&[
        "",
        "scope = \"a\"",
        "digest",
        "jwt",
        "public",
        "apikey",
        "Bearer2 basic",
        "\"bearer\"",
        "\"x\"",
        "42",
        "bearer(realm = \"x\")",
        "bearer = \"x\"",
        "bearer, any_scheme",
        "bearer, bearer",
        "path::Own, path::Own",
    ]), @r#"
        an empty list protects nothing: name the schemes that are accepted, `#[requires_auth(bearer)]`, or open the function on purpose, `#[public(reason = "..")]`
    scope = "a"
        no scheme is named, so nobody could come in; add those that are accepted, like `bearer`, or `any_scheme` for all of the realm's
    digest
        unknown scheme `digest`; built in are `bearer`, `basic`, `api_key` and `any_scheme`, own schemes are written as a type path, like `Digest`
    jwt
        unknown word `jwt`; tokens travel by the scheme `bearer`
    public
        unknown word `public`; to open a function on purpose, write `#[public(reason = "health check")]` in place of `#[requires_auth(..)]`
    apikey
        unknown word `apikey`; did you mean `api_key`?
    Bearer2 basic
        a comma is missing before this
    "bearer"
        write `bearer` without quotes
    "x"
        a value needs its key, like `scope = "items:read"`
    42
        a value needs its key, like `scope = "items:read"`
    bearer(realm = "x")
        `bearer` takes no arguments: where a credential travels is said where the realm is built
    bearer = "x"
        `bearer` takes no value; write it alone
    bearer, any_scheme
        `any_scheme` accepts every scheme of the realm already; remove it, or the schemes beside it
    bearer, bearer
        `bearer` stands here twice; remove one
    path::Own, path::Own
        `path::Own` stands here twice; remove one
    "#);
}

#[test]
fn mistakes_in_scopes_and_roles() {
    assert_snapshot!(texts(&[
        "bearer, scope",
        "bearer, scope()",
        "bearer, scope =",
        "bearer, scope = 7",
        "bearer, scope = \"\"",
        "bearer, scope = \"a\\\"b\"",
        "bearer, scope = \"a\" role = \"b\"",
        "bearer, role = \"\"",
        "bearer, roles(\"a\")",
        "bearer, permission = \"a\"",
    ]), @r#"
    bearer, scope
        `scope` is written `scope = "items:read"`
    bearer, scope()
        `scope()` names nothing; write `scope("a", "b")`
    bearer, scope =
        `scope` takes a text or the path of a constant: `scope = "items:read"`, `scope = scopes::READ`
    bearer, scope = 7
        `scope` takes a text in quotes, like `scope = "items:read"`
    bearer, scope = ""
        a scope cannot be empty; write `scope = "items:read"`
    bearer, scope = "a\"b"
        a scope holds visible ASCII characters without `"` and `\` (RFC 6749 section 3.3)
    bearer, scope = "a" role = "b"
        a comma is missing before this
    bearer, role = ""
        a role cannot be empty; write `role = "admin"`
    bearer, roles("a")
        unknown key `roles`; did you mean `role`?
    bearer, permission = "a"
        unknown word `permission`; what a caller may do is asked by `scope = "items:read"`, `role = "admin"` or `check = path::to::function`
    "#);
}

#[test]
fn mistakes_in_groups_factors_and_checks() {
    assert_snapshot!(texts(&[
        "bearer, any",
        "bearer, any = \"a\"",
        "bearer, any()",
        "bearer, all()",
        "bearer, not()",
        "bearer, not(scope = \"a\", scope = \"b\")",
        "any(bearer, basic)",
        "any(not(bearer))",
        "bearer, any(hide)",
        "bearer, any(realm = \"x\")",
        "bearer, any(policy = X)",
        "bearer, any(scop = \"a\", role = \"b\")",
        "bearer, factor = \"otp\"",
        "bearer, factor()",
        "bearer, factor(\"otp\", \"10m\")",
        "bearer, factor(\"otp\", withn = \"10m\")",
        "bearer, factor(\"otp\", within = \"10\")",
        "bearer, factor(\"one time\")",
        "bearer, check",
        "bearer, check = |user| true",
        "bearer, check = may_read()",
        "bearer, check = \"may_read\"",
        "bearer, check(may_read)",
    ]), @r#"
    bearer, any
        `any` is written `any(scope = "a", role = "b")`
    bearer, any = "a"
        `any` is written `any(scope = "a", role = "b")`
    bearer, any()
        `any()` of nothing never holds; write `any(scope = "a", role = "b")`
    bearer, all()
        `all()` of nothing always holds; write `all(scope = "a", role = "b")`
    bearer, not()
        `not()` of nothing says nothing; write `not(role = "b")`
    bearer, not(scope = "a", scope = "b")
        `not` takes one requirement; write `not(any(..))` or `not(all(..))`
    any(bearer, basic)
        only requirements stand inside `any(..)`; schemes are listed outside and are alternatives anyway
        only requirements stand inside `any(..)`; schemes are listed outside and are alternatives anyway
    any(not(bearer))
        only requirements stand inside `not(..)`; schemes are listed outside and are alternatives anyway
    bearer, any(hide)
        `hide` is an option; move it out of `any(..)`
    bearer, any(realm = "x")
        `realm` is an option; move it out of `any(..)`
    bearer, any(policy = X)
        `policy` is an option; move it out of `any(..)`
    bearer, any(scop = "a", role = "b")
        unknown key `scop`; did you mean `scope`?
    bearer, factor = "otp"
        `factor` is written `factor("otp", within = "10m")`
    bearer, factor()
        no method is named; write `factor("otp", within = "10m")`
    bearer, factor("otp", "10m")
        a factor is one method; write `factor("otp"), factor("pwd")` for both, `any(factor("otp"), factor("pwd"))` for one of them
    bearer, factor("otp", withn = "10m")
        unknown key `withn` in `factor(..)`; did you mean `within`?
    bearer, factor("otp", within = "10")
        "10" is not a duration; write a number and `s`, `m`, `h` or `d`, like "10m"
    bearer, factor("one time")
        a `factor` is one word, as in RFC 8176: `factor("otp")`
    bearer, check
        `check` is written `check = path::to::function`
    bearer, check = |user| true
        `check` takes the path of a function: `check = may_read`, with `fn may_read(principal: &P, facts: &Facts) -> bool`
    bearer, check = may_read()
        `check` takes the path of a function: `check = may_read`, with `fn may_read(principal: &P, facts: &Facts) -> bool`
    bearer, check = "may_read"
        `check` takes the path of a function: `check = may_read`, with `fn may_read(principal: &P, facts: &Facts) -> bool`
    bearer, check(may_read)
        `check` is written `check = path::to::function`
    "#);
}

#[test]
fn mistakes_in_options_and_commas() {
    assert_snapshot!(texts(&[
        "bearer, optional = true",
        "bearer, optional, optional",
        "bearer, optional, scope = \"a\"",
        "bearer, realm = main",
        "bearer, realm = \"\"",
        "bearer, policy = \"Name\"",
        "bearer, policy",
        "bearer, crate = \"path\"",
        "bearer,, basic",
        "bearer; basic",
    ]), @r#"
    bearer, optional = true
        `optional` takes no value; write it alone
    bearer, optional, optional
        `optional` stands here twice; remove one
    bearer, optional, scope = "a"
        a guest holds no scopes, roles or factors, so `optional` cannot stand beside a requirement; leave one of them out, or ask inside the function: `user.ensure_scope("..")?`
    bearer, realm = main
        `realm` takes a text in quotes, like `realm = "main"`
    bearer, realm = ""
        a realm's name is visible ASCII characters and spaces, as it was given to `Realm::builder(..)`
    bearer, policy = "Name"
        `policy` takes one name, without quotes, like `policy = ListPolicy`
    bearer, policy
        `policy` is written `policy = ListPolicy`
    bearer, crate = "path"
        `crate` takes a path, without quotes, like `crate = path::to::adapter`
    bearer,, basic
        nothing stands before this comma; remove it
    bearer; basic
        the list is separated by commas; write `,`
    "#);
}

#[test]
fn path_that_only_looks_like_a_built_in_is_a_scheme_of_its_own() {
    for list in ["self::bearer", "Bearer", "crate::basic", "<A as B>::C", "r#Bearer"] {
        let (policy, mistakes) = read(list);
        assert!(policy.is_some() && mistakes.is_empty(), "{list}: {mistakes:?}");
    }
}

/// Nothing is left open in silence: a list that makes no policy has a mistake, whatever is missing from it.
#[test]
fn list_without_a_policy_has_a_mistake() {
    let list = "bearer, path::Own<A, B>, scope(\"a\", b::C), any(role = D, not(all(scope = \"e\", factor(\"f\", within = \"1m\")))), \
                check = g::h, hide, realm = \"i\", policy = J, request = k, crate = l::m";
    let (whole, mistakes) = read(list);
    assert!(whole.is_some() && mistakes.is_empty(), "{mistakes:?}");
    let mut refused = 0;
    for shorter in without_one(list.parse().expect("tokens")) {
        let (policy, mistakes) = read(&shorter.to_string());
        assert!(policy.is_some() || !mistakes.is_empty(), "{shorter}");
        refused += usize::from(!mistakes.is_empty());
    }
    assert!(refused > 20, "{refused}");
}

/// The tokens without one of them, for each of them at any depth.
fn without_one(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let with = |at: usize, token: Option<TokenTree>| -> TokenStream {
        let (before, after) = tokens.split_at(at);
        before.iter().cloned().chain(token).chain(after.iter().skip(1).cloned()).collect()
    };
    let mut all = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        all.push(with(at, None));
        if let TokenTree::Group(group) = token {
            let inner = without_one(group.stream()).into_iter();
            all.extend(inner.map(|inner| with(at, Some(Group::new(group.delimiter(), inner).into()))));
        }
    }
    all
}
