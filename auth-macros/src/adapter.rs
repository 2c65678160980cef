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

pub(crate) const ACTIX: Adapter = Adapter { mode: Mode::Fold, ..Adapter::new("auth_actix") };
pub(crate) const AXUM: Adapter = Adapter { handlers: Handlers::AXUM, ..Adapter::new("auth_axum") };
pub(crate) const CORE: Adapter = Adapter::new("auth_core");
pub(crate) const POEM: Adapter = Adapter::new("auth_poem");
/// Has a guard of its own, which generates documents.
pub(crate) const POEM_OPENAPI: Adapter = Adapter { module: Some("openapi"), ..Adapter::new("auth_poem") };
pub(crate) const ROCKET: Adapter = Adapter::new("auth_rocket");
pub(crate) const SALVO: Adapter = Adapter::new("auth_salvo");
pub(crate) const TONIC: Adapter = Adapter { mode: Mode::Request, ..Adapter::new("auth_tonic") };
pub(crate) const TOWER: Adapter = Adapter { mode: Mode::Request, ..Adapter::new("auth_tower") };
pub(crate) const WARP: Adapter = Adapter::new("auth_warp");

impl Adapter {
    /// An adapter in guard mode, of a framework of whose handlers nothing is known.
    const fn new(krate: &'static str) -> Self {
        Self { krate, module: None, mode: Mode::Guard, handlers: Handlers::ANY }
    }
}

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
