"""Where staff begin, and where an administrator sets the clinic up: groups and who runs them."""
