struct MembersOnly;

fn main() {
    let _layer = auth_axum::RequireLayer::<MembersOnly>::new();
}
