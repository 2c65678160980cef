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
    for token in opened(list) {
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

/// The tokens without the invisible groups around what a declarative macro was given: `$scope`, `$scheme`.
fn opened(list: TokenStream) -> Vec<TokenTree> {
    list.into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => opened(group.stream()),
            token => vec![token],
        })
        .collect()
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
        if let Some(error) = self.operator() {
            return Err(error);
        }
        match (self.first, self.rest.as_slice()) {
            (TokenTree::Ident(word), []) => Ok(Shape::Word(word)),
            (TokenTree::Ident(key), [TokenTree::Punct(equals), value @ ..]) if is_equals_sign(equals, value) => {
                Ok(Shape::Assign { key, value: value.iter().cloned().collect() })
            }
            (TokenTree::Ident(key), [TokenTree::Punct(sign), rest @ ..]) if is_mistaken_for_equals(sign, rest) => {
                Err(Error::new(sign.span(), format!("write one `=` between a key and its value: `{key} = ..`")))
            }
            (TokenTree::Ident(key), [TokenTree::Group(arguments)])
                if arguments.delimiter() == Delimiter::Parenthesis =>
            {
                Ok(Shape::Call { key, arguments: arguments.clone() })
            }
            (TokenTree::Ident(key), [TokenTree::Group(arguments)]) => {
                Err(Error::new(arguments.span(), format!("what belongs to `{key}` stands in parentheses: `{key}(..)`")))
            }
            (TokenTree::Ident(_), [TokenTree::Group(_), next, ..]) | (TokenTree::Literal(_), [next, ..]) => {
                Err(Error::new(next.span(), value::NO_COMMA))
            }
            (TokenTree::Literal(literal), []) => Ok(Shape::Literal(Lit::new(literal))),
            (first @ (TokenTree::Ident(_) | TokenTree::Punct(_)), rest) => {
                let tokens: TokenStream = std::iter::once(first).chain(rest.iter().cloned()).collect();
                value::type_path(tokens).map(Shape::Path)
            }
            (TokenTree::Group(group), _) => {
                Err(Error::new(group.span(), "no brackets stand here; write what is inside of them, without them"))
            }
        }
    }

    /// The mistake of whoever writes `a | b`, `a && b` or `!a`. A closure is another mistake.
    fn operator(&self) -> Option<Error> {
        if let TokenTree::Punct(not) = &self.first
            && not.as_char() == '!'
        {
            return Some(Error::new(not.span(), "`!` is written `not(..)`, like `not(role = \"guest\")`"));
        }
        let mut before = &self.first;
        for token in &self.rest {
            let after = std::mem::replace(&mut before, token);
            let TokenTree::Punct(sign) = token else { continue };
            let text = match (after, sign.as_char()) {
                // A value that begins with a sign, or a path's arguments.
                (TokenTree::Punct(_), '|' | '&') | (_, '<') => return None,
                (_, '|') => {
                    "`|` does not belong in the list: schemes side by side are alternatives anyway, and of requirements `any(role = \"a\", role = \"b\")` asks for one"
                }
                (_, ';') => "the list is separated by commas; write `,`",
                (_, '&') => {
                    "`&` does not belong in the list: requirements side by side have to hold together, so write a comma"
                }
                _ => continue,
            };
            return Some(Error::new(sign.span(), text));
        }
        None
    }

    /// The piece as it was written.
    pub(crate) fn into_tokens(self) -> TokenStream {
        std::iter::once(self.first).chain(self.rest).collect()
    }
}

/// Whether it is a colon, or the beginning of `==` or `=>`.
fn is_mistaken_for_equals(punct: &Punct, next: &[TokenTree]) -> bool {
    match punct.as_char() {
        '=' => true,
        ':' => !matches!(next, [TokenTree::Punct(next), ..] if next.as_char() == ':'),
        _ => false,
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
        let found = shapes("bearer basic, scope =, , [x], role == \"a\", any(a) b, any[b], own::, optional");
        let errors: Vec<_> = found.iter().filter_map(|shape| shape.as_ref().err()).map(String::as_str).collect();
        assert_eq!(
            errors,
            [
                "a comma is missing before this",
                "no brackets stand here; write what is inside of them, without them",
                "write one `=` between a key and its value: `role = ..`",
                "a comma is missing before this",
                "what belongs to `any` stands in parentheses: `any(..)`",
                "this is not a path; write one like `path::To::Type`",
                "nothing stands before this comma; remove it",
            ]
        );
        // `scope =` and `optional`: what a key lacks, whoever knows the key says.
        assert_eq!(found.iter().filter(|shape| shape.is_ok()).count(), 2);
    }

    #[test]
    fn operators_are_not_part_of_a_list() {
        for (list, sign) in [
            ("bearer | basic", "`|`"),
            ("scope = \"a\" || role = \"b\"", "`|`"),
            ("bearer && basic", "`&`"),
            ("!bearer", "`!`"),
            ("any(a) & any(b)", "`&`"),
        ] {
            let found = shapes(list);
            assert!(
                matches!(found.as_slice(), [Err(error)] if error.starts_with(&format!("{sign} "))),
                "{list}: {found:?}"
            );
        }
        assert_eq!(shapes("check = |a, b| true"), [Ok("check = | a , b | true".to_owned())]);
        assert_eq!(shapes("Own<&'static str>"), [Ok("path".to_owned())]);
    }

    #[test]
    fn what_a_declarative_macro_was_given_is_as_if_written() {
        use proc_macro2::Group;
        use quote::quote;

        let given = |tokens: TokenStream| TokenTree::from(Group::new(Delimiter::None, tokens));
        let (scheme, scope) = (given(quote!(path::Own)), given(quote!("a")));
        let nested = given(quote!(#scope));
        let mut diagnostics = Diagnostics::default();
        let pieces = cut(quote!(#scheme, scope = #nested), &mut diagnostics);
        let shapes: Vec<_> = pieces.into_iter().map(Piece::shape).collect();
        assert!(
            matches!(shapes.as_slice(), [Ok(Shape::Path(_)), Ok(Shape::Assign { value, .. })] if value.to_string() == "\"a\"")
        );
    }

    #[test]
    fn crate_begins_a_path_as_well_as_a_key() {
        assert_eq!(shapes("crate::schemes::Own, ::other::Own"), [Ok("path".to_owned()), Ok("path".to_owned())]);
    }
}
