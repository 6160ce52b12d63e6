"""The schema's history. A package, so that it travels with the program."""
