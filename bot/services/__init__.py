"""The town's verbs. Session first, `now` by name; they return data, refuse in one way, never commit, never word."""
