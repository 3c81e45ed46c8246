"""Tests of the house as a whole: every page, every method, every bad day."""
