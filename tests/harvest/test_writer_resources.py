"""Which stored resource an incoming one is taken for."""

from __future__ import annotations

from ckanext.opendatafrance.harvest.writer.resources import match


def resource(**fields: str) -> dict[str, str]:
    return fields


def test_nothing_stored_means_all_new():
    assert match([resource(url="a"), resource(url="a")], []) == [None, None]


def test_the_order_may_change():
    stored = [resource(id="1", url="a"), resource(id="2", url="b")]
    assert match([resource(url="b"), resource(url="c"), resource(url="a")], stored) == ["2", None, "1"]


def test_a_uri_is_stronger_than_a_url():
    stored = [resource(id="1", uri="x", url="a"), resource(id="2", uri="y", url="b")]
    assert match([resource(uri="y", url="a"), resource(uri="x", url="b")], stored) == ["2", "1"]


def test_a_moved_file_is_known_by_name_and_format():
    """Formats are compared without case, because CKAN tidies the stored one."""
    stored = [
        resource(id="1", url="a", name="B", format="CSV"),
        resource(id="2", url="b", name="B", format="PDF"),
    ]
    incoming = [resource(url="d", name="B", format="pdf"), resource(url="c", name="B", format="csv")]
    assert match(incoming, stored) == ["2", "1"]


def test_doubles_keep_their_order_and_are_used_once():
    """Layers of one service share its URL: each keeps its own id, even when one of them leaves."""
    stored = [resource(id=str(n), url="wms", name=f"Couche {n}") for n in range(3)] + [resource(id="9", url="z")]
    incoming = [resource(url="wms", name="Couche 2"), resource(url="wms", name="Couche 1"), resource(url="wms")]
    assert match(incoming, stored) == ["2", "1", "0"]
    assert match([resource(url="z")] * 2, stored) == ["9", None]


def test_empty_values_say_nothing():
    assert match([resource(url="", name="", format="")], [resource(id="1", url="", name="", format="")]) == [None]
