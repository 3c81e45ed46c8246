"""Pure rules of calls."""
