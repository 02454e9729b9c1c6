"""The other end of the benchmark: a Bot API server made to be quick, and the people who talk through it."""
