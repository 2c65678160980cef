//! Bodies: where a statement goes so that it runs before all others.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Block, Expr, ExprAsync, Item, Stmt};

/// The body with `statements` before its own; only items, which do nothing, stay in front.
///
/// They go into the block and not around it: a block in a block would make the compiler warn of needless braces in
/// the user's code.
pub(crate) fn insert(body: &Group, statements: &TokenStream) -> Group {
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        let mut front = quote!(#(#attrs)*);
        // The rest of the body is passed on unread.
        while let Ok(statement) = input.fork().parse::<Stmt>() {
            if !is_item(&statement) {
                break;
            }
            input.parse::<Stmt>()?.to_tokens(&mut front);
        }
        let rest: TokenStream = input.parse()?;
        Ok(quote!(#front #statements #rest))
    };
    let stream = parser.parse2(body.stream()).unwrap_or_else(|_| {
        let rest = body.stream();
        quote!(#statements #rest)
    });
    let mut whole = Group::new(Delimiter::Brace, stream);
    whole.set_span(body.span());
    whole
}

/// A body that does nothing but to return `Box::pin(async move { .. })`: what async traits are rewritten to.
pub(crate) struct Boxed {
    /// Items, the box's path.
    before: Vec<Stmt>,
    call: syn::ExprCall,
    block: ExprAsync,
}

impl Boxed {
    /// Reads such a body; `None` if it is another.
    ///
    /// Statements before the box would run before the decision, so they make it another.
    pub(crate) fn read(body: &Group) -> Option<Self> {
        let mut before = Block::parse_within.parse2(body.stream()).ok()?;
        let Stmt::Expr(Expr::Call(mut call), None) = before.pop()? else { return None };
        let is_pin = matches!(&*call.func, Expr::Path(path) if path.path.segments.last()?.ident == "pin");
        let Some(Expr::Async(block)) = call.args.pop() else { return None };
        let is_plain = block.modifiers.require_empty().is_ok();
        (is_pin && is_plain && call.args.is_empty() && before.iter().all(is_item)).then_some(Self {
            before,
            call,
            block,
        })
    }

    /// The body with `inside` at the top of the async block, and `items` at the top of the whole.
    pub(crate) fn insert(self, items: &TokenStream, inside: &TokenStream, span: proc_macro2::Span) -> Group {
        let Self { before, mut call, block } = self;
        let ExprAsync { attrs, async_token, capture, block, .. } = &block;
        let mut body = Group::new(Delimiter::Brace, block.stmts.iter().map(ToTokens::to_token_stream).collect());
        body.set_span(block.brace_token.span.join());
        let body = insert(&body, inside);
        call.args.push(Expr::Verbatim(quote!(#(#attrs)* #async_token #capture #body)));
        let mut whole = Group::new(Delimiter::Brace, quote!(#items #(#before)* #call));
        whole.set_span(span);
        whole
    }
}

fn is_item(statement: &Stmt) -> bool {
    match statement {
        // A macro may expand to anything, unless it defines one.
        Stmt::Item(Item::Macro(call)) => call.ident.is_some(),
        Stmt::Item(_) => true,
        _ => false,
    }
}
