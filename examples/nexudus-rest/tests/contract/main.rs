//! The REST API of Nexudus, from the first row of its contract to the last.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

mod coworkers;
mod password;
mod program;
mod refresh;

use std::time::{SystemTime, UNIX_EPOCH};

use nexudus_rest::NexudusRest;
use systems::testing::{InProcess, Response, assert_error, assert_uncached, form, member};

const ADMIN: &str = "admin@example.com";
const PASSWORD: &str = "S3cur3P@ss";

fn server() -> InProcess {
    InProcess::start(NexudusRest, &[])
}

fn sign_in(server: &InProcess, user: &str, password: &str) -> Response {
    server.send(&form("/api/token", &[("grant_type", "password"), ("username", user), ("password", password)]))
}

/// The present code of the demo account with a second factor, as its authenticator shows it.
fn code(now: SystemTime) -> String {
    let secret = totp_rs::Secret::try_from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("good");
    totp.generate(now.duration_since(UNIX_EPOCH).expect("after 1970").as_secs()).to_string()
}
