"""What is asked for cells, shifts and wishes."""
