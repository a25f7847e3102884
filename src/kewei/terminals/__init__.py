"""Customer cards: names, aliases, contacts, licences and settlement calendar."""
