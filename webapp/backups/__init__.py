"""Backups and restores: what an operator needs on the worst day of the year."""
