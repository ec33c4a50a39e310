"""People who do not exist, drawn from a face model: what a camera shows where there is none, and what it should be
taken for."""
