"""What a type code means, by fellowship: the same code says different things. Pure.

Codes as Meeting Guide feeds carry them (code4recovery/spec; 12-step-meeting-list for the others).
A code that isn't here is kept and means nothing to us.
"""

from collections.abc import Iterable

from webapp.core.wording import lazy_gettext as _l

TAGS = {
    "open": _l("Open to all"),
    "closed": _l("Closed"),
    "newcomer": _l("For newcomers"),
    "discussion": _l("Discussion"),
    "speaker": _l("Speaker"),
    "step": _l("Step study"),
    "literature": _l("Reading"),
    "meditation": _l("Meditation"),
    "wheelchair": _l("Wheelchair access"),
    "dual_diagnosis": _l("Dual diagnosis"),
    "proof": _l("Signs attendance sheets"),
    "secular": _l("Secular"),
    "men": _l("Men"),
    "women": _l("Women"),
    "young": _l("Young people"),
    "lgbtq": _l("LGBTQ"),
    "outdoors": _l("Outdoors"),
}

LANGUAGES = {
    "en": _l("English"),
    "es": _l("Spanish"),
    "asl": _l("Sign language"),
    "ar": _l("Arabic"),
    "da": _l("Danish"),
    "de": _l("German"),
    "fa": _l("Persian"),
    "fr": _l("French"),
    "it": _l("Italian"),
    "ja": _l("Japanese"),
    "ko": _l("Korean"),
    "nl": _l("Dutch"),
    "pa": _l("Punjabi"),
    "pl": _l("Polish"),
    "pt": _l("Portuguese"),
    "ru": _l("Russian"),
    "sv": _l("Swedish"),
    "th": _l("Thai"),
    "tl": _l("Tagalog"),
    "uk": _l("Ukrainian"),
    "vi": _l("Vietnamese"),
}

ONLINE, LOCATION_CLOSED = "is_online", "location_closed"  # about the way to attend, not shown

_EVERYWHERE = {
    "O": "open",
    "C": "closed",
    "M": "men",
    "W": "women",
    "ST": "step",
    "SP": "speaker",
    "MED": "meditation",
    "LIT": "literature",
    "LGBTQ": "lgbtq",
    "X": "wheelchair",
    "BE": "newcomer",
    "ONL": ONLINE,
    "TC": LOCATION_CLOSED,
    "EN": "en",
    "S": "es",
    "ES": "es",
    "FR": "fr",
    "ASL": "asl",
}
_TWELVE_STEPS = {
    "D": "discussion",
    "Y": "young",
    "G": "lgbtq",
    "L": "lgbtq",
    "T": "lgbtq",
    "DD": "dual_diagnosis",
    "POA": "proof",
    "A": "secular",
    "B": "literature",
    "OUT": "outdoors",
    "ITA": "it",
    "JA": "ja",
    "KOR": "ko",
    "POL": "pl",
    "POR": "pt",
    "PUN": "pa",
    "RUS": "ru",
}
_NA = {
    "BEG": "newcomer",
    "DISC": "discussion",
    "SPK": "speaker",
    "STEP": "step",
    "GL": "lgbtq",
    "BT": "literature",
    "JFT": "literature",
    "IW": "literature",
    "IP": "literature",
    "LC": "literature",
    "SWG": "step",
    "Y": "young",
    "YP": "young",
    "CLOSED": "closed",
    "OPEN": "open",
    "WCHR": "wheelchair",
    "VM": ONLINE,
}
_DHARMA = {
    "WA": "wheelchair",
    "BB": "literature",
    "8F": "literature",
    "IS": "step",  # Icelandic elsewhere
    "IW": "step",
    "MI": "meditation",
    "DA": "da",
    "DE": "de",
    "NL": "nl",
    "SV": "sv",
    "TH": "th",
}
_AA = {
    "AR": "ar",
    "DA": "da",
    "DE": "de",
    "FA": "fa",
    "NL": "nl",
    "SV": "sv",
    "TH": "th",
    "TL": "tl",
    "UK": "uk",
    "11": "meditation",
    "12x12": "step",
    "LS": "literature",
    "DR": "literature",
}
_OF = {
    "aa": _EVERYWHERE | _TWELVE_STEPS | _AA,
    "al-anon": _EVERYWHERE | {"A": "secular", "D": "discussion", "G": "lgbtq", "L": "lgbtq"},
    "ca": _EVERYWHERE | _TWELVE_STEPS,
    "cma": _EVERYWHERE | {"Y": "young", "T": "lgbtq", "OUT": "outdoors"},
    "ga": _EVERYWHERE | {"D": "discussion", "Y": "young", "B": "literature", "20": "newcomer"},
    "ha": _EVERYWHERE | _NA,
    "ma": _EVERYWHERE | _TWELVE_STEPS,
    "na": _EVERYWHERE | _NA,
    "oa": _EVERYWHERE | {"D": "discussion", "B": "literature", "NEWB": "newcomer"},
    "rd": _EVERYWHERE | _DHARMA,
    "rr": _EVERYWHERE | _DHARMA,
    "slaa": _EVERYWHERE | {"NC": "newcomer", "D": "discussion", "B": "literature"},
}


def meaning(fellowship: str, codes: Iterable[str]) -> frozenset[str]:
    """The tags, languages and marks that these codes stand for in this fellowship."""
    known = _OF.get(fellowship, _EVERYWHERE)
    return frozenset(known[code] for code in codes if known.get(code))


def is_known(fellowship: str, code: str) -> bool:
    """Whether a code means something to us in this fellowship."""
    return code in _OF.get(fellowship, _EVERYWHERE)
