"""A community itself: its groups, who else organises it, its picture, its posters and links."""
