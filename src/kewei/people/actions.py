"""What can be done with people: appoint, end a post, draw territories, make tokens."""
