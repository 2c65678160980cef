//! What the core sees of a request.
//!
//! No `http` type appears here: frameworks disagree about the version of that crate, and some do not use it.
//! Each adapter implements [`RequestHead`] for its own request in a few lines.

use std::net::IpAddr;

/// The head of a request: everything before the body.
///
/// The core borrows a head only while it looks for credentials; nothing of it is kept across an `await`.
///
/// # Security
///
/// Trailers are no part of a head: they come after the body, and credentials in them are not credentials
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

    /// The lines of `Authorization`, which every request is asked for: a head that looks them up faster than by their
    /// name says so here.
    fn authorization(&self) -> FieldLines<'_> {
        let mut lines = FieldLines::None;
        self.for_each_header("authorization", &mut |value| lines = lines.and(value));
        lines
    }

    /// Whether a body is announced that is not empty (RFC 9112 §6.3), which every request is asked too.
    fn announces_body(&self) -> bool {
        if self.has_header("transfer-encoding") {
            return true;
        }
        let mut announced = false;
        self.for_each_header("content-length", &mut |value| announced |= value.trim_ascii() != b"0");
        announced
    }

    /// Whether the field `name` is present, in whatever form.
    fn has_header(&self, name: &str) -> bool {
        let mut present = false;
        self.for_each_header(name, &mut |_| present = true);
        present
    }
}

/// The lines of a field that may stand once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "none, one or more")]
pub enum FieldLines<'h> {
    /// There is none.
    None,
    /// There is one, with this value.
    One(&'h [u8]),
    /// There are several.
    Several,
}

impl<'h> FieldLines<'h> {
    /// These lines and one more.
    #[must_use]
    pub fn and(self, value: &'h [u8]) -> Self {
        if self == Self::None { Self::One(value) } else { Self::Several }
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
