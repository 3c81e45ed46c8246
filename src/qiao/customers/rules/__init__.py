"""Pure rules of the customers module."""
