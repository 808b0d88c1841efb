"""Parameters from measurements: fits, posteriors, and what draws of them predict."""
