"""Questions: asked, answered, shown elsewhere, read, closed, and what comes of them."""
