//! `#[auth_impl]`: a place for the policies of an `impl` block's functions.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, ImplItem, ImplItemFn, ItemImpl, Meta, Path, Token, Type, Visibility};

use crate::adapter::Adapter;
use crate::diagnostics::Diagnostics;
use crate::endpoint::{self, Expansion, Function, Home};
use crate::grammar::{self, Shape, Slot};
use crate::{public, requires_auth};

pub(crate) fn expand(adapter: &Adapter, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let krate = read(arguments, &mut diagnostics);
    let expansion = match parse(item.clone()) {
        Ok(block) => expand_block(adapter, &krate, block, &mut diagnostics),
        Err(error) => {
            diagnostics.add(error);
            item
        }
    };
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #expansion)
}

/// The one option: `crate = path`.
fn read(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Slot<Path> {
    let mut krate = Slot::default();
    for piece in grammar::cut(arguments, diagnostics) {
        let read = piece.shape().and_then(|shape| match shape {
            Shape::Assign { key, value } if key == "crate" => {
                let path = grammar::path_to_module(&key, value)?;
                krate.fill(key, path, diagnostics);
                Ok(())
            }
            shape => Err(Error::new(
                shape.span(),
                "`#[auth_impl]` takes nothing but `crate = path`; policies stand on the functions inside",
            )),
        });
        diagnostics.absorb(read);
    }
    krate
}

fn parse(item: TokenStream) -> syn::Result<ItemImpl> {
    let parser = |input: ParseStream<'_>| {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if ahead.peek(Token![impl]) || (ahead.peek(Token![unsafe]) && ahead.peek2(Token![impl])) {
            return input.parse::<ItemImpl>();
        }
        let error = Error::new(
            ahead.span(),
            "`#[auth_impl]` goes on an `impl` block; on a function write `#[requires_auth(..)]` or `#[public(..)]`",
        );
        input.parse::<TokenStream>()?;
        Err(error)
    };
    parser.parse2(item)
}

fn expand_block(
    adapter: &Adapter,
    krate: &Slot<Path>,
    mut block: ItemImpl,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let prefix = type_name(&block.self_ty).cloned();
    let home = Home::Impl { prefix: prefix.as_ref(), generics: &block.generics, of_trait: block.trait_.is_some() };
    let mut companions: Vec<Companion> = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let Some(expansion) = expand_function(adapter, krate, function, &home, diagnostics) else { continue };
        let companion =
            Companion { function: function.sig.ident.clone(), policy: expansion.policy, items: expansion.companion };
        companion.check_name(&companions, diagnostics);
        companions.push(companion);
        *item = ImplItem::Verbatim(expansion.function);
    }
    if companions.is_empty() {
        diagnostics.push(
            block.impl_token,
            "no function of this block has `#[requires_auth(..)]` or `#[public(..)]`; add one, or remove `#[auth_impl]`",
        );
    }
    let companions = companions.iter().map(|companion| &companion.items);
    quote!(#block #(#companions)*)
}

/// The policy of one function of the block.
struct Companion {
    function: Ident,
    policy: Ident,
    items: TokenStream,
}

impl Companion {
    /// Refuses a name that is taken. Functions of one name are alternatives of which `#[cfg]` leaves one.
    fn check_name(&self, others: &[Self], diagnostics: &mut Diagnostics) {
        let taken = others.iter().find(|other| other.policy == self.policy && other.function != self.function);
        if let Some(taken) = taken {
            diagnostics.push(
                &self.function,
                format!(
                    "`{}` is the policy of `{}` already; name this one: `policy = Name`",
                    self.policy, taken.function
                ),
            );
        }
    }
}

/// Puts the check into a function of the block; `None` if it has no attribute of ours.
fn expand_function(
    adapter: &Adapter,
    krate: &Slot<Path>,
    function: &ImplItemFn,
    home: &Home<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Expansion> {
    let at = function.attrs.iter().position(|attribute| endpoint::attribute_of_ours(attribute).is_some())?;
    let mut attrs = function.attrs.clone();
    let attribute = attrs.remove(at);
    let list = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        // `#[public]`, `#[public = ".."]`: as if nothing had been written.
        _ => TokenStream::new(),
    };
    let at = attribute.path().span();
    let mut arguments = match endpoint::attribute_of_ours(&attribute)? {
        public::NAME => public::read(list, at, diagnostics),
        _ => requires_auth::read(list, at, diagnostics),
    };
    if !arguments.options.krate.is_filled() {
        arguments.options.krate = krate.clone();
    }
    diagnostics.absorb(function.modifiers.require_empty());
    let function =
        Function { attrs, vis: function.vis.clone(), sig: function.sig.clone(), body: body(&function.block) };
    Some(endpoint::expand_function(adapter, &arguments, function, home, diagnostics))
}

fn body(block: &syn::Block) -> Group {
    let mut body = Group::new(Delimiter::Brace, block.stmts.iter().map(ToTokens::to_token_stream).collect());
    body.set_span(block.brace_token.span.join());
    body
}

/// The last name of a type, if it is a path.
fn type_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| &last.ident),
        Type::Group(group) => type_name(&group.elem),
        Type::Paren(paren) => type_name(&paren.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
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
                    fn open() {}

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
            fn open(__auth_guard: door::__private::v1::Require<Open>) {}
            fn helper() {}
        }
        ///Authentication policy of `Api::list`.
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
        struct ServiceGreetAuth {}
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
        "#);
    }

    #[test]
    fn each_mistake_has_its_text() {
        let items = [
            tokens("impl Api { fn a() {} }"),
            tokens("fn a() {}"),
            tokens("impl Api { #[public] fn a() {} }"),
            tokens("impl Api { #[requires_auth] fn a() {} }"),
            tokens("impl Api { #[requires_auth(bearer)] #[public(reason = \"x\")] fn a() {} }"),
            tokens("impl Api { #[requires_auth(bearer)] fn get_a() {} #[requires_auth(bearer)] fn getA() {} }"),
            tokens("impl Show for Api { #[requires_auth(bearer)] fn a() {} }"),
            tokens("impl Show for [u8] { #[requires_auth(bearer)] async fn a(r: Request<B>) -> Answer {} }"),
        ];
        let texts: Vec<String> = items
            .iter()
            .map(|item| {
                format!(
                    "{item}\n    {}",
                    mistakes(expand(&adapter::AXUM, TokenStream::new(), item.clone())).join("\n    ")
                )
            })
            .collect();
        assert_snapshot!(texts.join("\n"), @r#"
        impl Api { fn a () { } }
            no function of this block has `#[requires_auth(..)]` or `#[public(..)]`; add one, or remove `#[auth_impl]`
        fn a () { }
            `#[auth_impl]` goes on an `impl` block; on a function write `#[requires_auth(..)]` or `#[public(..)]`
        impl Api { # [public] fn a () { } }
            say why everybody may come in: `#[public(reason = "health check")]`
        impl Api { # [requires_auth] fn a () { } }
            this lets nobody in and nobody out: name the schemes that are accepted, `#[requires_auth(bearer)]`, or open the function on purpose, `#[public(reason = "..")]`
        impl Api { # [requires_auth (bearer)] # [public (reason = "x")] fn a () { } }
            a function is either public or requires authentication; remove one of the two attributes
        impl Api { # [requires_auth (bearer)] fn get_a () { } # [requires_auth (bearer)] fn getA () { } }
            `ApiGetAAuth` is the policy of `get_a` already; name this one: `policy = Name`
        impl Show for Api { # [requires_auth (bearer)] fn a () { } }
            the trait fixes the parameters of this function, so it can take no guard; it can be checked where it takes a `Request<B>`
        impl Show for [u8] { # [requires_auth (bearer)] async fn a (r : Request < B >) -> Answer { } }
            the policy cannot be named after this block's type; name it in the attribute: `policy = Name`
        "#);
        assert_snapshot!(mistakes(expand(&adapter::AXUM, quote!(bearer), tokens("impl A { #[public(reason = \"x\")] fn a() {} }"))).join("\n"), @"`#[auth_impl]` takes nothing but `crate = path`; policies stand on the functions inside");
    }

    /// Only one of them is left by `#[cfg]`.
    #[test]
    fn alternatives_share_a_policy() {
        let item = quote! {
            impl Api {
                #[cfg(unix)] #[requires_auth(bearer)] fn a() {}
                #[cfg(windows)] #[requires_auth(bearer)] fn a() {}
            }
        };
        assert_eq!(mistakes(expand(&adapter::AXUM, TokenStream::new(), item)), [""; 0]);
    }
}
