"""The holidays of 5 U.S.C. 6103, on the days that the Office of Personnel Management lists."""

from datetime import date

import pytest

from webapp.program.federal import federal_holidays


@pytest.mark.parametrize(
    ("year", "observed"),
    [
        # New Year's Day on a Saturday, Juneteenth and Christmas on a Sunday.
        (2022, ["2021-12-31", "2022-01-17", "2022-02-21", "2022-05-30", "2022-06-20", "2022-07-04",
                "2022-09-05", "2022-10-10", "2022-11-11", "2022-11-24", "2022-12-26"]),
        # New Year's Day on a Sunday, Veterans Day on a Saturday.
        (2023, ["2023-01-02", "2023-01-16", "2023-02-20", "2023-05-29", "2023-06-19", "2023-07-04",
                "2023-09-04", "2023-10-09", "2023-11-10", "2023-11-23", "2023-12-25"]),
        (2024, ["2024-01-01", "2024-01-15", "2024-02-19", "2024-05-27", "2024-06-19", "2024-07-04",
                "2024-09-02", "2024-10-14", "2024-11-11", "2024-11-28", "2024-12-25"]),
        # Independence Day on a Saturday.
        (2026, ["2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03",
                "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25"]),
        # Independence Day on a Sunday, Juneteenth and Christmas on a Saturday.
        (2027, ["2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-18", "2027-07-05",
                "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24"]),
    ],
)  # fmt: skip
def test_they_are_observed_on_the_days_that_are_published(year, observed):
    assert [holiday.observed.isoformat() for holiday in federal_holidays(year)] == observed


def test_the_days_themselves_stay_where_the_law_has_them():
    days = {str(holiday.name): holiday.day for holiday in federal_holidays(2026)}
    assert len(days) == 11
    assert days["Independence Day"] == date(2026, 7, 4)
    assert days["Memorial Day"] == date(2026, 5, 25)


def test_none_is_ever_observed_on_a_weekend():
    for year in range(2021, 2061):
        assert all(holiday.observed.weekday() < 5 for holiday in federal_holidays(year))
