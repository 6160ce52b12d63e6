"""What an operator can do on the command line: one module for each group of commands, plain functions.

Imports of what is slow to load stand inside the functions, so that `folkmoot --help` answers at once.
"""
