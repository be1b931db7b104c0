"""Web push: where a message may go, how it is sealed for one phone, and the way out."""
