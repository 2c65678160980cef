//! Finds what a request presents, among the schemes that a policy accepts.
//!
//! Ownership of a value is decided by the whole realm, before the policy is looked at: a key that one scheme
//! claims by its prefix is nobody else's, whether or not the policy accepts that scheme.

use std::borrow::Cow;

use crate::credential::MAX_CREDENTIAL_LEN;
use crate::head::{FieldLines, RequestHead, trim_ows};
use crate::scheme::{Carrier, Field, is_token_byte};

/// The schemes of a realm that a policy accepts, as positions in the realm's list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted(u32);

impl Accepted {
    /// How many schemes a realm may have.
    pub(crate) const MAX: usize = 32;

    pub(crate) fn insert(&mut self, scheme: usize) {
        self.0 |= Self::bit(scheme);
    }

    pub(crate) fn contains(self, scheme: usize) -> bool {
        self.0 & Self::bit(scheme) != 0
    }

    fn bit(scheme: usize) -> u32 {
        u32::try_from(scheme).ok().and_then(|shift| 1_u32.checked_shl(shift)).unwrap_or(0)
    }
}

/// What a request presents.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Presented<'h> {
    /// Nothing that any accepted scheme reads.
    Nothing,
    /// Something stands where an accepted scheme reads, or in `Authorization`, but it is no credential of an
    /// accepted scheme.
    NotAccepted,
    /// Two values of one field, or two explicit methods.
    Ambiguous,
    /// The credential of one scheme.
    One(Found<'h>),
}

/// A value that one scheme owns.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'h> {
    /// The scheme's position in the realm.
    pub(crate) scheme: usize,
    /// The value, without outer white space; `None` if it is malformed as it stands.
    pub(crate) raw: Option<Cow<'h, [u8]>>,
}

/// Looks through the request: explicit credentials first, cookies only where there are none.
pub(crate) fn present<'h, S: AsRef<Carrier>>(
    schemes: &[S],
    accepted: Accepted,
    head: &'h dyn RequestHead,
    authorization: FieldLines<'h>,
    authorization_alone: bool,
) -> Presented<'h> {
    let mut search = Search { schemes, accepted, found: None, is_ambiguous: false, is_anything_there: false };
    let places = Places::of(schemes, accepted);
    search.authorization(authorization);
    let has_other_scheme = authorization_alone && search.is_anything_there && search.found.is_none();
    if places.headers {
        search.headers(head);
    }
    if places.query {
        search.query(head);
    }
    search.is_ambiguous |= has_other_scheme && search.found.is_some();
    // Whoever says who they are does not mean the cookie that their browser adds, even if we do not take their word.
    if places.cookies && !search.is_anything_there && !search.is_ambiguous {
        search.cookies(head);
    }
    match search {
        Search { is_ambiguous: true, .. } => Presented::Ambiguous,
        Search { found: Some(found), .. } => Presented::One(found),
        Search { is_anything_there: true, .. } => Presented::NotAccepted,
        _ => Presented::Nothing,
    }
}

/// Where accepted schemes read, beside `Authorization`.
#[derive(Clone, Copy, Default)]
struct Places {
    headers: bool,
    query: bool,
    cookies: bool,
}

impl Places {
    fn of<S: AsRef<Carrier>>(schemes: &[S], accepted: Accepted) -> Self {
        let mut places = Self::default();
        for (at, scheme) in schemes.iter().enumerate() {
            if accepted.contains(at) {
                match &scheme.as_ref().field {
                    Field::Authorization(_) => {}
                    Field::Header { .. } => places.headers = true,
                    Field::Query(_) => places.query = true,
                    Field::Cookie { .. } => places.cookies = true,
                }
            }
        }
        places
    }
}

struct Search<'c, 'h, S> {
    schemes: &'c [S],
    accepted: Accepted,
    found: Option<Found<'h>>,
    is_ambiguous: bool,
    is_anything_there: bool,
}

impl<'c, 'h, S: AsRef<Carrier>> Search<'c, 'h, S> {
    /// The scheme that owns `value` among those that read the same field: the one with the longest prefix.
    fn owner(&self, value: &[u8], reads: impl Fn(&Field) -> bool) -> Option<usize> {
        let mut owner: Option<(usize, usize)> = None;
        for (scheme, carrier) in self.schemes.iter().map(AsRef::as_ref).enumerate() {
            let len = carrier.prefix.len();
            if owner.is_none_or(|(_, longest)| longest <= len)
                && reads(&carrier.field)
                && (len == 0 || value.starts_with(carrier.prefix.as_bytes()))
            {
                owner = Some((scheme, len));
            }
        }
        owner.map(|(scheme, _)| scheme)
    }

    /// The fields that accepted schemes read, each once.
    fn fields(&self) -> impl Iterator<Item = &'c Field> + use<'c, S> {
        let (accepted, schemes) = (self.accepted, self.schemes);
        let read = move |(at, scheme): (usize, &'c S)| accepted.contains(at).then_some(&scheme.as_ref().field);
        schemes.iter().enumerate().filter_map(move |(at, scheme)| {
            let field = read((at, scheme))?;
            let mut earlier = schemes.iter().enumerate().take(at).filter_map(read);
            (!earlier.any(|other| other == field)).then_some(field)
        })
    }

    /// The first accepted scheme that reads such a field, whatever its prefix.
    fn accepted_by(&self, reads: impl Fn(&Field) -> bool) -> Option<usize> {
        let mut schemes = self.schemes.iter().enumerate();
        schemes.find(|(at, scheme)| self.accepted.contains(*at) && reads(&scheme.as_ref().field)).map(|(at, _)| at)
    }

    fn take(&mut self, owner: Option<usize>, raw: Option<Cow<'h, [u8]>>) {
        self.is_anything_there = true;
        let Some(scheme) = owner.filter(|scheme| self.accepted.contains(*scheme)) else { return };
        if self.found.is_some() {
            self.is_ambiguous = true;
        }
        self.found = Some(Found { scheme, raw });
    }

    /// `Authorization` is a singleton field (RFC 9110 §5.3): two lines are wrong whatever they hold.
    fn authorization(&mut self, lines: FieldLines<'h>) {
        match lines {
            FieldLines::None => {}
            FieldLines::One(value) => {
                let (name, rest) = split_scheme(trim_ows(value));
                let token = trim_leading_spaces(rest);
                let is_separated = rest.len() > token.len();
                // Nearly everybody writes a scheme as it is registered.
                let is_name = |scheme: &[u8]| scheme == name || scheme.eq_ignore_ascii_case(name);
                let is_named =
                    |field: &Field| matches!(field, Field::Authorization(scheme) if is_name(scheme.as_bytes()));
                let owner = self.owner(token, is_named);
                let raw = (owner.is_some() && is_separated).then_some(Cow::Borrowed(token));
                // A value that nobody owns is a malformed one of whoever goes by that name.
                self.take(owner.or_else(|| self.accepted_by(is_named)), raw);
            }
            FieldLines::Several => self.is_ambiguous = true,
        }
    }

    fn headers(&mut self, head: &'h dyn RequestHead) {
        for field in self.fields() {
            let Field::Header { name, .. } = field else { continue };
            match FieldLines::of(head, name) {
                FieldLines::None => {}
                FieldLines::One(value) => {
                    let value = trim_ows(value);
                    let owner = self.owner(value, |other| other == field);
                    self.take(owner, (!value.is_empty()).then_some(Cow::Borrowed(value)));
                }
                FieldLines::Several => self.is_ambiguous = true,
            }
        }
    }

    fn query(&mut self, head: &'h dyn RequestHead) {
        for field in self.fields() {
            let Field::Query(name) = field else { continue };
            let query = head.query().unwrap_or_default();
            let mut values = query.split('&').filter_map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                decoded(key).eq(name.bytes().map(Some)).then_some(value)
            });
            let Some(value) = values.next() else { continue };
            self.is_ambiguous |= values.next().is_some();
            let may_fit = value.len() <= MAX_CREDENTIAL_LEN.saturating_mul(3);
            let raw = Some(value).filter(|_| may_fit).and_then(decode_form).filter(|raw| !raw.is_empty());
            let owner = self.owner(raw.as_deref().unwrap_or_default(), |other| other == field);
            self.take(owner, raw);
        }
    }

    /// Two cookies of one name leave nobody authenticated: one of them may have been planted.
    fn cookies(&mut self, head: &'h dyn RequestHead) {
        for field in self.fields() {
            let Field::Cookie { name, .. } = field else { continue };
            let mut values = 0_usize;
            let mut first: &[u8] = b"";
            head.for_each_header("cookie", &mut |line| {
                for pair in line.split(|byte| *byte == b';').map(trim_ows) {
                    if let Some(value) = pair.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) {
                        values = values.saturating_add(1);
                        first = value;
                    }
                }
            });
            self.is_anything_there |= values > 0;
            let owner = self.owner(first, |other| other == field).filter(|scheme| self.accepted.contains(*scheme));
            if let (1, None, Some(scheme)) = (values, &self.found, owner) {
                self.found = Some(Found { scheme, raw: (!first.is_empty()).then_some(Cow::Borrowed(first)) });
            }
        }
    }
}

/// The auth-scheme name and everything after it. What is no name yields an empty one, which nobody has.
fn split_scheme(value: &[u8]) -> (&[u8], &[u8]) {
    let end = value.iter().position(|byte| !is_token_byte(*byte)).unwrap_or(value.len());
    value.split_at_checked(end).unwrap_or((value, b""))
}

/// Only SP separates a scheme from its token (RFC 9110 §11.4).
fn trim_leading_spaces(mut value: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = value {
        value = rest;
    }
    value
}

/// Decodes a value of a query; `None` if a percent sign is not followed by two digits.
fn decode_form(text: &str) -> Option<Cow<'_, [u8]>> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    decoded(text).collect::<Option<Vec<u8>>>().map(Cow::Owned)
}

/// The bytes that a name or value of a query stands for; `None` where a percent sign is not followed by two digits.
fn decoded(text: &str) -> impl Iterator<Item = Option<u8>> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let (byte, tail) = match rest {
            [] => return None,
            [b'%', high, low, tail @ ..] => (hex(*high).zip(hex(*low)).map(|(high, low)| (high << 4) | low), tail),
            [b'%', tail @ ..] => (None, tail),
            [b'+', tail @ ..] => (Some(b' '), tail),
            [byte, tail @ ..] => (Some(*byte), tail),
        };
        rest = tail;
        Some(byte)
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
