//! Whether whoever asks prefers JSON or a page (RFC 9110 §12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Weights are thousandths, so that they compare exactly.
const FULL: u16 = 1_000;

/// What an `Accept` prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preference {
    Json,
    Page,
    /// Neither: there is no `Accept`, or it is as good as none.
    Either,
}

impl Preference {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let ranges: Vec<(&str, u16)> = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(range)
            .collect();
        let (json, page) = (weight(&ranges, "application", "json"), weight(&ranges, "text", "html"));
        match json.cmp(&page) {
            std::cmp::Ordering::Greater => Self::Json,
            std::cmp::Ordering::Less => Self::Page,
            std::cmp::Ordering::Equal => Self::Either,
        }
    }
}

/// A media range and its weight; `None` if the weight is none.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((range, weight.map_or(Some(FULL), thousandths)?))
}

/// `0`, `0.5`, `0.123`, `1`, `1.000` (RFC 9110 §12.4.2).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = format!("{whole}{fraction:0<3}").parse().ok()?;
    (value <= FULL).then_some(value)
}

/// The weight of the most specific range that covers a type.
fn weight(ranges: &[(&str, u16)], kind: &str, subtype: &str) -> u16 {
    let of = |wanted: &str| {
        ranges.iter().filter(|(range, _)| range.eq_ignore_ascii_case(wanted)).map(|(_, weight)| *weight).max()
    };
    of(&format!("{kind}/{subtype}")).or_else(|| of(&format!("{kind}/*"))).or_else(|| of("*/*")).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_higher_weight_wins_and_a_tie_is_a_tie() {
        for (accept, expected) in [
            ("", Preference::Either),
            ("*/*", Preference::Either),
            ("application/json", Preference::Json),
            ("APPLICATION/JSON", Preference::Json),
            ("application/*", Preference::Json),
            ("application/json, text/html", Preference::Either),
            ("application/json;q=0.5, text/html;q=0.9", Preference::Page),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Preference::Page),
            ("text/html;q=0.1, */*", Preference::Json),
            ("text/html;q=0, application/json;q=0.001", Preference::Json),
            ("text/*", Preference::Page),
            ("image/png", Preference::Either),
            ("text/html;level=1;q=1.000", Preference::Page),
            ("text/html;q=2, application/json;q=0.1", Preference::Json),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect("a value"));
            assert_eq!(Preference::of(&headers), expected, "{accept}");
        }
        assert_eq!(Preference::of(&HeaderMap::new()), Preference::Either);
    }
}
