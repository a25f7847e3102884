"""What can be asked about overdue money, by topic."""
