"""How many people must stand behind a number before it is shown to anybody."""

FEWEST = 5
"""With fewer, whoever knows some of them could find out what the others said."""
