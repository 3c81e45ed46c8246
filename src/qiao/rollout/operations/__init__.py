"""Writes: steps, pilots, what staff say."""
