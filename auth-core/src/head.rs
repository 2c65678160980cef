//! What the core sees of a request.
//!
//! No `http` type appears here: frameworks disagree about the version of that crate, and some do not use it.
//! Each adapter implements [`RequestHead`] for its own request in a few lines.

use std::fmt;
use std::net::IpAddr;

/// The head of a request: everything before the body.
///
/// The core borrows a head only while it looks for credentials; nothing of it is kept across an `await`.
///
/// # Security
///
/// Trailers are not part of a head: they come after the body, and credentials in them are not credentials
/// (RFC 9110 §6.5.1). An adapter of a framework that merges them must capture the head before.
pub trait RequestHead {
    /// The method, as sent (`GET`).
    fn method(&self) -> &str;

    /// The path, as sent, without the query.
    fn path(&self) -> &str;

    /// The query, as sent, without the question mark.
    fn query(&self) -> Option<&str>;

    /// Calls `each` with every value of the field `name`, in order of arrival.
    ///
    /// `name` is in lower case. One line of the head is one value; values are not split at commas.
    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8]));

    /// The address of the party at the other end of the connection, where it is known.
    fn peer(&self) -> Option<IpAddr>;

    /// Whether other exchanges share the connection, as in HTTP/2 and HTTP/3.
    ///
    /// There a refusal that leaves the body unread needs no `Connection: close`.
    fn is_multiplexed(&self) -> bool;

    /// Whether the connection itself is encrypted, as far as the server knows. What the request says about it counts as
    /// nothing: neither the scheme of its address nor a header.
    ///
    /// Adapters of servers that cannot tell keep the default, and a realm that asks for https refuses.
    fn is_secure(&self) -> bool {
        false
    }

    /// The first value of the field `name`, if there is exactly one.
    fn sole_header(&self, name: &str) -> Option<&[u8]> {
        let mut values = 0_usize;
        let mut first = None;
        self.for_each_header(name, &mut |value| {
            values = values.saturating_add(1);
            first.get_or_insert(value);
        });
        first.filter(|_| values == 1)
    }

    /// What every request is asked for: a head that finds it in one look at its lines says so here.
    fn essentials(&self) -> Essentials<'_> {
        let mut found = Essentials::default();
        self.for_each_header("authorization", &mut |value| found.authorization(value));
        self.for_each_header("content-length", &mut |value| found.content_length(value));
        if self.has_header("transfer-encoding") {
            found.transfer_encoding();
        }
        found
    }

    /// Whether the field `name` is present, in whatever form.
    fn has_header(&self, name: &str) -> bool {
        let mut present = false;
        self.for_each_header(name, &mut |_| present = true);
        present
    }
}

/// What every request is asked for: its `Authorization`, and whether it has a body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Essentials<'h> {
    authorization: FieldLines<'h>,
    announces_body: bool,
}

impl<'h> Essentials<'h> {
    /// Notes a line of `Authorization`.
    pub fn authorization(&mut self, value: &'h [u8]) {
        self.authorization.add(value);
    }

    /// Notes a line of `Content-Length`: any but 0 announces a body (RFC 9112 §6.3).
    pub fn content_length(&mut self, value: &[u8]) {
        self.announces_body |= value.trim_ascii() != b"0";
    }

    /// Notes a line of `Transfer-Encoding`, which announces a body whatever it says.
    pub fn transfer_encoding(&mut self) {
        self.announces_body = true;
    }

    pub(crate) fn lines(&self) -> FieldLines<'h> {
        self.authorization
    }

    pub(crate) fn announces_body(&self) -> bool {
        self.announces_body
    }
}

/// The lines of a field that may stand once.
#[derive(Clone, Copy, Default)]
pub(crate) enum FieldLines<'h> {
    #[default]
    None,
    One(&'h [u8]),
    Several,
}

/// A credential is not shown.
impl fmt::Debug for FieldLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::One(_) => "One(..)",
            Self::Several => "Several",
        })
    }
}

impl<'h> FieldLines<'h> {
    /// The lines of a field of that name.
    pub(crate) fn of(head: &'h dyn RequestHead, name: &str) -> Self {
        let mut lines = Self::None;
        head.for_each_header(name, &mut |value| lines.add(value));
        lines
    }

    fn add(&mut self, value: &'h [u8]) {
        *self = if matches!(self, Self::None) { Self::One(value) } else { Self::Several };
    }
}

/// Removes optional white space, SP and HTAB, from both ends (RFC 9110 §5.6.3).
pub(crate) fn trim_ows(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_is_shown() {
        let mut found = Essentials::default();
        found.authorization(b"Basic YWxpY2U6c2VjcmV0");
        assert_eq!(format!("{found:?}"), "Essentials { authorization: One(..), announces_body: false }");
    }
}
