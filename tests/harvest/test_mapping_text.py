"""Descriptions, titles, key words and addresses: mended, never dangerous, and nothing lost without a word."""

from __future__ import annotations

import re

import pytest

from ckanext.opendatafrance.harvest.mapping import Notes, tags, to_line, to_markdown, urls


@pytest.fixture
def notes() -> Notes:
    return Notes("jeu-1")


def codes(notes: Notes) -> list[str]:
    return [issue.code for issue in notes.issues]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Bonjour <b>le monde </b>!</p><p>Fin</p>", "Bonjour **le monde** !\n\nFin"),
        ("<ul><li>un</li><li>deux<ul><li>trois</li></ul></li></ul>", "* un\n* deux\n    * trois"),
        ("<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"),
        ("<h2>Champs</h2>nom", "## Champs\n\nnom"),
        ('<a href="http://x.fr/a b">lien</a>', "[lien](http://x.fr/a%20b)"),
        ('<a href="http://x.fr">http://x.fr</a>', "http://x.fr"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A | B\n1 | 2"),
        ("&lt;p&gt;Texte &amp;eacute;&lt;/p&gt;", "Texte é"),
        ("Ligne 1<br>ligne 2\nligne 3", "Ligne 1\nligne 2\nligne 3"),
        ('<span style=""line-height: 1.45em"">de travers</span>', "de travers"),
        ("L&#39;eau &amp; le gaz", "L'eau & le gaz"),
        ("Du *Markdown* reste\n\n* a\n* b", "Du *Markdown* reste\n\n* a\n* b"),
        ("a < b et 3 > 2", "a < b et 3 > 2"),
        ("valeur <seuil", "valeur &lt;seuil"),
        ("nul\x00 et\x0b contrôle", "nul et contrôle"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    "attack",
    [
        "<p>ok</p><script>alert(1)</script>",
        "<p>ok</p><ScRiPt src=//evil.example/x.js></sCrIpT>",
        "<p>ok</p><img src=x onerror=alert(1)>",
        "<p>ok</p><svg/onload=alert(1)>",
        '<p>ok <a href="javascript:alert(1)">x</a></p>',
        '<p>ok <a href="java\nscript:alert(1)">x</a></p>',
        '<p>ok <a href="&#106;avascript:alert(1)">x</a></p>',
        '<p>ok <a href="data:text/html;base64,PHNjcmlwdD4=">x</a></p>',
        '<p>ok</p><iframe src="https://evil.example"></iframe>',
        "<p>ok</p><style>body{background:url(javascript:alert(1))}</style>",
        "&lt;p&gt;ok&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
        "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; ok",
        "ok [x](javascript:alert(1))",
        "ok ![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "ok <object data=evil.swf></object>",
        "<foo onclick='alert(1)'>ok</foo>",
        "<" * 300 + "script>alert(1)</script> ok",
        "<b>" * 2000 + "ok",
    ],
)
def test_nothing_active_survives(attack: str) -> None:
    """Neither tags nor handlers nor addresses that run; the harmless text stays."""
    clean = to_markdown(attack).lower()
    assert "ok" in clean
    for danger in (
        "<script",
        "<svg",
        "<img",
        "<iframe",
        "<object",
        "javascript:",
        "data:text",
        "data:image",
        "onerror=",
        "onclick=",
    ):
        assert danger not in clean
    assert not re.search("<[a-z/!?]", clean)


def test_removed_scripts_are_told(notes: Notes) -> None:
    to_markdown("<p>ok</p><script>alert(1)</script>", notes)
    assert codes(notes) == ["active-content"]
    assert notes.issues[0].level == "warning"
    assert notes.issues[0].record == "jeu-1"


def test_titles_are_one_line_of_plain_text() -> None:
    assert to_line("<b>Budget</b>\n primitif&nbsp;2024 \x00") == "Budget primitif 2024"
    assert to_line("R&amp;D : l’essentiel") == "R&D : l’essentiel"
    assert to_line(None) == ""


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("http://x.fr/a b/é.csv?q=1&amp;b=ü", "http://x.fr/a%20b/%C3%A9.csv?q=1&b=%C3%BC"),
        ("http://x.fr/d%C3%A9j%C3%A0%20fait.csv", "http://x.fr/d%C3%A9j%C3%A0%20fait.csv"),
        ("http://x.fr/100%", "http://x.fr/100%25"),
        ("www.ville.fr/x.csv", "http://www.ville.fr/x.csv"),
        ("//ville.fr/x", "https://ville.fr/x"),
        ("http:/ville.fr/x", "http://ville.fr/x"),
        ("http://https://ville.fr", "https://ville.fr"),
        ("<https://ville.fr/x>", "https://ville.fr/x"),
        ("http://été.fr/", "http://xn--t-9fab.fr/"),
        ("ftp://ftp.ville.fr/plan.zip", "ftp://ftp.ville.fr/plan.zip"),
        ("https://Ville.FR/A", "https://Ville.FR/A"),
    ],
)
def test_an_address_is_mended(said: str, clean: str, notes: Notes) -> None:
    assert urls.clean(said, "url", notes) == clean
    assert codes(notes) == ([] if said == clean else ["url-mended"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("javascript:alert(1)", "url-scheme"),
        ("data:text/html,x", "url-scheme"),
        ("file:///etc/passwd", "url-scheme"),
        ("C:\\donnees\\x.csv", "url-scheme"),
        ("voir le service", "url-unreadable"),
        ("http://", "url-unreadable"),
        ("https://[::1", "url-unreadable"),
        ("data.csv", "url-unreadable"),
    ],
)
def test_what_is_no_web_address_is_left_out_with_a_word(said: str, code: str, notes: Notes) -> None:
    assert urls.clean(said, "url", notes) == ""
    assert codes(notes) == [code]
    assert said in str(notes.issues[0])


def test_a_relative_address_is_completed(notes: Notes) -> None:
    assert urls.clean("/data/x.csv", "url", notes, base="https://ville.fr/catalog.xml") == "https://ville.fr/data/x.csv"


def test_tags_keep_accents_and_lose_only_what_ckan_forbids(notes: Notes) -> None:
    said = ["Qualité de l'air", "jardin, parc; concessions", "École", "école", "santé/social", "R&amp;D"]
    assert [tag["name"] for tag in tags.clean(said, notes)] == [
        "Qualité de l-air",
        "jardin",
        "parc",
        "concessions",
        "École",
        "santé-social",
        "R D",
    ]
    assert not notes.issues


def test_tags_that_cannot_be_are_told(notes: Notes) -> None:
    """Too short, an address, too long."""
    names = [tag["name"] for tag in tags.clean(["a", "http://eurovoc.europa.eu/12", "mot " * 40], notes)]
    assert codes(notes) == ["tag-too-short", "tag-is-address", "tag-shortened"]
    assert len(names) == 1
    assert len(names[0]) <= 100
