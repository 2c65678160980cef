//! What an answer has to look like. Every rule that holds for all refusals is checked for each of them.

use super::wire::{RawRequest, RawResponse};

/// What the rules say of a case.
#[derive(Clone, Debug)]
pub(super) enum Expect {
    /// One answer.
    Answer(Answer),
    /// No credentials come out of it: 401 with a challenge, or 400. A server may refuse such a request before the
    /// framework sees it.
    Rejected,
    /// The same answer, whatever it is, to another request; and this one to both.
    Same(Box<RawRequest>, Answer),
    /// The same fields, but no body, as the answer to another request.
    HeadOf(Box<RawRequest>),
}

impl From<Answer> for Expect {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// One answer, in full.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    body: Option<String>,
    challenges: Vec<String>,
    /// Whether the parameters of a challenge may stand in any order.
    in_any_order: bool,
    retry_after: Option<&'static str>,
    cache_control: Cache,
    referrer_policy: Option<&'static str>,
    vary: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cache {
    Free,
    Exactly(Option<&'static str>),
}

/// A handler was reached and answers `body`. Nothing is added for caches.
pub(super) fn ok(body: &str) -> Answer {
    Answer {
        status: 200,
        body: Some(body.to_owned()),
        challenges: Vec::new(),
        in_any_order: false,
        retry_after: None,
        cache_control: Cache::Exactly(None),
        referrer_policy: None,
        vary: Vec::new(),
    }
}

/// A refusal with these challenges, one line each.
pub(super) fn refused<C: Into<String>>(status: u16, challenges: impl IntoIterator<Item = C>) -> Answer {
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    };
    Answer {
        status,
        body: Some(format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#)),
        challenges: challenges.into_iter().map(Into::into).collect(),
        cache_control: Cache::Exactly(Some("no-store")),
        retry_after: (status == 503).then_some("5"),
        ..ok("")
    }
}

/// A refusal without a challenge.
pub(super) fn plainly(status: u16) -> Answer {
    refused::<String>(status, [])
}

impl Answer {
    pub(super) fn private(mut self) -> Self {
        self.cache_control = Cache::Exactly(Some("private"));
        self
    }

    pub(super) fn cache_control(mut self, value: &'static str) -> Self {
        self.cache_control = Cache::Exactly(Some(value));
        self
    }

    /// Nothing is said of `Cache-Control`.
    pub(super) fn any_cache_control(mut self) -> Self {
        self.cache_control = Cache::Free;
        self
    }

    /// The credential came in the address.
    pub(super) fn not_stored(mut self) -> Self {
        self.cache_control = Cache::Exactly(Some("no-store"));
        self.referrer_policy = Some("no-referrer");
        self
    }

    pub(super) fn retry_after(mut self, seconds: &'static str) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// `Vary` lists these fields, among others.
    pub(super) fn vary<const N: usize>(mut self, fields: [&'static str; N]) -> Self {
        self.vary = fields.to_vec();
        self
    }

    pub(super) fn in_any_order(mut self) -> Self {
        self.in_any_order = true;
        self
    }

    fn is_refusal(&self) -> bool {
        self.status >= 400
    }

    /// Everything that is wrong with `got`, as an answer to `request`.
    fn complaints(&self, request: &RawRequest, got: &RawResponse) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut check = |is_right: bool, complaint: String| {
            if !is_right {
                complaints.push(complaint);
            }
        };
        check(got.status == self.status, format!("status {}", self.status));
        let body = if request.method == "HEAD" { Some("") } else { self.body.as_deref() };
        if let Some(body) = body {
            check(got.body == body.as_bytes(), format!("body {:?}", body.get(..200).unwrap_or(body)));
        }

        let mut challenges: Vec<_> = got.values("www-authenticate").map(str::to_owned).collect();
        let mut expected = self.challenges.clone();
        if self.in_any_order {
            challenges = challenges.iter().map(|line| sorted(line)).collect();
            expected = expected.iter().map(|line| sorted(line)).collect();
        }
        check(challenges == expected, format!("challenges {:#?}", self.challenges));

        let exactly = |name: &str, value: Option<&str>| {
            let values: Vec<_> = got.values(name).collect();
            (values == Vec::from_iter(value), format!("{name}: {}", value.unwrap_or("(absent)")))
        };
        let mut fields =
            vec![exactly("retry-after", self.retry_after), exactly("referrer-policy", self.referrer_policy)];
        if let Cache::Exactly(value) = self.cache_control {
            fields.push(exactly("cache-control", value));
        }
        if self.is_refusal() {
            fields.push(exactly("content-type", Some("application/problem+json")));
        }
        for (is_right, complaint) in fields {
            check(is_right, complaint);
        }
        for field in &self.vary {
            check(got.lists("vary", field), format!("vary lists {field}"));
        }
        if self.is_refusal() {
            for (is_right, complaint) in connection(request, got) {
                check(is_right, complaint);
            }
        }
        complaints
    }
}

/// A refusal never polls the body: nobody is told to continue, and the connection ends unless there was no body.
fn connection(request: &RawRequest, got: &RawResponse) -> Vec<(bool, String)> {
    let is_told = got.lists("connection", "close");
    let mut rules = vec![(got.interim.is_empty(), "no interim response".to_owned())];
    if request.announces_body() {
        rules.push((is_told, "connection: close, since the body is not read".to_owned()));
        rules.push((got.closed != Some(false), "the connection is closed, since the body is not read".to_owned()));
    } else {
        rules.push((!is_told, "the connection stays open, since there is no body".to_owned()));
    }
    rules
}

impl Expect {
    /// Everything that is wrong, with what was sent and what came.
    pub(super) fn judge(
        &self,
        request: &RawRequest,
        exchange: impl Fn(&RawRequest) -> RawResponse,
    ) -> Option<(String, String)> {
        let got = exchange(request);
        let complaints = match self {
            Self::Answer(answer) => answer.complaints(request, &got),
            Self::Rejected => rejection_complaints(&got),
            Self::Same(other, answer) => {
                let other_got = exchange(other);
                let mut complaints = answer.complaints(request, &got);
                complaints.extend(answer.complaints(other, &other_got));
                if comparable(&got) != comparable(&other_got) {
                    complaints.push(format!("the same answer as to {other:?}\n  which is {other_got:?}"));
                }
                complaints
            }
            Self::HeadOf(other) => {
                let other_got = exchange(other);
                let mut complaints = Vec::new();
                if (got.status, comparable(&got).1) != (other_got.status, comparable(&other_got).1) {
                    complaints.push(format!("the fields of the answer to {other:?}\n  which is {other_got:?}"));
                }
                if !got.body.is_empty() {
                    complaints.push("no body".to_owned());
                }
                complaints
            }
        };
        (!complaints.is_empty())
            .then(|| (format!("{}\n  sent {request:?}", complaints.join("\n  and ")), format!("{got:?}")))
    }
}

fn rejection_complaints(got: &RawResponse) -> Vec<String> {
    let is_rejected = match got.status {
        400 => true,
        401 => got.values("www-authenticate").next().is_some(),
        _ => false,
    };
    if is_rejected { Vec::new() } else { vec!["401 with a challenge, or 400".to_owned()] }
}

/// What two answers are compared by: everything but the time.
fn comparable(response: &RawResponse) -> (u16, Vec<(String, String)>, &[u8]) {
    let mut headers: Vec<_> = response.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
    headers.sort();
    (response.status, headers, &response.body)
}

/// A challenge with its parameters in order of their names. No value of the suite holds `", "`.
fn sorted(challenge: &str) -> String {
    let (scheme, parameters) = challenge.split_once(' ').unwrap_or((challenge, ""));
    let mut parameters: Vec<_> = parameters.split(", ").collect();
    parameters.sort_unstable();
    format!("{scheme} {}", parameters.join(", "))
}
