"""Files in: read, map, try without writing, take in one transaction, undo. Shared by wizard, command line and API."""
