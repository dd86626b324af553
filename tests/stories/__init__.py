"""Journeys from end to end, named by use."""
