"""Writing something down: the pages that every kind of entry has.

A feature declares its kind once (`kind.py`) and registers it (`pages.register`): the empty form,
saving, its page, changing, two tabs at once, taking away, putting back, and the blank form of a
phone without a network. `sync` and `pwa` read what was registered.
"""
