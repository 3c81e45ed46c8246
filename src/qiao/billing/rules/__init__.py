"""Tariffs and what they make of bills, as plain calculation."""
