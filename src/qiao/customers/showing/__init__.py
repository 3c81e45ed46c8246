"""Records of the customers module in the reader's words."""
