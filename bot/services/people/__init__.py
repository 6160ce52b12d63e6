"""Residents: who they are to us, made one, shown all that is known of them, and forgotten."""
