"""Homework: what a facilitator gives before the next group, and what its patient tells of it."""
