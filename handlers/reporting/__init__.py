"""Reports of problems by residents: made step by step, looked at, followed, and whether they are fixed."""
