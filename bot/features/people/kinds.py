"""Whom a person represents. Some kinds give rights: those are confirmed before they do."""

from __future__ import annotations

PATIENT_ASSOCIATION = "patient_association"
HEALTH_AUTHORITY = "health_authority"
INVESTOR = "investor"
RESTRICTED = frozenset({PATIENT_ASSOCIATION, HEALTH_AUTHORITY, INVESTOR})
"""Of these a person is only by the organisers' list or by an organiser's word."""
