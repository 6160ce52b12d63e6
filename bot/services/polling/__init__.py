"""Questions: asked, answered, closed, and what came of them."""
