"""What growth, recovery and forecasts are computed from, by topic; pure."""
