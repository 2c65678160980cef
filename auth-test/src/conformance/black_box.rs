//! Attacks on one path of any server, of which nothing has to be known.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::report::{Failure, Report};
use super::wire::{RawRequest, RawResponse, Target};

/// Stands in every credential that is made up here; no answer may hold it.
const MARK: &str = "Bl4ckB0x";
/// Secrets that documentation and examples have made known.
const KNOWN_SECRETS: [&str; 5] = ["", "secret", "your-256-bit-secret", "changeme", "password"];

/// Tries on one protected path of a server what anybody can: no credentials, garbage, two credentials, other ways to the
/// path. With `token`, a bearer token that the path accepts, what somebody can who has one: the same token twice, in
/// the query, without its signature, changed, signed by nobody or under a well-known secret.
///
/// No route of the suite has to be there, and the server may be of any make. Every case is refused, and has to be
/// refused well: by 400 or 401, with a challenge beside each 401 (RFC 9110 §15.5.2), a realm in those of `Bearer` and
/// `Basic`, an answer that nobody stores, and without a word of what was sent. Without `token` it is not known whether
/// the path would let anybody in, so nothing is learnt of a path that refuses everybody.
///
/// `cargo run -p auth-test --example attack -- http://127.0.0.1:3000/items` does this from a shell.
///
/// # Examples
///
/// ```
/// use auth_test::conformance::{RawRequest, RawResponse, Target, black_box};
///
/// /// Lets in whoever says anything.
/// struct OpenDoor;
/// impl Target for OpenDoor {
///     fn exchange(&self, request: &RawRequest) -> RawResponse {
///         RawResponse::new(if request.headers.is_empty() { 401 } else { 200 })
///     }
/// }
///
/// let report = black_box(&OpenDoor, "/items", None);
/// assert!(report.failures.iter().any(|failure| failure.name == "a_token_of_garbage"));
/// assert!(report.failures.iter().any(|failure| failure.name == "no_credentials"), "a 401 without a challenge");
/// ```
#[must_use]
pub fn black_box(target: &impl Target, path: &str, token: Option<&str>) -> Report {
    let mut report = Report::default();
    let mut judge = |name: &str, request: &RawRequest, complain: &dyn Fn(&RawResponse) -> Option<String>| {
        report.count = report.count.saturating_add(1);
        let response = target.exchange(request);
        if let Some(expected) = complain(&response) {
            let (expected, got) = (format!("{expected}; sent\n  {request:?}"), format!("{response:?}"));
            report.failures.push(Failure { name: name.to_owned(), expected, got });
        }
    };
    for (name, request) in absent(path) {
        judge(name, &request, &|response| refused(response, &[401]).or_else(|| names_no_error(response)));
    }
    for (name, request) in other_ways(path) {
        judge(name, &request, &not_served);
    }
    for (name, request) in garbage(path) {
        judge(name, &request, &|response| refused(response, &[400, 401, 413, 414, 429, 431]));
    }
    if let Some(token) = token {
        let good = with(path, &format!("Bearer {token}"));
        judge("the_token_is_accepted_as_it_stands", &good, &served);
        judge("the_name_of_the_scheme_has_no_case", &with(path, &format!("bEARER {token}")), &served);
        for (name, request) in changed(path, token) {
            judge(name, &request, &|response| refused(response, &[400, 401]));
        }
    }
    report
}

fn with(path: &str, authorization: &str) -> RawRequest {
    RawRequest::get(path).header("Authorization", authorization)
}

/// Nobody says who they are. What proxies say of them counts as nothing.
fn absent(path: &str) -> Vec<(&'static str, RawRequest)> {
    let get = || RawRequest::get(path);
    vec![
        ("no_credentials", get()),
        ("no_credentials_and_a_head", RawRequest::new("HEAD", path)),
        ("a_name_in_a_header_of_proxies", get().header("X-Forwarded-User", "admin").header("Remote-User", "admin")),
        ("an_address_in_a_header_of_proxies", get().header("X-Forwarded-For", "127.0.0.1").header("X-Real-IP", "::1")),
        ("a_cookie_of_garbage", get().header("Cookie", format!("session={MARK}; token={MARK}"))),
    ]
}

/// Other spellings of the path, and other requests that some servers take for one of it.
fn other_ways(path: &str) -> Vec<(&'static str, RawRequest)> {
    let bare = path.split('?').next().unwrap_or(path);
    let get = |path: String| RawRequest::get(path);
    vec![
        ("a_slash_at_the_end", get(format!("{bare}/"))),
        ("two_slashes_at_the_start", get(format!("/{bare}"))),
        ("a_dot_in_the_path", get(format!("/.{bare}"))),
        ("a_parameter_of_the_path", get(format!("{bare};a=b"))),
        ("a_suffix_as_of_a_file", get(format!("{bare}.json"))),
        ("another_method_in_a_header", RawRequest::get(path).header("X-HTTP-Method-Override", "OPTIONS")),
        ("another_path_in_a_header", RawRequest::get(path).header("X-Original-URL", "/").header("X-Rewrite-URL", "/")),
        ("a_method_that_nobody_knows", RawRequest::new("BLACKBOX", path)),
    ]
}

fn garbage(path: &str) -> Vec<(&'static str, RawRequest)> {
    let basic = |pair: &[u8]| with(path, &format!("Basic {}", BASE64_STANDARD.encode(pair)));
    let mark = |form: &str| with(path, &form.replace('*', MARK));
    vec![
        ("an_empty_field", with(path, "")),
        ("a_scheme_without_a_token", with(path, "Bearer")),
        ("a_scheme_without_a_password", with(path, "Basic")),
        ("a_scheme_that_nobody_knows", mark("Blackbox *")),
        ("a_token_of_garbage", mark("Bearer *")),
        ("two_tokens_in_one_line", mark("Bearer *, Bearer *")),
        ("a_token_with_spaces", mark("Bearer * *")),
        ("a_token_of_quotes", mark(r#"Bearer "*", realm="*""#)),
        ("a_token_of_three_empty_parts", with(path, "Bearer ..")),
        ("a_token_that_is_long", with(path, &format!("Bearer {}", MARK.repeat(2_000)))),
        ("a_token_that_is_no_text", RawRequest::get(path).header("Authorization", b"Bearer \xff\xfe\x80")),
        ("a_token_that_nobody_signed", with(path, &format!("Bearer {}", unsigned(r#"{"alg":"none"}"#, &claims())))),
        ("a_token_that_names_its_key", with(path, &format!("Bearer {}", unsigned(&bringing_a_key(), &claims())))),
        ("a_password_that_is_no_base64", mark("Basic ****!")),
        ("a_password_without_a_colon", basic(MARK.as_bytes())),
        ("a_password_without_a_name", basic(b":")),
        ("a_password_that_is_no_text", basic(b"admin:\xff\xfe")),
        ("a_password_of_control_characters", basic(b"admin\0:\r\n")),
        ("a_password_that_injects", basic(b"admin' OR '1'='1:' OR '1'='1")),
        ("a_well_known_password", basic(b"admin:admin")),
        ("two_lines", mark("Bearer *").header("Authorization", format!("Bearer {MARK}2"))),
        ("two_lines_of_two_schemes", mark("Bearer *").header("Authorization", "Basic YTpi")),
    ]
}

/// What can be made of a good token without its key.
fn changed(path: &str, token: &str) -> Vec<(&'static str, RawRequest)> {
    let bearer = |token: &str| with(path, &format!("Bearer {token}"));
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut cases = vec![
        ("the_token_twice", bearer(token).header("Authorization", format!("Bearer {token}"))),
        ("the_token_and_a_password", bearer(token).header("Authorization", "Basic YTpi")),
        ("the_token_in_the_query", RawRequest::get(format!("{path}{separator}access_token={token}"))),
        ("the_token_in_a_cookie", RawRequest::get(path).header("Cookie", format!("access_token={token}"))),
        ("the_token_as_a_password", with(path, &format!("Basic {}", BASE64_STANDARD.encode(format!("token:{token}"))))),
        ("the_token_without_a_scheme", with(path, token)),
        ("the_token_of_another_scheme", with(path, &format!("Token {token}"))),
        ("the_token_and_more", bearer(&format!("{token}x"))),
        ("the_token_cut_short", bearer(&cut_short(token))),
        ("the_token_with_padding", bearer(&format!("{token}="))),
    ];
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return cases };
    for (name, algorithm) in [
        ("the_claims_signed_by_nobody", "none"),
        ("the_claims_signed_by_nobody_in_capitals", "NONE"),
        ("the_claims_signed_by_nobody_in_title_case", "None"),
        ("the_claims_signed_by_nobody_in_mixed_case", "nOnE"),
    ] {
        let header = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#));
        cases.push((name, bearer(&format!("{header}.{payload}."))));
    }
    for secret in KNOWN_SECRETS {
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let message = format!("{header}.{payload}");
        let signature = hs256(secret, &message);
        cases.push(("the_claims_under_a_well_known_secret", bearer(&format!("{message}.{signature}"))));
    }
    let other = BASE64_URL_SAFE_NO_PAD.encode(claims());
    cases.extend([
        ("the_token_without_its_signature", bearer(&format!("{header}.{payload}."))),
        ("the_token_without_its_last_part", bearer(&format!("{header}.{payload}"))),
        ("other_claims_with_the_signature", bearer(&format!("{header}.{other}.{signature}"))),
        ("the_token_with_a_fourth_part", bearer(&format!("{token}.{signature}"))),
        ("the_token_with_a_signature_of_zeros", bearer(&format!("{header}.{payload}.{}", "A".repeat(signature.len())))),
    ]);
    cases
}

/// What an administrator would have, far into the future.
fn claims() -> String {
    format!(r#"{{"iss":"{MARK}","sub":"admin","aud":"{MARK}","exp":4102444800,"scope":"admin","roles":["admin"]}}"#)
}

fn bringing_a_key() -> String {
    format!(r#"{{"alg":"RS256","jku":"https://{MARK}.example/jwks","x5u":"https://{MARK}.example/x5u"}}"#)
}

fn unsigned(header: &str, claims: &str) -> String {
    format!("{}.{}.", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(claims))
}

fn hs256(secret: &str, message: &str) -> String {
    // Any length is a key of HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(message.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn cut_short(token: &str) -> String {
    let mut characters = token.chars();
    characters.next_back();
    characters.collect()
}

fn served(response: &RawResponse) -> Option<String> {
    let is_served = (200..300).contains(&response.status);
    (!is_served).then(|| "2xx, or nothing is learnt of the path".to_owned())
}

/// No success, and no mistake of the server.
fn not_served(response: &RawResponse) -> Option<String> {
    let is_refused = (300..500).contains(&response.status) || response.status == 501;
    (!is_refused || says_the_mark(response)).then(|| "anything but a success or a failure of the server".to_owned())
}

/// One of the statuses, and everything that belongs to it.
fn refused(response: &RawResponse, statuses: &[u16]) -> Option<String> {
    let expected = if !statuses.contains(&response.status) {
        format!("one of the statuses {statuses:?}")
    } else if response.status == 401 && response.values("www-authenticate").all(|challenge| challenge.trim().is_empty())
    {
        "a challenge beside 401 (RFC 9110 section 15.5.2)".to_owned()
    } else if let Some(bare) = response.values("www-authenticate").find(|challenge| lacks_a_realm(challenge)) {
        format!("a realm in `{bare}` (RFC 6750 section 3, RFC 7617 section 2)")
    } else if matches!(response.status, 400 | 401) && !response.lists("cache-control", "no-store") {
        "Cache-Control: no-store on a refusal".to_owned()
    } else if says_the_mark(response) {
        "nothing of what was sent".to_owned()
    } else {
        return None;
    };
    Some(expected)
}

/// RFC 6750 §3.1: whoever does not try to authenticate is told of no error.
fn names_no_error(response: &RawResponse) -> Option<String> {
    let names_one = response.values("www-authenticate").any(|challenge| challenge.contains("error="));
    names_one.then(|| "a challenge without an error (RFC 6750 section 3.1)".to_owned())
}

fn lacks_a_realm(challenge: &str) -> bool {
    let challenge = challenge.trim().to_ascii_lowercase();
    let is_ours = ["bearer", "basic"].iter().any(|scheme| challenge.split(' ').next() == Some(scheme));
    is_ours && !challenge.contains("realm=")
}

fn says_the_mark(response: &RawResponse) -> bool {
    let is_in = |text: &[u8]| text.windows(MARK.len()).any(|part| part == MARK.as_bytes());
    is_in(&response.body) || response.headers.iter().any(|(_, value)| is_in(value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";

    type Wrong = fn(&RawRequest, RawResponse) -> RawResponse;

    /// A server that does one thing wrong.
    struct Server<F>(F);

    impl<F: Fn(&RawRequest, RawResponse) -> RawResponse> Target for Server<F> {
        fn exchange(&self, request: &RawRequest) -> RawResponse {
            (self.0)(request, right(request))
        }
    }

    fn authorization(request: &RawRequest) -> Vec<&[u8]> {
        let lines = request.headers.iter().filter(|(name, _)| name == "Authorization");
        lines.map(|(_, value)| value.as_slice()).collect()
    }

    fn is(request: &RawRequest, token: &str) -> bool {
        let expected = format!("Bearer {token}");
        matches!(authorization(request).as_slice(), [line] if line.eq_ignore_ascii_case(expected.as_bytes()))
    }

    /// As the rules say.
    fn right(request: &RawRequest) -> RawResponse {
        if request.target.split('?').next() != Some("/items") {
            return RawResponse::new(404);
        }
        if is(request, TOKEN) {
            return RawResponse::new(200);
        }
        let challenge = match authorization(request).as_slice() {
            [] => r#"Bearer realm="a""#,
            _ => r#"Bearer realm="a", error="invalid_token""#,
        };
        RawResponse::new(401).header("www-authenticate", challenge).header("cache-control", "no-store")
    }

    fn failures(wrong: impl Fn(&RawRequest, RawResponse) -> RawResponse) -> Vec<String> {
        let report = black_box(&Server(wrong), "/items", Some(TOKEN));
        report.failures.into_iter().map(|failure| failure.name).collect()
    }

    #[test]
    fn a_server_that_keeps_the_rules_passes() {
        let report = black_box(&Server(|_: &RawRequest, right: RawResponse| right), "/items", Some(TOKEN));
        assert!(report.is_success() && report.count >= 50, "{report}");
    }

    /// Each mistake is found, by the cases that are made for it.
    #[test]
    fn mistakes_are_found() {
        let without = |response: RawResponse, name: &str| {
            let mut response = response;
            response.headers.retain(|(known, _)| known != name);
            response
        };
        let found = failures(|_, right| without(right, "www-authenticate"));
        assert!(found.contains(&"no_credentials".to_owned()) && found.len() > 30, "{found:?}");
        let found = failures(|_, right| without(right, "cache-control"));
        assert!(found.contains(&"a_token_of_garbage".to_owned()) && found.len() > 30, "{found:?}");

        let quotes = |request: &RawRequest, right: RawResponse| {
            let said = authorization(request).concat();
            if right.status == 401 { right.body(said) } else { right }
        };
        assert!(failures(quotes).contains(&"a_token_of_garbage".to_owned()));
        let bare = |request: &RawRequest, right: RawResponse| {
            if authorization(request).is_empty() {
                without(right, "www-authenticate").header("www-authenticate", "Bearer")
            } else {
                right
            }
        };
        assert_eq!(failures(bare).first().map(String::as_str), Some("no_credentials"));

        let cases: [(&str, Wrong); 4] = [
            (
                "two_lines",
                |request, right| {
                    if authorization(request).len() > 1 { RawResponse::new(500) } else { right }
                },
            ),
            (
                "a_slash_at_the_end",
                |request, right| {
                    if request.target == "/items/" { RawResponse::new(200) } else { right }
                },
            ),
            ("the_token_in_the_query", |request, right| {
                if request.target.contains("access_token") { RawResponse::new(200) } else { right }
            }),
            (
                "the_token_is_accepted_as_it_stands",
                |request, right| {
                    if is(request, TOKEN) { RawResponse::new(403) } else { right }
                },
            ),
        ];
        for (name, wrong) in cases {
            assert!(failures(wrong).contains(&name.to_owned()), "{name}");
        }
        let believes_claims = |request: &RawRequest, right: RawResponse| {
            let is_of_claims = authorization(request).iter().any(|line| {
                let text = String::from_utf8_lossy(line);
                text.split('.').nth(1) == TOKEN.split('.').nth(1)
            });
            if is_of_claims { RawResponse::new(200) } else { right }
        };
        let found = failures(believes_claims);
        for name in
            ["the_claims_signed_by_nobody", "the_token_without_its_signature", "the_claims_under_a_well_known_secret"]
        {
            assert!(found.contains(&name.to_owned()), "{name}: {found:?}");
        }
    }

    #[test]
    fn nothing_passes_without_an_answer() {
        let report = black_box(
            &Server(|_: &RawRequest, _: RawResponse| RawResponse::failure("nobody is there")),
            "/items",
            None,
        );
        assert_eq!(report.failures.len(), report.count);
    }
}
