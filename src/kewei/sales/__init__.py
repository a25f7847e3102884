"""What each terminal bought, when and how much."""
