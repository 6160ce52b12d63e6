"""The `folkmoot` command, as an operator uses it."""
