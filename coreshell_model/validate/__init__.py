"""Claims of the literature against the model: what was measured, what the model gives, and a verdict."""
