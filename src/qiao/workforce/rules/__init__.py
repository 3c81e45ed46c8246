"""Forecasts, staffing, rosters and adherence as plain calculation."""
