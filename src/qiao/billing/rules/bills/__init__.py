"""Bills as they are reckoned, pure: what they are rated from, their lines, what is posted."""
