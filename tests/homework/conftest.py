"""A phone without a network, for tapping on homework."""

from tests.sync.conftest import outbox_of

__all__ = ["outbox_of"]
