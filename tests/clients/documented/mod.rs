//! The five documented systems, each in a process of its own.

mod matrix;
mod oauth2;
mod python;
mod system;
