"""The API held against its own description by Schemathesis, which lives in a place of its own."""
