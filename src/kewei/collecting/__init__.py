"""Cases, reminders, promises, disputes and letters: how overdue money is asked for."""
