"""What staff see and do of calls."""
