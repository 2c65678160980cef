use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(cookie = "session")]
struct Session;

fn main() {}
