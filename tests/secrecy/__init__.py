"""What an organiser, an operator, a thief and a neighbour can and cannot learn of an answer."""
