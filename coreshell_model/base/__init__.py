"""The basis of all other rooms: errors, units, quantities, files, and the time that work still takes."""
