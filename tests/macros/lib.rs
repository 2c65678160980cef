//! Compile-error tests of the macros and of axum's routers; all of them are in `ui`.
