//! Pieces: what stands between two commas.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{Error, Lit, TypePath, spanned::Spanned as _};

use super::value;
use crate::diagnostics::Diagnostics;

/// What stands between two commas; never empty.
pub(crate) struct Piece {
    first: TokenTree,
    rest: Vec<TokenTree>,
}

/// The form of a piece.
pub(crate) enum Shape {
    /// `word`
    Word(Ident),
    /// `path::To::Type`, `Type<T>`
    Path(TypePath),
    /// `key = value`
    Assign { key: Ident, value: TokenStream },
    /// `key(..)`
    Call { key: Ident, arguments: Group },
    /// `"text"`
    Literal(Lit),
}

/// Cuts a list at its commas, leaving those inside of brackets, of generic arguments and of a closure's parameters.
///
/// A comma may follow the last piece. Nothing between two commas is a mistake.
pub(crate) fn cut(list: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut current: Option<Piece> = None;
    let mut nesting = Nesting::default();
    for token in list {
        match token {
            TokenTree::Punct(comma) if comma.as_char() == ',' && nesting.is_outside() => match current.take() {
                Some(piece) => pieces.push(piece),
                None => diagnostics.push_at(comma.span(), "nothing stands before this comma; remove it"),
            },
            token => {
                nesting.pass(&token);
                match &mut current {
                    Some(piece) => piece.rest.push(token),
                    none => *none = Some(Piece { first: token, rest: Vec::new() }),
                }
            }
        }
    }
    pieces.extend(current);
    pieces
}

/// How deep in `<..>` we are, and whether in `|..|`.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_bars: bool,
    after_dash: bool,
}

impl Nesting {
    fn is_outside(&self) -> bool {
        self.depth == 0 && !self.in_bars
    }

    fn pass(&mut self, token: &TokenTree) {
        let punct = if let TokenTree::Punct(punct) = token { punct.as_char() } else { ' ' };
        match punct {
            '<' => self.depth = self.depth.saturating_add(1),
            // No list has closures, but one that somebody writes is one mistake, not many.
            '|' => self.in_bars = !self.in_bars,
            // In `Fn() -> T` it closes nothing.
            '>' if !self.after_dash => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.after_dash = punct == '-';
    }
}

impl Piece {
    /// The form of the piece.
    ///
    /// # Errors
    ///
    /// If it has none of the forms, at the token that breaks it.
    pub(crate) fn shape(self) -> syn::Result<Shape> {
        let span = self.span();
        match (self.first, self.rest.as_slice()) {
            (TokenTree::Ident(word), []) => Ok(Shape::Word(word)),
            (TokenTree::Ident(key), [TokenTree::Punct(equals), value @ ..]) if is_equals_sign(equals, value) => {
                if value.is_empty() {
                    return Err(Error::new(equals.span(), format!("`{key} =` needs a value")));
                }
                Ok(Shape::Assign { key, value: value.iter().cloned().collect() })
            }
            (TokenTree::Ident(key), [TokenTree::Group(arguments)])
                if arguments.delimiter() == Delimiter::Parenthesis =>
            {
                Ok(Shape::Call { key, arguments: arguments.clone() })
            }
            (TokenTree::Ident(_), [TokenTree::Group(_), next, ..]) => Err(Error::new(next.span(), "expected `,`")),
            (TokenTree::Literal(literal), []) => Ok(Shape::Literal(Lit::new(literal))),
            (first @ (TokenTree::Ident(_) | TokenTree::Punct(_)), rest) => {
                let tokens: TokenStream = std::iter::once(first).chain(rest.iter().cloned()).collect();
                value::type_path(tokens, span).map(Shape::Path)
            }
            (first, _) => Err(Error::new(first.span(), "expected a word, a path, `key = value` or `key(..)`")),
        }
    }

    /// The piece as it was written.
    pub(crate) fn into_tokens(self) -> TokenStream {
        std::iter::once(self.first).chain(self.rest).collect()
    }

    fn span(&self) -> Span {
        self.first.span()
    }
}

/// Whether it is `=`, and not the beginning of `==` or `=>`.
fn is_equals_sign(punct: &Punct, next: &[TokenTree]) -> bool {
    punct.as_char() == '='
        && (punct.spacing() == Spacing::Alone
            || !matches!(next, [TokenTree::Punct(next), ..] if matches!(next.as_char(), '=' | '>')))
}

impl Shape {
    /// Where to point if the whole of it is wrong.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Word(word) | Self::Assign { key: word, .. } | Self::Call { key: word, .. } => word.span(),
            Self::Path(path) => path.span(),
            Self::Literal(literal) => literal.span(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mistakes;

    fn shapes(list: &str) -> Vec<Result<String, String>> {
        let mut diagnostics = Diagnostics::default();
        let mut shapes: Vec<_> = cut(list.parse().expect("tokens"), &mut diagnostics)
            .into_iter()
            .map(|piece| match piece.shape() {
                Ok(Shape::Word(word)) => Ok(format!("word {word}")),
                Ok(Shape::Path(_)) => Ok("path".to_owned()),
                Ok(Shape::Assign { key, value }) => Ok(format!("{key} = {value}")),
                Ok(Shape::Call { key, arguments }) => Ok(format!("{key}({})", arguments.stream())),
                Ok(Shape::Literal(_)) => Ok("literal".to_owned()),
                Err(error) => Err(error.to_string()),
            })
            .collect();
        shapes.extend(mistakes(diagnostics.into_compile_errors()).into_iter().map(Err));
        shapes
    }

    #[test]
    fn cuts_at_outer_commas_only() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            shapes("bearer, scope(\"a\", \"b\"), Own<A, B>, crate = my::path, any(role = \"x\"), \"text\","),
            [
                ok("word bearer"),
                ok("scope(\"a\" , \"b\")"),
                ok("path"),
                ok("crate = my :: path"),
                ok("any(role = \"x\")"),
                ok("literal"),
            ]
        );
        assert_eq!(shapes(""), []);
    }

    #[test]
    fn one_bad_piece_hides_no_other() {
        let found = shapes("bearer basic, scope =, , [x], role == \"a\", any(a) b, optional");
        let errors: Vec<_> = found.iter().filter_map(|shape| shape.as_ref().err()).map(String::as_str).collect();
        assert_eq!(
            errors,
            [
                "expected `,`",
                "`scope =` needs a value",
                "expected a word, a path, `key = value` or `key(..)`",
                "expected `,`",
                "expected `,`",
                "nothing stands before this comma; remove it",
            ]
        );
        assert_eq!(found.iter().filter(|shape| shape.is_ok()).count(), 1);
    }

    #[test]
    fn crate_begins_a_path_as_well_as_a_key() {
        assert_eq!(shapes("crate::schemes::Own, ::other::Own"), [Ok("path".to_owned()), Ok("path".to_owned())]);
    }
}
