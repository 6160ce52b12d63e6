"""The house itself: sizes, words, arrows, packaging and papers."""
