//! Finds what a request presents, among the schemes that a policy accepts.
//!
//! Ownership of a value is decided by the whole realm, before the policy is looked at: a key that one scheme
//! claims by its prefix is nobody else's, whether or not the policy accepts that scheme.

use std::borrow::Cow;
use std::cmp::Reverse;

use crate::credential::MAX_CREDENTIAL_LEN;
use crate::head::{FieldLines, RequestHead, trim_ows};
use crate::realm::{Inner, SchemeEntry};
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

    /// The positions, in the realm's order.
    fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let scheme = usize::try_from(left.trailing_zeros()).ok().filter(|_| left != 0);
            left &= left.wrapping_sub(1);
            scheme
        })
    }

    fn bit(scheme: usize) -> u32 {
        u32::try_from(scheme).ok().and_then(|shift| 1_u32.checked_shl(shift)).unwrap_or(0)
    }
}

/// The schemes that a policy accepts, and which of them read beside `Authorization`: one for each field.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places {
    pub(crate) accepted: Accepted,
    headers: Accepted,
    query: Accepted,
    cookies: Accepted,
}

impl Places {
    pub(crate) fn of(schemes: &[SchemeEntry], accepted: Accepted) -> Self {
        let mut places = Self { accepted, ..Self::default() };
        for (at, scheme) in schemes.iter().enumerate() {
            let field = &scheme.carrier.field;
            let mut earlier = schemes.iter().enumerate().take(at).filter(|(other, _)| accepted.contains(*other));
            if !accepted.contains(at) || earlier.any(|(_, other)| other.carrier.field == *field) {
                continue;
            }
            match field {
                Field::Authorization(_) => {}
                Field::Header { .. } => places.headers.insert(at),
                Field::Query(_) => places.query.insert(at),
                Field::Cookie { .. } => places.cookies.insert(at),
            }
        }
        places
    }

    fn has_others(self) -> bool {
        (self.headers.0 | self.query.0 | self.cookies.0) != 0
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
    /// Two cookies of the name that this scheme reads, and nothing else that would count.
    DuplicateCookie(usize),
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

/// A scheme that reads `Authorization`, as the search for the owner of a value sees it.
#[derive(Debug)]
pub(crate) struct Named {
    scheme: usize,
    name: &'static str,
    prefix: &'static str,
}

impl Named {
    /// Those among the schemes, the longest prefix first: of those that fit a value the first owns it.
    pub(crate) fn among(schemes: &[SchemeEntry]) -> Box<[Self]> {
        let named = |(scheme, entry): (usize, &SchemeEntry)| match &entry.carrier {
            Carrier { field: Field::Authorization(name), prefix } => Some(Self { scheme, name, prefix }),
            _ => None,
        };
        let mut all: Vec<_> = schemes.iter().enumerate().filter_map(named).collect();
        all.sort_by_key(|named| Reverse(named.prefix.len()));
        all.into()
    }

    /// The credential in `value`, if this is the scheme's name before it, whatever its case; an empty one if nothing
    /// separates the two.
    fn credential<'h>(&self, value: &'h [u8]) -> Option<&'h [u8]> {
        let (name, rest) = value.split_at_checked(self.name.len())?;
        // All of a name are bytes of a token, so that the one in the value is the same only if it ends here.
        if rest.first().is_some_and(|byte| is_token_byte(*byte)) {
            return None;
        }
        // Nearly everybody writes a scheme as it is registered.
        (name == self.name.as_bytes() || name.eq_ignore_ascii_case(self.name.as_bytes())).then_some(rest)
    }

    /// Who owns the value of an `Authorization` field.
    fn owner<'h>(all: &[Self], accepted: Accepted, value: &'h [u8]) -> Option<Found<'h>> {
        for named in all {
            let Some(rest) = named.credential(value) else { continue };
            let token = trim_leading_spaces(rest);
            if named.prefix.is_empty() || token.starts_with(named.prefix.as_bytes()) {
                let is_separated = rest.len() > token.len();
                return Some(Found { scheme: named.scheme, raw: is_separated.then_some(Cow::Borrowed(token)) });
            }
        }
        Self::namesake(all, accepted, value)
    }

    /// A value that nobody owns is a malformed one of whoever goes by that name.
    #[cold]
    fn namesake<'h>(all: &[Self], accepted: Accepted, value: &'h [u8]) -> Option<Found<'h>> {
        let namesakes = all.iter().filter(|named| named.credential(value).is_some()).map(|named| named.scheme);
        let scheme = namesakes.filter(|scheme| accepted.contains(*scheme)).min()?;
        Some(Found { scheme, raw: None })
    }
}

/// Looks through the request: explicit credentials first, cookies only where there are none.
pub(crate) fn present<'h>(
    realm: &Inner,
    places: Places,
    head: &'h dyn RequestHead,
    authorization: FieldLines<'h>,
) -> Presented<'h> {
    let accepted = places.accepted;
    let presented = match authorization {
        FieldLines::None => Presented::Nothing,
        FieldLines::One(value) => match Named::owner(&realm.named, accepted, trim_ows(value)) {
            Some(found) if accepted.contains(found.scheme) => Presented::One(found),
            _ => Presented::NotAccepted,
        },
        // A singleton field (RFC 9110 §5.3): two lines are wrong whatever they hold.
        FieldLines::Several => Presented::Ambiguous,
    };
    if places.has_others() {
        return Search::new(&realm.schemes, accepted, presented).others(
            places,
            head,
            realm.options.authorization_alone,
        );
    }
    presented
}

/// The search beside `Authorization`.
struct Search<'c, 'h> {
    schemes: &'c [SchemeEntry],
    accepted: Accepted,
    found: Option<Found<'h>>,
    is_ambiguous: bool,
    is_anything_there: bool,
    /// The scheme that reads a cookie which is there several times.
    duplicate_cookie: Option<usize>,
}

impl<'c, 'h> Search<'c, 'h> {
    fn new(schemes: &'c [SchemeEntry], accepted: Accepted, authorization: Presented<'h>) -> Self {
        let is_anything_there = matches!(authorization, Presented::One(_) | Presented::NotAccepted);
        let is_ambiguous = matches!(authorization, Presented::Ambiguous);
        let found = if let Presented::One(found) = authorization { Some(found) } else { None };
        Self { schemes, accepted, found, is_ambiguous, is_anything_there, duplicate_cookie: None }
    }

    #[inline(never)]
    fn others(mut self, places: Places, head: &'h dyn RequestHead, authorization_alone: bool) -> Presented<'h> {
        let has_other_scheme = authorization_alone && self.is_anything_there && self.found.is_none();
        self.headers(places.headers, head);
        self.query(places.query, head);
        self.is_ambiguous |= has_other_scheme && self.found.is_some();
        // Whoever says who they are does not mean the cookie that their browser adds, even if we do not take their word.
        if !self.is_anything_there && !self.is_ambiguous {
            self.cookies(places.cookies, head);
        }
        match self {
            Self { is_ambiguous: true, .. } => Presented::Ambiguous,
            Self { found: Some(found), .. } => Presented::One(found),
            Self { duplicate_cookie: Some(scheme), .. } => Presented::DuplicateCookie(scheme),
            Self { is_anything_there: true, .. } => Presented::NotAccepted,
            _ => Presented::Nothing,
        }
    }

    /// The scheme that owns `value` among those that read the same field: the one with the longest prefix.
    fn owner(&self, value: &[u8], reads: impl Fn(&Field) -> bool) -> Option<usize> {
        let mut owner: Option<(usize, usize)> = None;
        for (scheme, carrier) in self.schemes.iter().map(|entry| &entry.carrier).enumerate() {
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

    /// The fields at these positions, with those.
    fn fields(&self, places: Accepted) -> impl Iterator<Item = (usize, &'c Field)> + use<'c> {
        let schemes = self.schemes;
        places.iter().filter_map(|at| Some((at, &schemes.get(at)?.carrier.field)))
    }

    fn take(&mut self, owner: Option<usize>, raw: Option<Cow<'h, [u8]>>) {
        self.is_anything_there = true;
        let Some(scheme) = owner.filter(|scheme| self.accepted.contains(*scheme)) else { return };
        if self.found.is_some() {
            self.is_ambiguous = true;
        }
        self.found = Some(Found { scheme, raw });
    }

    fn headers(&mut self, places: Accepted, head: &'h dyn RequestHead) {
        for (_, field) in self.fields(places) {
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

    fn query(&mut self, places: Accepted, head: &'h dyn RequestHead) {
        for (_, field) in self.fields(places) {
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
    fn cookies(&mut self, places: Accepted, head: &'h dyn RequestHead) {
        for (at, field) in self.fields(places) {
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
            if values > 1 {
                self.duplicate_cookie.get_or_insert(at);
            } else if let (1, None, Some(scheme)) = (values, &self.found, owner) {
                self.found = Some(Found { scheme, raw: (!first.is_empty()).then_some(Cow::Borrowed(first)) });
            }
        }
    }
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
