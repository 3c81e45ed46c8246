"""The telephone: calls at the switch, who is rung, what was said and recorded."""
