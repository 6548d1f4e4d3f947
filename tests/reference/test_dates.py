"""Dates as people write them."""

from __future__ import annotations

import pytest

from ckanext.opendatafrance.reference.dates import parse


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("05/2024", "2024-05"),
        ("mai 2024", "2024-05"),
        ("1er août 2024", "2024-08-01"),
        ("3/4/2024", "2024-04-03"),
        ("31.12.2024", "2024-12-31"),
        ("12/31/2024", "2024-12-31"),
        ("2024-05-01T10:30:00", "2024-05-01T10:30:00"),
        ("2024-05-01 9:30", "2024-05-01T09:30:00"),
        ("2024-05-01T10:30:00.123456+02:00", "2024-05-01T10:30:00.123456+02:00"),
        ("31/12/2024 08:00Z", "2024-12-31T08:00:00Z"),
    ],
)
def test_a_date_is_stored_as_iso_8601(written: str, stored: str) -> None:
    assert parse(written) == stored


@pytest.mark.parametrize("written", ["", "hier", "31/02/2024", "2024-13", "24"])
def test_what_is_no_date_is_refused(written: str) -> None:
    assert parse(written) == ""
