"""Meeting somebody, and everything that is known of them."""
