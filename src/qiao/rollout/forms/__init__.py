"""Forms of introducing."""
