"""What is asked for at the counter."""
