//! `POST /api/token`.
