//! Names: from a function's to its policy's, from a type's to its scheme's.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

/// `list_users` to `ListUsers`, `r#type` to `Type`.
pub(crate) fn upper_camel(ident: &Ident) -> String {
    let mut camel = String::new();
    let mut starts_word = true;
    for letter in ident.unraw().to_string().chars() {
        match letter {
            '_' => starts_word = true,
            first if starts_word => {
                camel.extend(first.to_uppercase());
                starts_word = false;
            }
            other => camel.push(other),
        }
    }
    camel
}

/// `ListUsers` to `ListUsersAuth`; `None` if there is nothing to be named after, or no identifier comes of it.
pub(crate) fn policy(camel: &str) -> Option<String> {
    let name = format!("{camel}Auth");
    (!camel.is_empty() && syn::parse_str::<Ident>(&name).is_ok()).then_some(name)
}

/// `NebulaKey` to `nebula_key`, `HTTPKey` to `http_key`.
pub(crate) fn snake(ident: &Ident) -> String {
    let letters: Vec<char> = ident.unraw().to_string().chars().collect();
    let mut snake = String::new();
    let mut before = None;
    for (at, &letter) in letters.iter().enumerate() {
        let next_is_lower = letters.get(at.saturating_add(1)).is_some_and(|next| next.is_lowercase());
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before: char| before != '_' && (!before.is_uppercase() || next_is_lower));
        if starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
        before = Some(letter);
    }
    snake
}

/// The macro's own span, shown at the user's word: errors point there, lints about the user's style do not.
pub(crate) fn at(word: Span) -> Span {
    Span::call_site().located_at(word)
}

/// A name for an item of ours: found from the user's code, shown at the user's word, yet the macro's own, so that
/// lints about the user's style leave it alone.
pub(crate) fn item(name: &str, shown_at: Span) -> Ident {
    Ident::new(name, at(shown_at))
}

/// A name for a local of ours, which the user's code cannot see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ident(name: &str) -> Ident {
        syn::parse_str(name).expect("an identifier")
    }

    #[test]
    fn function_names_become_type_names() {
        for (function, policy) in [
            ("coworkers", "Coworkers"),
            ("list_users", "ListUsers"),
            ("getA", "GetA"),
            ("get_a", "GetA"),
            ("r#type", "Type"),
            ("__hidden_", "Hidden"),
            ("v1_list2", "V1List2"),
            ("\u{e9}tat", "\u{c9}tat"),
        ] {
            assert_eq!(upper_camel(&ident(function)), policy, "{function}");
        }
    }

    #[test]
    fn policies_are_named_after_what_leaves_an_identifier() {
        for (camel, name) in [("ListUsers", Some("ListUsersAuth")), ("Self", Some("SelfAuth")), ("1", None), ("", None)]
        {
            assert_eq!(policy(camel).as_deref(), name, "{camel}");
        }
    }

    #[test]
    fn type_names_become_scheme_names() {
        for (ty, scheme) in [
            ("NebulaKey", "nebula_key"),
            ("HTTPKey", "http_key"),
            ("Key2Go", "key2_go"),
            ("Key", "key"),
            ("My_Key", "my_key"),
            ("key", "key"),
        ] {
            assert_eq!(snake(&ident(ty)), scheme, "{ty}");
        }
    }
}
