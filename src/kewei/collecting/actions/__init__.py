"""What can be done about overdue money, by topic."""
