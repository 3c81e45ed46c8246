"""Pages for people; what programs call stands in `v1`."""
