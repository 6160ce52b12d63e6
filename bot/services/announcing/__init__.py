"""Telling everyone in a community something, and how far it has come."""
