"""What a user sees: figures, the page, and the command line."""
