"""What those in charge do with reports: the desk, their answers, and what came of it in numbers."""
