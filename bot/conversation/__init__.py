"""How a talk works: turns, outcomes, the router, flows by replay, and the dispatcher that runs them in batches."""
