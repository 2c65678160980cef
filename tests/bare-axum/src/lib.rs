//! Nothing but axum.
