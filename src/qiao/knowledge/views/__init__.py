"""Pages of knowledge and text modules."""
