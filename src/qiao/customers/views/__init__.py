"""Pages and fragments of the customers module."""
