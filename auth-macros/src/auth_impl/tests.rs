//! Two blocks, whole, and what is said about mistakes.

use insta::assert_snapshot;

use super::*;
use crate::adapter;
use crate::testing::{mistakes, pretty, tokens};

#[test]
fn policies_become_siblings_of_the_block() {
    let expansion = expand(
        &adapter::AXUM,
        quote!(crate = door),
        quote! {
            #[OpenApi]
            impl<T: Clone> Api<T> {
                const LIMIT: usize = 1;

                #[requires_auth(bearer)]
                #[oai(path = "/list")]
                pub async fn list(&self, user: Auth<User>, id: Auth<T>) -> Vec<T> {
                    Vec::new()
                }

                #[auth_axum::public(reason = "open", policy = Open)]
                async fn open() {}

                fn helper() {}
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    #[OpenApi]
    impl<T: Clone> Api<T> {
        const LIMIT: usize = 1;
        #[oai(path = "/list")]
        pub async fn list(
            &self,
            __auth_guard: door::__private::v1::Require<ApiListAuth>,
            user: Auth<User>,
            id: Auth<T>,
        ) -> Vec<T> {
            Vec::new()
        }
        async fn open(__auth_guard: door::__private::v1::Require<Open>) {}
        fn helper() {}
    }
    ///Authentication policy of `Api::list`.
    #[non_exhaustive]
    pub struct ApiListAuth {}
    #[automatically_derived]
    impl door::__private::v1::EndpointPolicy for ApiListAuth {
        const ENDPOINT: &'static door::__private::v1::Endpoint = &const {
            door::__private::v1::Endpoint {
                name: "Api::list",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: door::__private::v1::Policy::listed(const {
                    &[door::__private::v1::SchemeUse::of::<door::__private::v1::Bearer>()]
                }),
                principal: ::core::option::Option::Some(
                    door::__private::v1::PrincipalType::of::<User>(),
                ),
            }
        };
    }
    door::__private::v1::inventory::submit! {
        door::__private::v1::Registration(< ApiListAuth as
        door::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    ///Authentication policy of `Api::open`.
    #[non_exhaustive]
    struct Open {}
    #[automatically_derived]
    impl door::__private::v1::EndpointPolicy for Open {
        const ENDPOINT: &'static door::__private::v1::Endpoint = &const {
            door::__private::v1::Endpoint {
                name: "Api::open",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: door::__private::v1::Policy::public("open"),
                principal: ::core::option::Option::None,
            }
        };
    }
    door::__private::v1::inventory::submit! {
        door::__private::v1::Registration(< Open as door::__private::v1::EndpointPolicy >
        ::ENDPOINT)
    }
    "#);
}

#[test]
fn trait_methods_are_checked_by_their_request() {
    let expansion = expand(
        &adapter::TONIC,
        TokenStream::new(),
        quote! {
            #[tonic::async_trait]
            impl Greeter for Service {
                #[requires_auth(bearer, scope = "greet")]
                async fn greet(&self, request: Request<Hello>) -> Result<Response<Reply>, Status> {
                    Ok(self.reply(request))
                }
            }
        },
    );
    assert_snapshot!(pretty(expansion), @r#"
    #[tonic::async_trait]
    impl Greeter for Service {
        async fn greet(&self, request: Request<Hello>) -> Result<Response<Reply>, Status> {
            if let ::core::result::Result::Err(__auth_refusal) = ::auth_tonic::__private::v1::authorize::<
                ServiceGreetAuth,
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
            Ok(self.reply(request))
        }
    }
    ///Authentication policy of `Service::greet`.
    #[non_exhaustive]
    pub(crate) struct ServiceGreetAuth {}
    #[automatically_derived]
    impl ::auth_tonic::__private::v1::EndpointPolicy for ServiceGreetAuth {
        const ENDPOINT: &'static ::auth_tonic::__private::v1::Endpoint = &const {
            ::auth_tonic::__private::v1::Endpoint {
                name: "Service::greet",
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
                policy: ::auth_tonic::__private::v1::Policy::listed(const {
                        &[
                            ::auth_tonic::__private::v1::SchemeUse::of::<
                                ::auth_tonic::__private::v1::Bearer,
                            >(),
                        ]
                    })
                    .require(
                        ::auth_tonic::__private::v1::Requirement::Scope(
                            ::auth_tonic::__private::v1::Name::Text("greet"),
                        ),
                    ),
                principal: ::core::option::Option::None,
            }
        };
    }
    ::auth_tonic::__private::v1::inventory::submit! {
        ::auth_tonic::__private::v1::Registration(< ServiceGreetAuth as
        ::auth_tonic::__private::v1::EndpointPolicy > ::ENDPOINT)
    }
    ///Authentication policies of `Service` as `Greeter`, by function.
    #[non_exhaustive]
    pub(crate) struct ServiceGreeterAuth {}
    #[automatically_derived]
    impl ::auth_tonic::__private::v1::EndpointTable for ServiceGreeterAuth {
        const ENDPOINTS: &'static [(
            &'static str,
            &'static ::auth_tonic::__private::v1::Endpoint,
        )] = &const {
            [
                (
                    "greet",
                    <ServiceGreetAuth as ::auth_tonic::__private::v1::EndpointPolicy>::ENDPOINT,
                ),
            ]
        };
    }
    const _: &[(&str, &::auth_tonic::__private::v1::Endpoint)] = <ServiceGreeterAuth as ::auth_tonic::__private::v1::EndpointTable>::ENDPOINTS;
    "#);
}

#[test]
fn each_mistake_has_its_text() {
    let items = [
        tokens("impl Api { async fn a() {} }"),
        tokens("fn a() {}"),
        tokens("impl Api { #[public] async fn a() {} }"),
        tokens("impl Api { #[requires_auth] async fn a() {} }"),
        tokens("impl Api { #[requires_auth(bearer)] #[public(reason = \"x\")] async fn a() {} }"),
        tokens("impl Api { #[requires_auth(bearer)] async fn get_a() {} #[requires_auth(bearer)] async fn getA() {} }"),
        tokens("impl Show for Api { #[requires_auth(bearer)] async fn a() {} }"),
        tokens("impl Show for [u8] { #[requires_auth(bearer)] async fn a(r: Request<B>) -> Answer {} }"),
    ];
    let texts: Vec<String> = items
        .iter()
        .map(|item| {
            format!("{item}\n    {}", mistakes(expand(&adapter::AXUM, TokenStream::new(), item.clone())).join("\n    "))
        })
        .collect();
    assert_snapshot!(texts.join("\n"), @r#"
    impl Api { async fn a () { } }
        no function of this block has `#[requires_auth(..)]` or `#[public(..)]`; add one, or remove `#[auth_impl]`
    fn a () { }
        `#[auth_impl]` goes on an `impl` block; on a function write `#[requires_auth(..)]` or `#[public(..)]`
    impl Api { # [public] async fn a () { } }
        say why everybody may come in: `#[public(reason = "health check")]`
    impl Api { # [requires_auth] async fn a () { } }
        an empty list protects nothing: name the schemes that are accepted, `#[requires_auth(bearer)]`, or open the function on purpose, `#[public(reason = "..")]`
    impl Api { # [requires_auth (bearer)] # [public (reason = "x")] async fn a () { } }
        a function is either public or requires authentication; remove one of the two attributes
    impl Api { # [requires_auth (bearer)] async fn get_a () { } # [requires_auth (bearer)] async fn getA () { } }
        `ApiGetAAuth` is the policy of `get_a` already; name this one: `policy = Name`
    impl Show for Api { # [requires_auth (bearer)] async fn a () { } }
        the trait fixes the parameters of this function, so it can take no guard; it can be checked where it takes a `Request<B>`
    impl Show for [u8] { # [requires_auth (bearer)] async fn a (r : Request < B >) -> Answer { } }
        the policy cannot be named after this block's type; name it in the attribute: `policy = Name`
    "#);
    let policy_on_the_block =
        expand(&adapter::AXUM, quote!(bearer), tokens("impl A { #[public(reason = \"x\")] async fn a() {} }"));
    assert_snapshot!(mistakes(policy_on_the_block).join("\n"), @"`#[auth_impl]` takes nothing but `crate = path`; policies stand on the functions inside");
}

#[test]
fn policy_called_like_the_table_is_the_table_too() {
    let item = quote! {
        impl Greet for Api {
            #[cfg(unix)] #[requires_auth(bearer)] async fn greet(&self, r: Request<B>) -> Answer {}
            #[cfg(windows)] #[requires_auth(bearer)] async fn greet(&self, r: Request<B>) -> Answer {}
            #[requires_auth(bearer)] async fn other(&self, r: Request<B>) -> Answer {}
        }
    };
    let source = pretty(expand(&adapter::AXUM, TokenStream::new(), item));
    let count = |part: &str| source.matches(part).count();
    assert_eq!(count("struct ApiGreetAuth {}"), 2, "{source}");
    for cfg in ["unix", "windows"] {
        let list = format!(
            "#[cfg({cfg})]\n#[automatically_derived]\nimpl ::auth_axum::__private::v1::EndpointTable for ApiGreetAuth"
        );
        assert_eq!(count(&list), 1, "{source}");
    }
    assert_eq!(count("EndpointTable for"), 2, "{source}");
    assert_eq!(count("\"other\","), 2, "{source}");
}

/// The table lists those that there are, so that mistakes do not multiply.
#[test]
fn function_without_a_policy_is_not_in_the_table() {
    let item = quote! {
        impl Show for Api {
            #[requires_auth(bearer)] async fn a(&self, __auth_guard: Request<B>) -> Answer {}
            #[requires_auth(bearer)] async fn b(&self, r: Request<B>) -> Answer {}
        }
    };
    let expansion = expand(&adapter::AXUM, TokenStream::new(), item);
    assert_eq!(mistakes(expansion.clone()), ["this function has a policy already; keep one of its attributes"]);
    let source = pretty(expansion);
    assert!(source.contains("struct ApiShowAuth {}") && source.contains("\"b\","), "{source}");
    assert!(!source.contains("\"a\","), "{source}");
}

#[test]
fn names_that_make_no_type_need_a_name_for_the_policy() {
    const FUNCTION: &str = "the policy cannot be named after this function; name it: `policy = Name`";
    const TYPE: &str = "the policy cannot be named after this block's type; name it in the attribute: `policy = Name`";
    for (ty, function, text) in [("_1", "a", TYPE), ("__", "a", TYPE), ("[u8]", "_1", TYPE), ("Api", "__", FUNCTION)] {
        for head in ["impl", "impl Show for"] {
            let item =
                format!("{head} {ty} {{ #[requires_auth(bearer)] async fn {function}(r: Request<B>) -> Answer {{}} }}");
            let expansion = expand(&adapter::AXUM, TokenStream::new(), tokens(&item));
            assert_eq!(mistakes(expansion), [text], "{item}");
            let named = item.replace("bearer", "bearer, policy = Name");
            assert_eq!(mistakes(expand(&adapter::AXUM, TokenStream::new(), tokens(&named))), [""; 0], "{named}");
        }
    }
    for head in ["impl", "impl _1 for", "impl __ for"] {
        let item = format!("{head} Api {{ #[requires_auth(bearer)] async fn _1(r: Request<B>) -> Answer {{}} }}");
        let expansion = expand(&adapter::AXUM, TokenStream::new(), tokens(&item));
        assert_eq!(mistakes(expansion.clone()), [""; 0], "{item}");
        assert!(pretty(expansion).contains("struct Api1Auth {}"), "{item}");
    }
}

/// Only one of them is left by `#[cfg]`.
#[test]
fn alternatives_share_a_policy() {
    let item = quote! {
        impl Api {
            #[cfg(unix)] #[requires_auth(bearer)] async fn a() {}
            #[cfg(windows)] #[requires_auth(bearer)] async fn a() {}
        }
    };
    assert_eq!(mistakes(expand(&adapter::AXUM, TokenStream::new(), item)), [""; 0]);
}

/// A method is looked up by its letters, so one of the two would get the other's policy.
#[test]
fn functions_of_a_trait_that_no_method_tells_apart_are_refused() {
    const TEXT: &str = "`getthing` and `get_thing` are one method to a policy, which knows no case and no underscores; rename one of them";
    let policy = "#[requires_auth(bearer)]";
    for (head, others, expected) in [
        ("impl Things for Api", format!("{policy} async fn getthing(r: Request<B>) -> Answer {{}}"), vec![TEXT]),
        ("impl Things for Api", "async fn getthing(r: Request<B>) -> Answer {}".to_owned(), vec![TEXT]),
        ("impl Things for Api", "async fn get_things(r: Request<B>) -> Answer {}".to_owned(), vec![]),
        (
            "impl Things for Api",
            format!("#[cfg(windows)] {policy} async fn get_thing(r: Request<B>) -> Answer {{}}"),
            vec![],
        ),
        ("impl Api", "async fn getthing(r: Request<B>) -> Answer {}".to_owned(), vec![]),
    ] {
        let item =
            format!("{head} {{ #[cfg(unix)] {policy} async fn get_thing(r: Request<B>) -> Answer {{}} {others} }}");
        assert_eq!(mistakes(expand(&adapter::AXUM, TokenStream::new(), tokens(&item))), expected, "{item}");
    }
}
