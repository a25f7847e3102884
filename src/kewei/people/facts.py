"""What the people room tells the house."""

PERSON_ADDED = "people.person_added"
PERSON_LEFT = "people.person_left"
POST_GIVEN = "people.post_given"
POST_ENDED = "people.post_ended"
TERRITORY_DRAWN = "people.territory_drawn"
PASSWORD_CHANGED = "people.password_changed"  # noqa: S105
LOGGED_IN = "people.logged_in"
TOKEN_MADE = "people.token_made"  # noqa: S105
TOKEN_REVOKED = "people.token_revoked"  # noqa: S105
