//! The grammar that all lists of arguments share: pieces between commas, each a word, a path, `key = value` or
//! `key(..)`.
//!
//! The list is cut before anything is parsed. One bad piece then hides no other, and its error points into it.

mod piece;
mod slot;
mod value;

pub(crate) use piece::{Shape, cut};
pub(crate) use slot::Slot;
pub(crate) use value::{ident, is_scope_token, is_token, path_expression, path_to_module, path_to_type, seconds, text};
