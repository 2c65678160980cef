//! Adapters: whose types an expansion names, and where it puts the check.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Ident, Path};

/// One adapter: an entry point knows which it belongs to.
#[derive(Debug)]
pub(crate) struct Adapter {
    /// The crate, as its users name it without renaming.
    krate: &'static str,
    /// The module of the crate that has the entry points, if they are not at its root.
    module: Option<&'static str>,
    pub(crate) mode: Mode,
    /// What its framework asks of every handler, where a mistake can be told from the signature.
    pub(crate) handlers: Handlers,
}

/// What a framework asks of a handler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handlers {
    /// The framework's name, for texts.
    pub(crate) framework: &'static str,
    /// Whether a handler has to give a future.
    pub(crate) are_async: bool,
    /// How many parameters it may have, the guard included.
    pub(crate) most_parameters: usize,
}

impl Handlers {
    /// Nothing is known.
    const ANY: Self = Self { framework: "", are_async: false, most_parameters: usize::MAX };
    const AXUM: Self = Self { framework: "axum", are_async: true, most_parameters: 16 };
}

/// Where the check goes, unless the function asks for another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A hidden first parameter.
    Guard,
    /// One parameter in place of all.
    Fold,
    /// The first statement of the body.
    Request,
}

<<<<<<< HEAD
pub(crate) const ACTIX: Adapter = Adapter { krate: "auth_actix", mode: Mode::Fold, handlers: Handlers::ANY };
pub(crate) const AXUM: Adapter = Adapter { krate: "auth_axum", mode: Mode::Guard, handlers: Handlers::AXUM };
pub(crate) const CORE: Adapter = Adapter { krate: "auth_core", mode: Mode::Guard, handlers: Handlers::ANY };
pub(crate) const POEM: Adapter = Adapter { krate: "auth_poem", mode: Mode::Guard, handlers: Handlers::ANY };
pub(crate) const ROCKET: Adapter = Adapter { krate: "auth_rocket", mode: Mode::Guard, handlers: Handlers::ANY };
pub(crate) const SALVO: Adapter = Adapter { krate: "auth_salvo", mode: Mode::Guard, handlers: Handlers::ANY };
pub(crate) const TONIC: Adapter = Adapter { krate: "auth_tonic", mode: Mode::Request, handlers: Handlers::ANY };
pub(crate) const TOWER: Adapter = Adapter { krate: "auth_tower", mode: Mode::Request, handlers: Handlers::ANY };
pub(crate) const WARP: Adapter = Adapter { krate: "auth_warp", mode: Mode::Guard, handlers: Handlers::ANY };
=======
pub(crate) const ACTIX: Adapter = Adapter { krate: "auth_actix", module: None, mode: Mode::Fold };
pub(crate) const AXUM: Adapter = Adapter { krate: "auth_axum", module: None, mode: Mode::Guard };
pub(crate) const CORE: Adapter = Adapter { krate: "auth_core", module: None, mode: Mode::Guard };
pub(crate) const POEM: Adapter = Adapter { krate: "auth_poem", module: None, mode: Mode::Guard };
/// Has a guard of its own, which generates documents.
pub(crate) const POEM_OPENAPI: Adapter = Adapter { krate: "auth_poem", module: Some("openapi"), mode: Mode::Guard };
pub(crate) const ROCKET: Adapter = Adapter { krate: "auth_rocket", module: None, mode: Mode::Guard };
pub(crate) const SALVO: Adapter = Adapter { krate: "auth_salvo", module: None, mode: Mode::Guard };
pub(crate) const TONIC: Adapter = Adapter { krate: "auth_tonic", module: None, mode: Mode::Request };
pub(crate) const TOWER: Adapter = Adapter { krate: "auth_tower", module: None, mode: Mode::Request };
pub(crate) const WARP: Adapter = Adapter { krate: "auth_warp", module: None, mode: Mode::Guard };
>>>>>>> 0a611ab (macros: give poem-openapi a guard of its own)

/// The module that holds everything an expansion may name.
#[derive(Clone, Debug)]
pub(crate) struct Private(TokenStream);

impl Private {
    /// That of the crate at `krate`, or of the adapter itself.
    pub(crate) fn new(adapter: &Adapter, krate: Option<&Path>) -> Self {
        let krate = krate.map_or_else(
            || {
                let name = Ident::new(adapter.krate, Span::call_site());
                let module = adapter.module.map(|module| Ident::new(module, Span::call_site())).into_iter();
                quote!(::#name #(::#module)*)
            },
            ToTokens::to_token_stream,
        );
        Self(quote!(#krate::__private::v1))
    }
}

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
