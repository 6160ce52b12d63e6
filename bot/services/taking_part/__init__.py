"""Who takes part, in numbers that give nobody away."""
