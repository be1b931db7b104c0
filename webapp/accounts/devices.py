"""What a person would call the device in front of them. Pure."""

KINDS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
NAMES = {"Macintosh": "Mac", "CrOS": "Chromebook"}
BROWSERS = (
    ("SamsungBrowser", "Samsung Internet"), ("Edg", "Edge"), ("OPR", "Opera"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """ "Android, Chrome": enough to know it again, not enough to follow anybody with."""
    kind = next((known for known in KINDS if known in user_agent), "")
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    return ", ".join(part for part in (NAMES.get(kind, kind), browser) if part) or "Browser"
