"""Bringing new ways of working in: pilots in few units, switching on step by step, effect."""
