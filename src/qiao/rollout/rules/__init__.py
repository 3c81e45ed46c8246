"""Rules of introducing: steps by unit, and what a change of figures may claim."""
