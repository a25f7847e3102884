"""The house itself: settings, addresses, the list of rooms, the command line and the worker."""
