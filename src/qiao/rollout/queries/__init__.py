"""Reads: how units stand, pilots, what staff said, effect."""
