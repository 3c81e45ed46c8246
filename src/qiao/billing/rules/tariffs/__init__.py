"""Tariffs: what they are, how they are read, what they make of bills."""
