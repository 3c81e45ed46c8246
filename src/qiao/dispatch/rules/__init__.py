"""Pure rules of work orders."""
