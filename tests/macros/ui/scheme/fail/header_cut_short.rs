use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = )]
struct Key;

fn main() {
    let _scheme = auth_axum::SchemeId::of::<Key>();
}
