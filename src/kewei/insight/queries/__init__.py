"""What insight can be asked; it reads every room and writes nothing."""
