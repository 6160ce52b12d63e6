"""Channels: ways by which people reach the town. One folder each, deletable as a folder."""
