"""The demo's telephone: lines, callers, and colleagues who take their calls."""
