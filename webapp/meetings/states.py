"""States and provinces of North America, by code and by name. Pure."""

import re

from webapp.core.folding import place_name

STATES: dict[str, str] = dict(
    re.findall(
        r"([A-Z]{2}) ([^,\n]+)",
        """
    AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut,
    DE Delaware, DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois,
    IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland,
    MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, MO Missouri, MT Montana,
    NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York,
    NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania,
    PR Puerto Rico, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas,
    UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming,
    AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador,
    NS Nova Scotia, NT Northwest Territories, NU Nunavut, ON Ontario, PE Prince Edward Island,
    QC Québec, SK Saskatchewan, YT Yukon
    """,
    )
)
_CODES = {place_name(spelling): code for code, name in STATES.items() for spelling in (code, name)}
_CODES[place_name("MT")] = _CODES["mt"] = "MT"  # which a place's name takes for Mount


def state_code(said: str) -> str:
    """IL, for IL and for Illinois; empty for what is neither."""
    return _CODES.get(place_name(said), "")
