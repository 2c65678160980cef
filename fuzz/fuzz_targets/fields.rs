//! Any body, as a form and as JSON: no field twice, and read as `form_urlencoded` and `serde_json` read it, or refused.
#![no_main]

use std::collections::BTreeSet;

use auth_issuer::http::{Fields, FieldsDecoder};
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// The most fields of a body.
const MOST: usize = 64;

fn assert_each_name_once(fields: &Fields) {
    let names: Vec<&str> = fields.names().collect();
    assert!(names.len() <= MOST);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "no name stands twice");
}

fuzz_target!(|data: &[u8]| {
    let headers = HeaderMap::new();
    let forms = FieldsDecoder::new().accept_forms().without_type_as_form();
    let json = FieldsDecoder::new().accept_json().without_type_as_json();

    if let Ok(fields) = forms.decode(&headers, data) {
        assert_each_name_once(&fields);
        let theirs: Vec<_> = form_urlencoded::parse(data).collect();
        assert_eq!(fields.names().count(), theirs.len());
        for (name, value) in theirs {
            assert_eq!(fields.text(&name), Some(value.as_ref()));
        }
    }
    if let Ok(fields) = json.decode(&headers, data) {
        assert_each_name_once(&fields);
        let theirs: Map<String, Value> = serde_json::from_slice(data).expect("stricter, never laxer");
        assert_eq!(fields.names().count(), theirs.len());
        for (name, value) in &theirs {
            assert_eq!(fields.text(name), value.as_str());
            assert_eq!(fields.flag(name), value.as_bool());
            assert_eq!(fields.integer(name), value.as_i64());
            assert_eq!(fields.has(name), !value.is_null());
        }
    }
    // The leniencies read more, and never one name twice.
    for decoder in [forms.with_json_in_forms(), json.with_numeric_texts()] {
        if let Ok(fields) = decoder.with_names_of_any_case().decode(&headers, data) {
            assert_each_name_once(&fields);
            assert!(fields.names().all(|name| !name.bytes().any(|byte| byte.is_ascii_uppercase())));
        }
    }
});
