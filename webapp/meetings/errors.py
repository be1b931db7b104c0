"""Why an import didn't happen."""


class NotImported(Exception):
    """Nothing was changed; the message is a sentence for the operator."""
