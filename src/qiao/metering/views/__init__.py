"""Transport of readings."""
