"""Core knows nothing about recovery: database, time, sealing, routes, errors, the outside."""
