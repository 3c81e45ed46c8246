"""The demo world's part of cases: two years of history, and a morning that moves."""
