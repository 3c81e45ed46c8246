"""Messages of the demo world."""
