"""What credit puts on paper."""
