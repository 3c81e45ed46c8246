"""What is calculated about texts and articles; plain Python."""
