"""Pages of introducing."""
