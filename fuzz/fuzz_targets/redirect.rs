//! Any value of a parameter that says where to go on: what is taken stays on the site as a browser reads it, even if
//! something on the way decodes it once more.
#![no_main]

use auth_issuer::redirect::LocalTarget;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use url::Url;

fn assert_stays(target: &str) {
    let base = Url::parse("https://us.example/login?next=x").expect("a good address");
    let read = base.join(target).expect("a place");
    assert_eq!(read.origin(), base.origin());
    assert!(read.username().is_empty() && read.password().is_none());
}

fuzz_target!(|value: &str| {
    let Ok(target) = LocalTarget::parse(value) else { return };
    let target = target.as_str();
    assert!(http::HeaderValue::from_str(target).is_ok_and(|field| field.to_str().is_ok()));
    assert_stays(target);
    assert_stays(&percent_decode_str(target).decode_utf8_lossy());
    if target.len() <= LocalTarget::MAX_LEN {
        assert_eq!(LocalTarget::parse(target).expect("judged before").as_str(), target);
    }
});
