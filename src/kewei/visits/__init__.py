"""Wishes become a monthly plan, a day's route, a checklist and a visit report."""
