"""Today: what matters now, at most one screen. Slots appear when their feature does."""
