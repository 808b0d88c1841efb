"""What `coreshell explain` says of numbers, results and commands, each from the place that defines it."""
