"""One mechanism in each file. A mechanism reads and writes variables by name and knows no other mechanism."""
