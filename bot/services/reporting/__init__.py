"""Reports of problems by residents: made, found nearby, followed, told of, and hidden."""
