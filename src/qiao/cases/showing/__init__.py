"""What people read of a case: names, clocks, history and steps in their own language."""
