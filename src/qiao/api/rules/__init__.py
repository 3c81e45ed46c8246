"""Rules of the module: plain Python."""
