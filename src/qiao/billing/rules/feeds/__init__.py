"""What other billing systems send, as plain reading and calculation."""
