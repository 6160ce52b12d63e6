"""Who is in charge of what and where: bodies, areas, the right team, and the people in its posts."""
