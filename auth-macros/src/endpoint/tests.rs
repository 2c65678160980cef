//! One expansion of each mode, whole.

use insta::assert_snapshot;
use quote::quote;

use crate::adapter;
use crate::testing::{mistakes, pretty, tokens};
use crate::{auth_impl, public, requires_auth};

#[test]
fn guard_is_the_first_parameter() {
    let expansion = requires_auth::expand(
        &adapter::AXUM,
        quote!(bearer, scope = "coworkers:read"),
        quote! {
            /// Lists them.
            #[cfg(feature = "list")]
            pub async fn coworkers(user: Auth<User>, State(db): State<Db>) -> Json<Vec<Coworker>> {
                db.all(user.id)
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    /// Lists them.
    #[cfg(feature = "list")]
    pub async fn coworkers(
        __auth_guard: ::auth_axum::__private::v1::Require<CoworkersAuth>,
        user: Auth<User>,
        State(db): State<Db>,
    ) -> Json<Vec<Coworker>> {
        db.all(user.id)
    }
    #[cfg(feature = "list")]
    ///Authentication policy of `coworkers`.
    #[non_exhaustive]
    pub struct CoworkersAuth {}
    #[cfg(feature = "list")]
    #[automatically_derived]
    impl ::auth_axum::__private::v1::EndpointPolicy for CoworkersAuth {
        const ENDPOINT: &'static ::auth_axum::__private::v1::Endpoint = &const {
            ::auth_axum::__private::v1::Endpoint {
                name: "coworkers",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: ::auth_axum::__private::v1::Policy::listed(const {
                        &[
                            ::auth_axum::__private::v1::SchemeUse::of::<
                                ::auth_axum::__private::v1::Bearer,
                            >(),
                        ]
                    })
                    .require(
                        ::auth_axum::__private::v1::Requirement::Scope(
                            ::auth_axum::__private::v1::Name::Text("coworkers:read"),
                        ),
                    ),
                principal: ::core::option::Option::Some(
                    ::auth_axum::__private::v1::PrincipalType::of::<User>(),
                ),
            }
        };
    }
    #[cfg(feature = "list")]
    ::auth_axum::__private::v1::inventory::submit! {
        ::auth_axum::__private::v1::Registration(< CoworkersAuth as
        ::auth_axum::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    "#);
}

#[test]
fn guard_leaves_generics_and_bounds_alone() {
    let expansion = requires_auth::expand(
        &adapter::AXUM,
        quote!(any_scheme, crate = my::adapter, policy = Name),
        quote! {
            async fn r#type<'a, T: Clone, const N: usize>(user: Auth<T>, other: impl Into<[&'a T; N]>) where T: Default {}
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    async fn r#type<'a, T: Clone, const N: usize>(
        __auth_guard: my::adapter::__private::v1::Require<Name>,
        user: Auth<T>,
        other: impl Into<[&'a T; N]>,
    )
    where
        T: Default,
    {}
    ///Authentication policy of `type`.
    #[non_exhaustive]
    struct Name {}
    #[automatically_derived]
    impl my::adapter::__private::v1::EndpointPolicy for Name {
        const ENDPOINT: &'static my::adapter::__private::v1::Endpoint = &const {
            my::adapter::__private::v1::Endpoint {
                name: "type",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: my::adapter::__private::v1::Policy::new(
                    my::adapter::__private::v1::Schemes::Any,
                ),
                principal: ::core::option::Option::None,
            }
        };
    }
    my::adapter::__private::v1::inventory::submit! {
        my::adapter::__private::v1::Registration(< Name as
        my::adapter::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    "#);
}

#[test]
fn fold_puts_all_parameters_into_one() {
    let expansion = requires_auth::expand(
        &adapter::ACTIX,
        quote!(basic),
        quote! {
            async fn show(Path(id): Path<u32>, mut pool: Data<Pool>) -> impl Responder {
                use std::fmt::Write;
                pool.get(id)
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    async fn show(
        __auth_guard: ::auth_actix::__private::v1::Guarded<ShowAuth, (Path<u32>, Data<Pool>)>,
    ) -> impl Responder {
        use std::fmt::Write;
        let (Path(id), mut pool) = __auth_guard.into_args();
        pool.get(id)
    }
    ///Authentication policy of `show`.
    #[non_exhaustive]
    struct ShowAuth {}
    #[automatically_derived]
    impl ::auth_actix::__private::v1::EndpointPolicy for ShowAuth {
        const ENDPOINT: &'static ::auth_actix::__private::v1::Endpoint = &const {
            ::auth_actix::__private::v1::Endpoint {
                name: "show",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: ::auth_actix::__private::v1::Policy::listed(const {
                    &[
                        ::auth_actix::__private::v1::SchemeUse::of::<
                            ::auth_actix::__private::v1::Basic,
                        >(),
                    ]
                }),
                principal: ::core::option::Option::None,
            }
        };
    }
    ::auth_actix::__private::v1::inventory::submit! {
        ::auth_actix::__private::v1::Registration(< ShowAuth as
        ::auth_actix::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    "#);
}

#[test]
fn fold_of_nothing_has_nothing_to_unfold() {
    let expansion =
        requires_auth::expand(&adapter::ACTIX, quote!(basic), tokens("fn ping() -> &'static str { \"pong\" }"));
    let source = pretty(expansion);
    assert!(source.contains("__auth_guard: ::auth_actix::__private::v1::Guarded<PingAuth, ()>"), "{source}");
    assert!(!source.contains("into_args"), "{source}");
}

#[test]
fn request_is_checked_before_the_first_statement() {
    let expansion = requires_auth::expand(
        &adapter::TOWER,
        quote!(bearer),
        quote! {
            async fn echo<B>(mut req: http::Request<B>) -> Result<Response<B>, Error> {
                #![allow(clippy::all)]
                const LIMIT: usize = 10;
                take(&mut req, LIMIT).await
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    async fn echo<B>(mut req: http::Request<B>) -> Result<Response<B>, Error> {
        #![allow(clippy::all)]
        const LIMIT: usize = 10;
        if let ::core::result::Result::Err(__auth_refusal) = ::auth_tower::__private::v1::authorize::<
            EchoAuth,
            _,
        >(&req)
            .await
        {
            let __auth_answer = ::auth_tower::__private::v1::reject::Ret::<
                Result<Response<B>, Error>,
            >::new();
            return {
                use ::auth_tower::__private::v1::reject::*;
                (&&&&__auth_answer).reject(__auth_refusal)
            };
        }
        take(&mut req, LIMIT).await
    }
    ///Authentication policy of `echo`.
    #[non_exhaustive]
    struct EchoAuth {}
    #[automatically_derived]
    impl ::auth_tower::__private::v1::EndpointPolicy for EchoAuth {
        const ENDPOINT: &'static ::auth_tower::__private::v1::Endpoint = &const {
            ::auth_tower::__private::v1::Endpoint {
                name: "echo",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: ::auth_tower::__private::v1::Policy::listed(const {
                    &[
                        ::auth_tower::__private::v1::SchemeUse::of::<
                            ::auth_tower::__private::v1::Bearer,
                        >(),
                    ]
                }),
                principal: ::core::option::Option::None,
            }
        };
    }
    ::auth_tower::__private::v1::inventory::submit! {
        ::auth_tower::__private::v1::Registration(< EchoAuth as
        ::auth_tower::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    "#);
}

#[test]
fn request_is_checked_inside_of_a_boxed_block() {
    let expansion = requires_auth::expand(
        &adapter::TONIC,
        quote!(bearer),
        quote! {
            fn say<'life0, 'async_trait>(
                &'life0 self,
                request: Request<Hello>,
            ) -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<Response<Reply>, Status>> + Send + 'async_trait>>
            where
                'life0: 'async_trait,
            {
                Box::pin(async move {
                    let __self = self;
                    let request = request;
                    __self.reply(request)
                })
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    fn say<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Hello>,
    ) -> ::core::pin::Pin<
        Box<
            dyn ::core::future::Future<
                Output = Result<Response<Reply>, Status>,
            > + Send + 'async_trait,
        >,
    >
    where
        'life0: 'async_trait,
    {
        ///Authentication policy of `say`.
        #[non_exhaustive]
        struct SayAuth {}
        #[automatically_derived]
        impl ::auth_tonic::__private::v1::EndpointPolicy for SayAuth {
            const ENDPOINT: &'static ::auth_tonic::__private::v1::Endpoint = &const {
                ::auth_tonic::__private::v1::Endpoint {
                    name: "say",
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                    policy: ::auth_tonic::__private::v1::Policy::listed(const {
                        &[
                            ::auth_tonic::__private::v1::SchemeUse::of::<
                                ::auth_tonic::__private::v1::Bearer,
                            >(),
                        ]
                    }),
                    principal: ::core::option::Option::None,
                }
            };
        }
        ::auth_tonic::__private::v1::inventory::submit! {
            ::auth_tonic::__private::v1::Registration(< SayAuth as
            ::auth_tonic::__private::v1::EndpointPolicy > ::ENDPOINT)
        }
        Box::pin(async move {
            if let ::core::result::Result::Err(__auth_refusal) = ::auth_tonic::__private::v1::authorize::<
                SayAuth,
                _,
            >(&request)
                .await
            {
                let __auth_answer = ::auth_tonic::__private::v1::reject::Ret::<
                    Result<Response<Reply>, Status>,
                >::new();
                return {
                    use ::auth_tonic::__private::v1::reject::*;
                    (&&&&__auth_answer).reject(__auth_refusal)
                };
            }
            let __self = self;
            let request = request;
            __self.reply(request)
        })
    }
    "#);
}

#[test]
fn public_is_a_policy_with_a_reason() {
    let expansion = public::expand(&adapter::AXUM, quote!(reason = "health check"), tokens("async fn health() {}"));
    assert_snapshot!(pretty(expansion), @r#"
    async fn health(__auth_guard: ::auth_axum::__private::v1::Require<HealthAuth>) {}
    ///Authentication policy of `health`.
    #[non_exhaustive]
    struct HealthAuth {}
    #[automatically_derived]
    impl ::auth_axum::__private::v1::EndpointPolicy for HealthAuth {
        const ENDPOINT: &'static ::auth_axum::__private::v1::Endpoint = &const {
            ::auth_axum::__private::v1::Endpoint {
                name: "health",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: ::auth_axum::__private::v1::Policy::public("health check"),
                principal: ::core::option::Option::None,
            }
        };
    }
    ::auth_axum::__private::v1::inventory::submit! {
        ::auth_axum::__private::v1::Registration(< HealthAuth as
        ::auth_axum::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    "#);
}

#[test]
fn unit_struct_gets_the_policy_itself() {
    let expansion =
        requires_auth::expand(&adapter::AXUM, quote!(bearer, role = "admin"), tokens("pub(crate) struct AdminOnly;"));
    assert_snapshot!(pretty(expansion), @r#"
    pub(crate) struct AdminOnly;
    #[automatically_derived]
    impl ::auth_axum::__private::v1::EndpointPolicy for AdminOnly {
        const ENDPOINT: &'static ::auth_axum::__private::v1::Endpoint = &const {
            ::auth_axum::__private::v1::Endpoint {
                name: "AdminOnly",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: ::auth_axum::__private::v1::Policy::listed(const {
                        &[
                            ::auth_axum::__private::v1::SchemeUse::of::<
                                ::auth_axum::__private::v1::Bearer,
                            >(),
                        ]
                    })
                    .require(
                        ::auth_axum::__private::v1::Requirement::Role(
                            ::auth_axum::__private::v1::Name::Text("admin"),
                        ),
                    ),
                principal: ::core::option::Option::None,
            }
        };
    }
    ::auth_axum::__private::v1::inventory::submit! {
        ::auth_axum::__private::v1::Registration(< AdminOnly as
        ::auth_axum::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    "#);
}

#[test]
fn request_is_guarded_where_a_guard_has_a_place_unless_it_is_named() {
    let item = || tokens("async fn a(r: Request<Body>) -> Answer {}");
    for adapter in [&adapter::AXUM, &adapter::ACTIX] {
        let guarded = pretty(requires_auth::expand(adapter, quote!(bearer), item()));
        assert!(guarded.contains("__auth_guard") && !guarded.contains("authorize"), "{guarded}");
        let named = requires_auth::expand(adapter, quote!(bearer, request = r), item());
        assert!(named.to_string().replace(' ', "").contains("::authorize::<AAuth,_>(&r)"));
    }
}

#[test]
fn request_is_not_named_where_other_parameters_would_be_extracted_before_the_decision() {
    let list = || quote!(bearer, request = r);
    let leave_out = ["leave out `request`: the guard goes first, before the other parameters are looked at"];
    let beside = || tokens("async fn a(id: Path<u32>, r: Request<Body>) -> Answer {}");
    for (adapter, check) in [(&adapter::AXUM, "Require<AAuth>"), (&adapter::ACTIX, "Guarded<AAuth")] {
        let expansion = requires_auth::expand(adapter, list(), beside());
        assert_eq!(mistakes(expansion.clone()), leave_out);
        assert!(pretty(expansion).contains(check), "{check}");
    }
    let method = beside();
    let in_trait = quote!(impl Show for Api { #[requires_auth(bearer, request = r)] #method });
    for (of, expansion) in [
        ("a request adapter", requires_auth::expand(&adapter::TOWER, list(), beside())),
        ("one parameter", requires_auth::expand(&adapter::AXUM, list(), tokens("async fn a(r: Request) -> Answer {}"))),
        (
            "a method",
            requires_auth::expand(&adapter::AXUM, list(), tokens("async fn a(&self, id: u8, r: Request) -> Answer {}")),
        ),
        ("a trait", auth_impl::expand(&adapter::AXUM, tokens(""), in_trait)),
    ] {
        assert_eq!(mistakes(expansion.clone()), [""; 0], "{of}");
        assert!(expansion.to_string().contains("authorize"), "{of}");
    }
    let associated = tokens("impl Api { #[requires_auth(bearer, request = r)] async fn a(id: u8, r: Request) {} }");
    assert_eq!(mistakes(auth_impl::expand(&adapter::AXUM, tokens(""), associated)), leave_out);
}

#[test]
fn function_whose_name_makes_no_type_needs_a_name_for_its_policy() {
    for function in ["_1", "__", "r#_1"] {
        let item = || tokens(&format!("async fn {function}() {{}}"));
        assert_eq!(
            mistakes(requires_auth::expand(&adapter::AXUM, quote!(bearer), item())),
            ["the policy cannot be named after this function; name it: `policy = Name`"],
            "{function}"
        );
        let named = requires_auth::expand(&adapter::AXUM, quote!(bearer, policy = First), item());
        assert_eq!(mistakes(named), [""; 0], "{function}");
    }
}

#[test]
fn bare_request_is_looked_at_only_where_that_is_the_default() {
    let list = || quote!(bearer);
    let item = || tokens("async fn a(r: Request) -> Answer {}");
    assert!(pretty(requires_auth::expand(&adapter::TOWER, list(), item())).contains("::authorize::<"));
    assert!(pretty(requires_auth::expand(&adapter::AXUM, list(), item())).contains("__auth_guard"));
}

#[test]
fn principal_that_depends_on_generics_is_not_in_the_catalogue() {
    for principal in ["T", "Wrapper<T>", "[u8; N]", "&'a str", "Self", "Holder<'a>", "(T,)"] {
        let ty: syn::Type = syn::parse_str(principal).expect("a type");
        let item = quote!(async fn a<'a, T, const N: usize>(user: Auth<#ty>) {});
        let expansion = requires_auth::expand(&adapter::AXUM, quote!(bearer), item).to_string();
        assert!(!expansion.contains("PrincipalType"), "{principal}");
    }
    for principal in ["User", "a::User<u8>", "Option<User>", "[u8; 4]"] {
        let ty: syn::Type = syn::parse_str(principal).expect("a type");
        let item = quote!(async fn a<'a, T, const N: usize>(user: Auth<#ty>) {});
        let expansion = requires_auth::expand(&adapter::AXUM, quote!(bearer), item).to_string();
        assert!(expansion.contains("PrincipalType"), "{principal}");
    }
}

/// Whatever is wrong with the list, callers of the function see what they would see of a good one.
#[test]
fn mistake_in_the_list_keeps_the_signature() {
    let item = || tokens("pub async fn items(State(db): State<Db>) {}");
    let broken = requires_auth::expand(&adapter::AXUM, quote!(baerer), item());
    assert_eq!(mistakes(broken.clone()), ["unknown word `baerer`; did you mean `bearer`?"]);
    let source = pretty(broken);
    assert!(source.contains("__auth_guard: ::auth_axum::__private::v1::Require<ItemsAuth>"));
    assert!(source.contains("pub struct ItemsAuth {}"));
}

/// What an editor sees while the list is typed: one mistake, and everything that other code refers to.
#[test]
fn half_typed_list_is_one_mistake_and_keeps_the_function_usable() {
    for list in [
        "",
        "b",
        "bea",
        "bearer basic",
        "bearer, sco",
        "bearer, scope",
        "bearer, scope =",
        "bearer, scope = \"",
        "bearer, scope()",
        "bearer, scope(\"a\" \"b\")",
        "bearer, scope = scopes::",
        "schemes::",
        "bearer, any()",
        "bearer, any(ro)",
        "bearer, any(role =)",
        "bearer, factor()",
        "bearer, factor(\"otp\", with)",
        "bearer, check =",
        "bearer, realm =",
        "bearer, policy =",
        "bearer, crate =",
        "bearer |",
    ] {
        // An open quote or bracket never comes here: the compiler has complained of it, and an editor closes it.
        let Ok(list) = list.parse::<proc_macro2::TokenStream>() else { continue };
        for adapter in [&adapter::AXUM, &adapter::ACTIX, &adapter::TOWER] {
            let item = tokens("pub async fn items(req: Request<B>) -> Answer { answer(req) }");
            let expansion = requires_auth::expand(adapter, list.clone(), item);
            assert_eq!(mistakes(expansion.clone()).len(), 1, "{list}");
            let source = pretty(expansion);
            for part in
                ["pub async fn items(", "-> Answer {", "pub struct ItemsAuth {}", "EndpointPolicy for ItemsAuth"]
            {
                assert!(source.contains(part), "{list}: {part} is not in {source}");
            }
        }
    }
}

#[test]
fn half_typed_reason_is_one_mistake_and_keeps_the_function_usable() {
    for list in ["", "rea", "reason", "reason =", "reason = \"\"", "reason()"] {
        let expansion = public::expand(&adapter::AXUM, tokens(list), tokens("async fn health() {}"));
        assert_eq!(mistakes(expansion.clone()).len(), 1, "{list}");
        let source = pretty(expansion);
        assert!(source.contains("Require<HealthAuth>") && source.contains("struct HealthAuth {}"), "{list}: {source}");
    }
}

/// What makes it uncallable is taken away, so that it is not a second mistake where the function is mounted.
#[test]
fn modifiers_that_no_framework_calls_are_mistakes() {
    for (item, text) in [
        ("const fn items() {}", "a constant function cannot be asked at run time; write `async fn items`"),
        ("async unsafe fn items() {}", "frameworks call safe functions only; remove `unsafe`"),
        ("async extern \"C\" fn items() {}", "frameworks call functions of Rust only; remove this"),
    ] {
        let expansion = requires_auth::expand(&adapter::POEM, quote!(bearer), tokens(item));
        assert_eq!(mistakes(expansion.clone()), [text], "{item}");
        let source = pretty(expansion);
        assert!(source.contains("fn items(__auth_guard: "), "{source}");
        assert!(["const fn", "unsafe fn", "extern"].iter().all(|word| !source.contains(word)), "{source}");
    }
}

#[test]
fn handlers_of_axum_are_async_and_have_at_most_sixteen_parameters() {
    let mistake = |adapter, item: &str| mistakes(requires_auth::expand(adapter, quote!(bearer), tokens(item)));
    for output in ["", "-> String", "-> &'static str", "-> Result<Json<u8>, Refusal>", "-> (StatusCode, String)"] {
        let item = format!("fn a() {output} {{}}");
        assert_eq!(mistake(&adapter::AXUM, &item), ["axum's handlers are asynchronous; write `async fn a`"], "{item}");
        assert_eq!(mistake(&adapter::ROCKET, &item), [""; 0], "{item}");
    }
    for item in [
        "fn a() -> impl Future<Output = String> {}",
        "fn a() -> Ready<String> {}",
        "fn a() -> Pin<Box<dyn Future<Output = String> + Send>> {}",
    ] {
        assert_eq!(mistake(&adapter::AXUM, item), [""; 0], "{item}");
    }
    let with = |count: usize| format!("async fn a({}) {{}}", "_: Uri, ".repeat(count));
    assert_eq!(mistake(&adapter::AXUM, &with(15)), [""; 0]);
    assert_eq!(mistake(&adapter::AXUM, &with(16)).len(), 1);
    assert_eq!(mistake(&adapter::POEM, &with(16)), [""; 0]);
}

#[test]
fn handler_has_one_principal_by_value() {
    let mistake = |item: &str| mistakes(requires_auth::expand(&adapter::AXUM, quote!(bearer), tokens(item)));
    assert_eq!(mistake("async fn a(user: &Auth<User>) {}"), ["parameters are taken by value; write `Auth<User>`"]);
    assert_eq!(mistake("async fn a(one: Auth<User>, two: Auth<User>) {}"), [""; 0]);
    assert_eq!(mistake("async fn a<T>(one: Auth<User>, two: Auth<T>) {}"), [""; 0]);
    assert_eq!(mistake("async fn a(one: Auth<User>, two: Auth<Admin>) {}").len(), 1);
}

/// A check of another principal than the handler's does not compile.
#[test]
fn check_takes_the_principal_that_the_handler_shows() {
    for (item, cast) in
        [("async fn a(user: Auth<User>) {}", "downcast_ref::<User>()"), ("async fn a() {}", "downcast_ref()")]
    {
        let expansion = requires_auth::expand(&adapter::AXUM, quote!(bearer, check = may_read), tokens(item));
        assert!(pretty(expansion.clone()).contains(cast), "{}", pretty(expansion));
    }
}

#[test]
fn mistake_in_the_place_keeps_the_item() {
    for item in [
        tokens("enum Kind { A }"),
        tokens("struct Named { id: u32 }"),
        tokens("struct Generic<T>;"),
        tokens("mod inner {}"),
        tokens("impl Api { async fn a() {} }"),
        tokens("static A: u8 = 1;"),
        tokens("fn declared(&self);"),
    ] {
        let expansion = requires_auth::expand(&adapter::AXUM, quote!(bearer), item.clone()).to_string();
        assert!(expansion.ends_with(&item.to_string()), "{expansion}");
        assert!(expansion.contains("compile_error"), "{expansion}");
    }
}

#[test]
fn function_that_cannot_be_checked_is_left_as_it_was() {
    let item = tokens("fn show(&self, id: u32) -> String { id.to_string() }");
    for adapter in [&adapter::AXUM, &adapter::ACTIX, &adapter::TOWER] {
        let expansion = requires_auth::expand(adapter, quote!(bearer), item.clone()).to_string();
        assert!(expansion.ends_with(&item.to_string()), "{expansion}");
    }
}

#[test]
fn statement_before_the_boxed_block_would_run_undecided() {
    let item = quote! {
        fn call(&self, req: Request<B>) -> BoxFuture<'static, Answer> {
            self.spend();
            Box::pin(async move { answer(req).await })
        }
    };
    let expansion = requires_auth::expand(&adapter::TOWER, quote!(bearer), item);
    assert_eq!(
        mistakes(expansion),
        [
            "the decision has to be awaited: write `async fn`, or let the body be `Box::pin(async move { .. })` and nothing else"
        ]
    );
}
