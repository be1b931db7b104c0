"""What goes wrong with a backup or a restore, in a sentence for the operator."""


class NoBackup(RuntimeError):
    """No backup was made, or none was restored; nothing that was there before has changed."""
