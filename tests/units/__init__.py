"""Pieces that know no database, tried by tables and properties."""
