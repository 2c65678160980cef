//! Each of the documented systems, in one program: `SYSTEM` says which of them it is.

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::var("SYSTEM").as_deref() {
        Ok("nexudus-rest") => systems::run(&nexudus_rest::NexudusRest),
        Ok("nexudus-portal") => systems::run(&nexudus_portal::NexudusPortal),
        Ok("nexudus-users") => systems::run(&nexudus_users::NexudusUsers),
        Ok("coco-server") => systems::run(&coco_server::CocoServer),
        Ok("nebula-block") => systems::run(&nebula_block::NebulaBlock),
        _ => {
            eprintln!("documented-systems: SYSTEM names none of them");
            ExitCode::from(2)
        }
    }
}
