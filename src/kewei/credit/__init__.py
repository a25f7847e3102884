"""Survey, score, grade, application, approval, limit, reservation and hold."""
