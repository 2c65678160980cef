//! What the five example servers share.
