"""Pages of planning and of one's own shifts."""
