"""The database: sessions, column types, statements that are compiled once."""
