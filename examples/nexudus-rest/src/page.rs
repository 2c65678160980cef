//! Which page of a list is asked for.

use auth_issuer::http::FieldsDecoder;
use serde_json::{Value, json};

/// The longest page.
const MAX_SIZE: u64 = 1_000;

/// The page of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The first page is 1.
    number: u64,
    size: u64,
    /// Whether the greatest id comes first.
    pub(crate) is_descending: bool,
}

/// Which accounts a page shows, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) offset: u64,
    pub(crate) limit: u32,
}

/// A query that names no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadPage;

impl Page {
    /// Reads `page`, `size`, `orderBy` and `dir`; others are ignored.
    pub(crate) fn parse(query: &str) -> Result<Self, BadPage> {
        let fields = FieldsDecoder::new().with_numeric_texts().decode_query(query).map_err(|_malformed| BadPage)?;
        let number = |name: &str, default: u64| match fields.text(name) {
            None => Ok(default),
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().map_err(|_too_great| BadPage),
            Some(_) => Err(BadPage),
        };
        let (page, size) = (number("page", 1)?, number("size", 25)?);
        if page == 0 || size == 0 || size > MAX_SIZE {
            return Err(BadPage);
        }
        // The vendor writes 1 for ascending; whatever else is asked for, the order is by id.
        let is_descending = fields.text("dir").is_some_and(|dir| dir == "0" || dir.eq_ignore_ascii_case("desc"));
        Ok(Self { number: page, size, is_descending })
    }

    /// The part of the list, of `total`, that this page shows.
    pub(crate) fn window(&self, total: u64) -> Window {
        let skipped = self.skipped();
        let shown = total.saturating_sub(skipped).min(self.size);
        let offset = if self.is_descending { total.saturating_sub(skipped).saturating_sub(shown) } else { skipped };
        Window { offset: offset.min(total), limit: u32::try_from(shown).unwrap_or(u32::MAX) }
    }

    /// The list as the vendor wraps it.
    pub(crate) fn envelope(&self, records: &[Value], total: u64) -> Value {
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let pages = total.div_ceil(self.size);
        let first = if count == 0 { 0 } else { self.skipped().saturating_add(1) };
        let last = if count == 0 { 0 } else { self.skipped().saturating_add(count) };
        json!({
            "Records": records,
            "CurrentPage": self.number,
            "CurrentPageSize": self.size,
            "CurrentOrderField": "Id",
            "CurrentSortDirection": i32::from(!self.is_descending),
            "FirstItem": first,
            "LastItem": last,
            "TotalItems": total,
            "TotalPages": pages,
            "HasNextPage": self.number < pages,
            "HasPreviousPage": self.number > 1 && total > 0,
        })
    }

    fn skipped(&self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_names_no_page() {
        for query in [
            "page=0",
            "page=x",
            "page=-1",
            "page=%2B1",
            "size=0",
            "size=1001",
            "size=",
            "page=1&page=1",
            "size=99999999999999999999",
        ] {
            assert_eq!(Page::parse(query), Err(BadPage), "{query}");
        }
        let usual = Page { number: 1, size: 25, is_descending: false };
        assert_eq!(Page::parse("other=1&orderBy=Id"), Ok(usual));
    }

    #[test]
    fn pages_cover_the_list_in_both_directions() {
        let window = |query: &str| Page::parse(query).expect("good").window(5);
        assert_eq!(window("size=2&page=3"), Window { offset: 4, limit: 1 });
        assert_eq!(window("size=2&page=1&dir=0"), Window { offset: 3, limit: 2 });
        assert_eq!(window("size=2&page=3&dir=0"), Window { offset: 0, limit: 1 });
        assert_eq!(window("size=2&page=18446744073709551615"), Window { offset: 5, limit: 0 });
    }
}
