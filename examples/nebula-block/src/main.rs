//! The program; what it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    systems::run(&nebula_block::NebulaBlock)
}
