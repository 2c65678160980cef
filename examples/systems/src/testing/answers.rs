//! What the answers of the Nexudus servers have in common.

use super::{Response, json_of};

/// The text of that name in a JSON body.
#[track_caller]
pub fn member(answer: &Response, name: &str) -> String {
    let body = json_of(answer);
    let text = body.get(name).and_then(|text| text.as_str());
    text.unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned()
}

/// Checks that no cache keeps an answer.
#[track_caller]
pub fn assert_uncached(answer: &Response) {
    assert_eq!((answer.sole("cache-control"), answer.sole("pragma")), ("no-store", "no-cache"), "{answer:?}");
}

/// Checks a refusal of the token endpoint.
#[track_caller]
pub fn assert_error(answer: &Response, status: u16, error: &str) {
    assert_eq!((answer.status, member(answer, "error").as_str()), (status, error), "{answer:?}");
    assert!(!member(answer, "error_description").is_empty());
    assert_eq!(answer.sole("content-type"), "application/json;charset=UTF-8");
    assert_uncached(answer);
}
