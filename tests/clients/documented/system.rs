//! One system: how it is started, what it hands out, and every place where a credential can be shown to it.

use systems::testing::{Program, Request, Response, Running, form, json_of};

pub(crate) const JANE: &str = "jane.doe@example.com";
pub(crate) const PASSWORD: &str = "S3cur3P@ss";

/// The same people everywhere, with the same ids: nothing but keys, issuers and purposes tells the systems apart.
const ACCOUNTS: &str = r#"
[[account]]
id = 42
login = "jane.doe@example.com"
name = "Jane Doe"
password = "S3cur3P@ss"
roles = ["admin"]

[[account]]
id = 43
login = "reset@example.com"
password = "S3cur3P@ss"
state = "must_reset"

[[account]]
id = 44
login = "again@example.com"
password = "S3cur3P@ss"
state = "must_reset"
"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Rest,
    Portal,
    Users,
    Coco,
    Nebula,
}

/// What a system has handed out.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) kind: &'static str,
    pub(crate) secret: String,
    /// The doors of its own system that it opens.
    pub(crate) opens: &'static [&'static str],
}

/// A place where a credential can be shown, and what is answered to a bad one.
pub(crate) struct Door {
    pub(crate) name: &'static str,
    pub(crate) request: Request,
    pub(crate) refused: u16,
}

pub(crate) fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_documented-systems"))
}

pub(crate) fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}")
}

#[track_caller]
fn text(answer: &Response, path: &str) -> String {
    let found = json_of(answer).pointer(path).and_then(|value| value.as_str().map(str::to_owned));
    found.unwrap_or_else(|| panic!("no {path}: {answer:?}"))
}

fn credential(kind: &'static str, secret: String, opens: &'static [&'static str]) -> Credential {
    Credential { kind, secret, opens }
}

fn door(name: &'static str, refused: u16, request: Request) -> Door {
    Door { name, request, refused }
}

impl System {
    pub(crate) const ALL: [Self; 5] = [Self::Rest, Self::Portal, Self::Users, Self::Coco, Self::Nebula];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rest => "nexudus-rest",
            Self::Portal => "nexudus-portal",
            Self::Users => "nexudus-users",
            Self::Coco => "coco-server",
            Self::Nebula => "nebula-block",
        }
    }

    /// Starts it with the demo accounts.
    pub(crate) fn start_demo(self, program: &Program) -> Running {
        program.start_with(&["--store", "memory:"], &[("SYSTEM", self.name())])
    }

    /// Starts it with the accounts that all have.
    pub(crate) fn start(self, program: &Program, more: &[&str]) -> Running {
        let accounts = program.write("accounts.toml", ACCOUNTS);
        let arguments = [&["--store", "memory:", "--accounts", &accounts], more].concat();
        program.start_with(&arguments, &[("SYSTEM", self.name())])
    }

    /// A token of each kind.
    pub(crate) fn credentials(self, server: &Running) -> Vec<Credential> {
        match self {
            Self::Rest => oauth(server, "access token", &["coworkers"]).into(),
            Self::Portal => portal(server),
            Self::Users => users(server),
            Self::Coco => coco(server),
            Self::Nebula => nebula(server),
        }
    }

    /// Every place where a credential can be shown, with `secret` shown there.
    pub(crate) fn doors(self, secret: &str) -> Vec<Door> {
        let header = bearer(secret);
        let get = |path: &str| Request::get(path).header(&header);
        let refresh = || {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", secret)];
            door("refresh", 400, form("/api/token", &fields).header(&format!("client_id: {JANE}")))
        };
        match self {
            Self::Rest => vec![door("coworkers", 401, get("/api/sys/coworkers")), refresh()],
            Self::Portal => {
                let exchange = format!("/api/sys/users/exchange?token={secret}&validForInMinutes=30");
                let reset = format!(r#"{{"Token":"{secret}","Password":"another and longer one","BusinessId":1}}"#);
                let reset = Request::new("POST", "/api/sys/users/completePasswordReset").json(reset);
                vec![
                    door("customer", 401, get("/api/public/billing/customer")),
                    door("teams", 401, get("/api/public/teams/my")),
                    door("exchange", 401, Request::new("POST", &exchange).header("Content-Length: 0")),
                    door("reset", 400, reset),
                    refresh(),
                ]
            }
            Self::Users => {
                let cookie = format!("Cookie: __Host-nx_session={secret}");
                let link = Request::get(&format!("/en/user/login?t={secret}")).header("Accept: application/json");
                vec![
                    door("profile", 401, get("/en/profile?_resource=Coworker")),
                    door("session", 401, Request::get("/en/profile?_resource=Coworker").header(&cookie)),
                    door("staff", 401, get("/sys/users/42/token/refresh")),
                    door("renew", 401, Request::new("POST", "/sys/users/token/refresh").header(&header)),
                    door("link", 401, link),
                    refresh(),
                ]
            }
            Self::Coco => {
                let profile = |header: &str| Request::get("/account/profile").header(header);
                vec![
                    door("bearer", 401, profile(&header)),
                    door("api token", 401, profile(&format!("X-API-TOKEN: {secret}"))),
                    door("cookie", 401, profile(&format!("Cookie: INFINI-SESSION-coco={secret}"))),
                ]
            }
            Self::Nebula => vec![
                door("credits", 401, get("/users/credits")),
                door("users", 401, get("/api/v1/admin/users")),
                door("keys", 401, get("/api-keys")),
            ],
        }
    }
}

/// What the token endpoint of the Nexudus systems hands out.
fn oauth(server: &Running, kind: &'static str, opens: &'static [&'static str]) -> [Credential; 2] {
    let fields = [("grant_type", "password"), ("username", JANE), ("password", PASSWORD)];
    let answer = server.send(&form("/api/token", &fields));
    [
        credential(kind, text(&answer, "/access_token"), opens),
        credential("refresh token", text(&answer, "/refresh_token"), &["refresh"]),
    ]
}

fn portal(server: &Running) -> Vec<Credential> {
    let reset_token = |login: &str| {
        let fields = [("grant_type", "password"), ("username", login), ("password", PASSWORD)];
        text(&server.send(&form("/api/token", &fields)), "/error_description")
    };
    let spent = reset_token("again@example.com");
    let doors = System::Portal.doors(&spent);
    let reset = doors.iter().find(|door| door.name == "reset").expect("a door");
    let one_time = text(&server.send(&reset.request), "/Value");
    let [access, refresh] = oauth(server, "access token", &["customer", "teams"]);
    vec![
        access,
        refresh,
        credential("one-time token", one_time, &["exchange"]),
        credential("reset token", reset_token("reset@example.com"), &["reset"]),
        credential("spent reset token", spent, &[]),
    ]
}

fn users(server: &Running) -> Vec<Credential> {
    const OPENS: &[&str] = &["profile", "renew", "link"];
    let body = format!(r#"{{"email":"{JANE}","password":"{PASSWORD}"}}"#);
    let sign_in = || text(&server.send(&Request::new("POST", "/sys/users/token").json(&body)), "/Value");
    let link = format!("/en/user/login?t={}", sign_in());
    let cookie = server.get(&link, &["Accept: application/json"]).sole("set-cookie").to_owned();
    let session = cookie.split(['=', ';']).nth(1).expect("a value").to_owned();
    let [access, refresh] = oauth(server, "REST token", &["staff"]);
    vec![credential("member's token", sign_in(), OPENS), credential("session", session, &["session"]), access, refresh]
}

fn coco(server: &Running) -> Vec<Credential> {
    let body = format!(r#"{{"email":"{JANE}","password":"{PASSWORD}"}}"#);
    let token = text(&server.send(&Request::new("POST", "/account/login").json(body)), "/access_token");
    let made = Request::new("POST", "/auth/access_token").header(&bearer(&token)).json("{}");
    let api_token = text(&server.send(&made), "/access_token");
    vec![credential("access token", token, &["bearer", "cookie"]), credential("API token", api_token, &["api token"])]
}

fn nebula(server: &Running) -> Vec<Credential> {
    const OPENS: &[&str] = &["credits", "users", "keys"];
    let token = server.send(&form("/login", &[("username", JANE), ("password", PASSWORD)]));
    let token = text(&token, "/data/jwtToken");
    let made = Request::new("POST", "/api-keys").header(&bearer(&token)).json(r#"{"name":"a key"}"#);
    let key = text(&server.send(&made), "/data/key");
    let bare = key.strip_prefix("ak_").expect("the prefix").to_owned();
    vec![
        credential("key without its prefix", bare, &[]),
        credential("token with the prefix of keys", format!("ak_{token}"), &[]),
        credential("token", token, OPENS),
        credential("key", key, OPENS),
    ]
}
