"""What makes the pages of the site that follow from other files, and what checks the built site."""
