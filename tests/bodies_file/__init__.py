"""Bodies, places and spots from files: what changes, what does not, and what is wrong with a file."""
