"""A portal on its first day says what will be there, and to an administrator what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ckan.tests import factories


@pytest.fixture
def app_of_an_empty_portal(fill_once: Callable[[Callable[[], None]], None], app: Any) -> Any:
    fill_once(lambda: None)
    return app


def test_a_visitor_reads_that_data_will_come(app_of_an_empty_portal: Any) -> None:
    page = app_of_an_empty_portal.get("/en/")
    assert "No data here yet" in page.body
    assert "add a member site" not in page.body


def test_an_administrator_finds_where_to_begin(app_of_an_empty_portal: Any) -> None:
    token = factories.SysadminWithToken()["token"]
    page = app_of_an_empty_portal.get("/en/", headers={"Authorization": token})
    assert "add a member site" in page.body
    assert "/harvest/add" in page.body


def test_the_list_of_organisations_names_the_command(app_of_an_empty_portal: Any) -> None:
    assert "ckan odf territory seed" in app_of_an_empty_portal.get("/en/territoires").body
