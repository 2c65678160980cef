//! What a browser says of the page that has caused a request (Fetch Metadata, `Sec-Fetch-Site`).

use http::HeaderMap;

/// Where the page is that has caused a request.
///
/// Realms decide the same of cookies by themselves. This is for handlers that have an effect without one, or by `GET`. A
/// page cannot write the field; older browsers, browsers over plain `http` and programs leave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "handlers decide each case")]
pub enum Site {
    /// On another site or a sibling host, or whoever says it says it twice.
    Elsewhere,
    /// On this very origin, or there is none: the user has typed the address.
    Here,
    /// Nobody says.
    Unsaid,
}

impl Site {
    /// Reads what these fields say.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut said = headers.get_all("sec-fetch-site").iter();
        match (said.next(), said.next()) {
            (None, _) => Self::Unsaid,
            (Some(site), None) if site == "same-origin" || site == "none" => Self::Here,
            _ => Self::Elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_one_clear_word_is_here() {
        for (said, site) in [
            (&[][..], Site::Unsaid),
            (&["same-origin"], Site::Here),
            (&["none"], Site::Here),
            (&["same-site"], Site::Elsewhere),
            (&["cross-site"], Site::Elsewhere),
            (&["Same-Origin"], Site::Elsewhere),
            (&[""], Site::Elsewhere),
            (&["same-origin", "same-origin"], Site::Elsewhere),
            (&["none", "cross-site"], Site::Elsewhere),
        ] {
            let mut headers = HeaderMap::new();
            for value in said {
                headers.append("sec-fetch-site", HeaderValue::from_static(value));
            }
            assert_eq!(Site::of(&headers), site, "{said:?}");
        }
    }
}
