"""Getting to know each other: hello, help, what is known of a person, and one person in two places."""
