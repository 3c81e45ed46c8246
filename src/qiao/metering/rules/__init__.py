"""What follows from readings: plain Python, exact, without a database."""
