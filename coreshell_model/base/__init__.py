"""What every room stands on: errors, units, quantities, files, and how long work still takes."""
