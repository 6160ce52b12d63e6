"""Communities: who belongs to them, their groups, invitations, links, posters and picture."""
