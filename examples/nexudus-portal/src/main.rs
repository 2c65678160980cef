//! The program: see `--help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    systems::run(&nexudus_portal::NexudusPortal)
}
