"""Keys, where they lie, and what is sealed with them."""
