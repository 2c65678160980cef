use actix_web::App;
use actix_web::web::Path;
use auth_actix::get;

async fn bare(_room: Path<u32>) -> &'static str {
    "open by mistake"
}

fn main() {
    let _app = App::new().route("/rooms/{id}", get().to(bare));
}
