"""Conversations: somebody does something, somebody sees something, through the real house."""
