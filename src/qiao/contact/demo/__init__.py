"""The contacts of the demo world: two years of them, and the live morning."""
