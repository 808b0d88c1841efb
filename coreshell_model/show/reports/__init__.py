"""Reports of one page (A4, PDF): of a run, of a fit, and of a comparison of designs."""
