"""Programmes, tiers, points and coupons for institutions."""
