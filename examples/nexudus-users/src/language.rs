//! The language at the beginning of the portal's paths: `en`, `pt-BR`.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::Problem;

/// The language of paths that name none.
pub(crate) const DEFAULT: &str = "en";

/// What the path begins with, where that is a language.
pub(crate) fn of(path: &str) -> &str {
    path.split('/').nth(1).filter(|segment| is_language(segment)).unwrap_or(DEFAULT)
}

/// Lets requests pass whose path begins with a language. To all others there is nothing here, whoever asks.
pub(crate) async fn required(request: Request, next: Next) -> Response {
    let is_there = request.uri().path().split('/').nth(1).is_some_and(is_language);
    if is_there { next.run(request).await } else { Problem::not_found().into_response() }
}

/// `[a-z]{2}(-[A-Za-z]{2,4})?`
fn is_language(segment: &str) -> bool {
    let (language, region) =
        segment.split_once('-').map_or((segment, None), |(language, region)| (language, Some(region)));
    language.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.is_none_or(|region| {
            (2..=4).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_may_have_a_region_or_script() {
        for good in ["en", "de", "pt-BR", "sr-Latn", "zz-xyz"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "e", "EN", "eng", "en-", "en-B", "en-Latin", "en-B1", "en_GB", "en-GB-x", "e1", "%65n", "ën"] {
            assert!(!is_language(bad), "{bad}");
        }
        assert_eq!((of("/de/user/login"), of("/user/login"), of("/")), ("de", "en", "en"));
    }
}
