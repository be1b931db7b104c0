"""The demo people."""


def is_wanted() -> bool:
    return False


def seed() -> None: ...
def top_up() -> None: ...
def who_can_sign_in() -> list[str]:
    return []
