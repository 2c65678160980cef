//! The pages. Nothing in them comes from another host, and nothing is a script.

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use auth_axum::public;

/// What every page may load: what is served here. No other page may frame one.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'";

/// Something that a person is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notice {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    title: &'a str,
    text: &'a str,
    /// The language of a form that asks for a mail, where one helps.
    mail_form: Option<&'a str>,
    /// Whether it is good or bad news, if it is any.
    is_good: Option<bool>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    language: &'a str,
    name: &'a str,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile<'a> {
    language: &'a str,
    name: &'a str,
    email: &'a str,
}

/// The form that asks for a new password.
#[derive(Template)]
#[template(path = "new_password.html")]
pub(crate) struct NewPassword<'a> {
    language: &'a str,
    token: &'a str,
    /// The name under which a password manager keeps it.
    login: &'a str,
    /// What is wrong with the password that was sent.
    problems: Vec<String>,
}

impl<'a> NewPassword<'a> {
    pub(crate) fn ask(language: &'a str, token: &'a str, login: &'a str) -> Self {
        Self { language, token, login, problems: Vec::new() }
    }

    /// Says what is wrong with the password that was sent.
    pub(crate) fn with_problems(self, problems: Vec<String>) -> Self {
        Self { problems, ..self }
    }
}

/// The style of the pages; a file of its own, since the policy allows no other.
#[public(reason = "the same for everybody")]
pub(crate) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../assets/portal.css")).into_response()
}

/// The sign of the service.
#[public(reason = "the same for everybody")]
pub(crate) async fn icon() -> Response {
    ([(CONTENT_TYPE, "image/svg+xml")], include_str!("../assets/icon.svg")).into_response()
}

pub(crate) fn home(language: &str, name: &str) -> Response {
    page(StatusCode::OK, &Home { language, name })
}

pub(crate) fn profile(language: &str, name: &str, email: &str) -> Response {
    page(StatusCode::OK, &Profile { language, name, email })
}

pub(crate) fn notice(status: StatusCode, notice: &Notice) -> Response {
    let Notice { title, text } = notice;
    page(status, &NoticePage { title, text, mail_form: None, is_good: Some(status.is_success()) })
}

/// The same with a form that asks for another mail.
pub(crate) fn with_form(status: StatusCode, notice: &Notice, language: &str) -> Response {
    let Notice { title, text } = notice;
    page(status, &NoticePage { title, text, mail_form: Some(language), is_good: Some(false) })
}

pub(crate) fn new_password(status: StatusCode, form: &NewPassword<'_>) -> Response {
    page(status, form)
}

/// What the framework has refused.
pub(crate) fn refused(language: &str, status: StatusCode) -> Response {
    let (title, text, mail_form) = match status.as_u16() {
        400 => ("That was unclear", "Your browser has sent more than one proof of who you are. Try again.", None),
        401 => (
            "You are not signed in",
            "Open the link that signs you in. If you have forgotten your password, we can mail you a link to choose a \
             new one.",
            Some(language),
        ),
        403 => ("That did not come from here", "A page of another site has asked for this, so nothing was done.", None),
        429 => ("Too many attempts", "Wait a minute, then try again.", None),
        503 => ("Back in a moment", "We cannot answer right now. Try again in a few seconds.", None),
        _ => ("Something went wrong", "It is our mistake, and we know of it. Try again later.", None),
    };
    // Not to be signed in is no bad news.
    let is_good = (status != StatusCode::UNAUTHORIZED).then_some(false);
    page(status, &NoticePage { title, text, mail_form, is_good })
}

/// There is no such page.
pub(crate) fn not_found() -> Response {
    notice(
        StatusCode::NOT_FOUND,
        &Notice { title: "There is no such page", text: "The address is mistyped, or the page has moved." },
    )
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        // Forms say where they come from; addresses, which may hold tokens, are told to nobody.
        (REFERRER_POLICY, "strict-origin"),
    ];
    match template.render() {
        Ok(text) => (status, headers, text).into_response(),
        Err(error) => {
            tracing::error!(cause = %error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
