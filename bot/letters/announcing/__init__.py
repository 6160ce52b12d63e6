"""Announcements, and how far they have come."""
