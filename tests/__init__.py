"""Tests: each one a sentence about a person or a thing."""
