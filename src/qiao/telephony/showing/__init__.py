"""Voice menus in words, for the pages on which they are edited."""
