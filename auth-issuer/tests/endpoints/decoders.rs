//! Forms and JSON objects, against other readers of them.

use std::collections::BTreeMap;

use auth_issuer::http::{BodyError, BodyErrorKind, Fields, FieldsDecoder, collect};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use http_body_util::Full;
use proptest::prelude::*;
use serde_json::Value;

fn headers(media_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static(media_type))])
}

fn form(body: &[u8]) -> Result<Fields, BodyError> {
    FieldsDecoder::new().accept_forms().decode(&headers("application/x-www-form-urlencoded"), body)
}

fn json(body: &[u8]) -> Result<Fields, BodyError> {
    FieldsDecoder::new().accept_json().decode(&headers("application/json"), body)
}

/// Names and values as a lenient reader of forms sees them; `None` if a strict one has to refuse.
fn model(body: &[u8]) -> Option<Vec<(String, String)>> {
    let is_escape = |rest: &[u8]| rest.len() > 2 && rest[1].is_ascii_hexdigit() && rest[2].is_ascii_hexdigit();
    let escapes = (0..body.len()).all(|at| body[at] != b'%' || is_escape(&body[at..]));
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    // The lenient reader replaces what is no UTF-8.
    let is_text = body.split(|byte| matches!(byte, b'&' | b'=')).all(|part| {
        let decoded: Vec<u8> = percent_encoding::percent_decode(part).collect();
        String::from_utf8(decoded).is_ok()
    });
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let is_unique = names.windows(2).all(|two| two[0] != two[1]);
    (escapes && is_text && is_unique && pairs.len() <= 64).then_some(pairs)
}

/// Bodies of a small alphabet, so that separators, escapes and repetitions are frequent.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(b"ab=&&+%%20cC3a9\xc3\xa9".to_vec());
    prop::collection::vec(byte, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn forms_are_read_as_the_standard_reads_them_or_refused(body in bodies()) {
        match (form(&body), model(&body)) {
            (Ok(fields), Some(pairs)) => {
                prop_assert_eq!(fields.names().count(), pairs.len());
                for (name, value) in &pairs {
                    prop_assert_eq!(fields.text(name), Some(value.as_str()));
                }
            }
            (Err(_), None) => {}
            (read, model) => prop_assert!(false, "{:?} {:?} {:?}", String::from_utf8_lossy(&body), read, model),
        }
    }

    #[test]
    fn what_a_writer_of_forms_writes_comes_back(pairs in prop::collection::btree_map(".{0,8}", ".{0,8}", 0..12)) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let fields = form(body.as_bytes()).expect("a form");
        for (name, value) in &pairs {
            prop_assert_eq!(fields.text(name), Some(value.as_str()));
        }
    }

    #[test]
    fn json_is_read_as_written(object in objects()) {
        let body = Value::Object(object.clone().into_iter().collect()).to_string();
        let fields = json(body.as_bytes()).expect("an object");
        prop_assert_eq!(fields.names().count(), object.len());
        for (name, value) in &object {
            prop_assert!(fields.is_present(name));
            prop_assert_eq!(fields.has(name), !value.is_null());
            prop_assert_eq!(fields.text(name), value.as_str());
            prop_assert_eq!(fields.integer(name), value.as_i64());
            prop_assert_eq!(fields.flag(name), value.as_bool());
            let list: Option<Vec<String>> =
                value.as_array().and_then(|list| list.iter().map(|one| one.as_str().map(str::to_owned)).collect());
            prop_assert_eq!(fields.list(name).map(<[String]>::to_vec), list);
        }
    }

    #[test]
    fn no_body_is_read_that_is_none(body in prop::collection::vec(prop::sample::select(br#"{}[]:,"a1 \e"#.to_vec()), 0..16)) {
        let known: Result<BTreeMap<String, Value>, _> = serde_json::from_slice(&body);
        match json(&body) {
            Ok(fields) => prop_assert_eq!(known.expect("the same").len(), fields.names().count()),
            Err(error) if error.kind() == BodyErrorKind::Repeated => prop_assert!(known.is_ok(), "the library takes the last"),
            Err(_) => prop_assert!(known.is_err()),
        }
    }

    #[test]
    fn a_body_is_collected_up_to_its_limit(length in 0_usize..40, limit in 0_usize..40) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let request = Request::new(Full::new(Bytes::from(vec![b'x'; length])));
        match runtime.block_on(collect(request, limit)) {
            Ok(request) => prop_assert!(length <= limit && request.body().len() == length),
            Err(error) if error.kind() == BodyErrorKind::TooLarge => prop_assert!(length > limit),
            Err(error) => prop_assert!(false, "{error:?}"),
        }
    }
}

fn objects() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e6..1e6).prop_map(|number: f64| Value::from(number)),
        ".{0,6}".prop_map(Value::from),
    ];
    let value = prop_oneof![
        3 => scalar.clone(),
        1 => prop::collection::vec(scalar.clone(), 0..4).prop_map(Value::from),
        1 => prop::collection::vec(".{0,4}", 0..4).prop_map(Value::from),
        1 => prop::collection::btree_map(".{0,4}", scalar, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
    ];
    prop::collection::btree_map(".{0,8}", value, 0..10)
}

/// Each leniency is off until it is named, and changes nothing else.
#[test]
fn leniencies_are_named_one_by_one() {
    let none = FieldsDecoder::new().accept_forms().accept_json();
    let (of_form, of_json) = (headers("application/x-www-form-urlencoded"), headers("application/json"));
    let untyped = HeaderMap::new();

    assert_eq!(none.decode(&untyped, b"a=1").unwrap_err().kind(), BodyErrorKind::Unsupported);
    assert_eq!(none.without_type_as_form().decode(&untyped, b"a=1").expect("a form").text("a"), Some("1"));
    assert_eq!(none.without_type_as_json().decode(&untyped, b"{\"a\":\"1\"}").expect("JSON").text("a"), Some("1"));
    let json_only = FieldsDecoder::new().accept_json().without_type_as_form();
    assert_eq!(
        json_only.decode(&untyped, b"a=1").unwrap_err().kind(),
        BodyErrorKind::Unsupported,
        "forms are not accepted"
    );
    assert_eq!(
        none.without_type_as_form().decode(&headers("text/plain"), b"a=1").unwrap_err().kind(),
        BodyErrorKind::Unsupported
    );

    assert_eq!(none.decode(&of_form, b"Email=x").expect("a form").text("email"), None);
    let any_case = none.with_names_of_any_case();
    assert_eq!(any_case.decode(&of_form, b"eMail=x").expect("a form").text("email"), Some("x"));
    assert_eq!(any_case.decode(&of_json, br#"{"Email":1,"email":2}"#).unwrap_err().kind(), BodyErrorKind::Repeated);

    for (headers, body) in
        [(&of_form, b"n=30&password=012345".as_slice()), (&of_json, br#"{"n":"30","password":"012345"}"#)]
    {
        let strict = none.decode(headers, body).expect("fields");
        assert_eq!((strict.integer("n"), strict.text("n")), (None, Some("30")));
        let numeric = none.with_numeric_texts().decode(headers, body).expect("fields");
        assert_eq!(numeric.integer("n"), Some(30));
        assert_eq!(numeric.text("password"), Some("012345"), "a password of digits stays one");
        let both = none.with_numeric_texts().with_names_of_any_case().decode(headers, body).expect("fields");
        assert_eq!(both.integer("n"), Some(30), "in whatever order");
    }

    let sent = br#" {"a": "x",
    "b": 1,
} "#;
    // A form with a name that nobody asks for.
    assert_eq!(none.decode(&of_form, sent).expect("a form").text("a"), None);
    let lenient = none.with_json_in_forms();
    let fields = lenient.decode(&of_form, sent).expect("JSON");
    assert_eq!((fields.text("a"), fields.integer("b")), (Some("x"), Some(1)));
    assert_eq!(
        lenient.decode(&of_json, sent).unwrap_err().kind(),
        BodyErrorKind::Malformed,
        "JSON that says so stays strict"
    );
    assert_eq!(lenient.decode(&of_form, br#"{"a":1,"a":2,}"#).unwrap_err().kind(), BodyErrorKind::Repeated);
    assert_eq!(lenient.decode(&of_form, b"a=1&b=%7B").expect("a form").text("b"), Some("{"));
}

#[test]
fn there_are_at_most_64_fields() {
    let body = |count: usize| (0..count).map(|n| format!("f{n}=x")).collect::<Vec<_>>().join("&");
    assert_eq!(form(body(64).as_bytes()).expect("a form").names().count(), 64);
    assert_eq!(form(body(65).as_bytes()).unwrap_err().kind(), BodyErrorKind::Malformed);
    let object =
        |count: usize| format!("{{{}}}", (0..count).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(","));
    assert!(json(object(64).as_bytes()).is_ok());
    assert_eq!(json(object(65).as_bytes()).unwrap_err().kind(), BodyErrorKind::Malformed);
}

#[test]
fn a_query_is_read_like_a_form() {
    let decoder = FieldsDecoder::new().with_numeric_texts();
    assert_eq!(decoder.decode_query("a=x+y&n=7").expect("a query").integer("n"), Some(7));
    assert_eq!(decoder.decode_query("a=1&a=2").unwrap_err().kind(), BodyErrorKind::Repeated);
}
