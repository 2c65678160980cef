//! The five documented systems, each in a process of its own.

mod matrix;
mod node;
mod oauth2;
mod python;
mod system;
