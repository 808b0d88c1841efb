"""A material taken through a protocol: steps, endings, and the solution."""
