use actix_web::App;
use auth_actix::get;

async fn bare() -> &'static str {
    "open by mistake"
}

fn main() {
    let _app = App::new().route("/", get().to(bare));
}
