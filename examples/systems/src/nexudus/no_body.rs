//! Refusals of this API: a status, challenges, and nothing else.

use auth_core::{Body, RefusalView, Renderer};

/// Renders refusals without a body and without a content type.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a name without parts")]
pub struct NoBody;

impl Renderer for NoBody {
    fn render(&self, _refusal: &RefusalView<'_>) -> Body {
        Body::new("", b"".as_slice())
    }
}
