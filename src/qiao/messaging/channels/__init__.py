"""The edge: what brings a message out of the house. One port, real adapters, and a simulator."""
