"""The face for programs: REST with keys, webhooks, and the catalogue of what can be called."""
