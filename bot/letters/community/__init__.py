"""Links and posters of a community."""
