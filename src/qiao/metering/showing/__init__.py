"""Readings and checks in words, for pages and files."""
