"""The parts of the benchmark of cases."""
