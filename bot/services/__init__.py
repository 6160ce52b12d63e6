"""The town's verbs. Session first, `now` by name; they return data, refuse in one way, never commit, never word.

One room a subject; what several rooms use lies beside them. Rooms know only those below them: see `pyproject.toml`.
"""
