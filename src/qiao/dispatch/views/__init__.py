"""Pages: the technician's phone, and the dispatcher's board."""
