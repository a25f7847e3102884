"""The list of rooms, from the ground floor up; the import contract and the folders must say the same."""

ROOMS = [
    "kernel",
    "people",
    "journal",
    "terminals",
    "products",
    "sales",
    "receivables",
    "flows",
    "credit",
    "orders",
    "collecting",
    "campaigns",
    "membership",
    "keyaccounts",
    "visits",
    "insight",
    "desk",
    "field",
    "config",
]

APPS = [room for room in ROOMS if room != "kernel"]
