"""Which addresses are let through: the rules alone, without a network."""

from __future__ import annotations

import pytest

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.safety import AllowList, check_addresses, check_url, is_public

INNER = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.9.10", "169.254.169.254",
    "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:c0a8:101::1", "2002:a9fe:a9fe::", "2a01:e0a::5efe:10.0.0.1", "2a01:e0a::200:5efe:192.168.0.1",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "100.63.0.1", "172.32.0.1", "2a01:e0a::1", "64:ff9b::101:101", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_refused(address: str) -> None:
    """Private, loopback, link-local, shared, reserved and multicast addresses, wrapped in IPv6 or not."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.fr/x", "gopher://a.fr/_x", "dict://a.fr:11211/", "data:text/plain,x", "/etc/passwd",
     "javascript:alert(1)", "//a.fr/x", "http:/a.fr", "jar:http://a.fr!/", "a.fr", ""],
)  # fmt: skip
def test_only_the_web_is_read(url: str) -> None:
    """Other schemes and local paths are refused by name."""
    with pytest.raises(FatalSourceError) as caught:
        check_url(url)
    assert caught.value.code == "not-http"
    assert url[:50] in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://", "http:///x", "http://a b.fr/", "http://a.fr:0/", "http://a.fr:99999/", "http://[::1", "http://a\r\nb.fr/",
     "http://%31%32%37.0.0.1/", "http://[fe80::1%25eth0]/", "http://a.fr/" + "x" * 9000],
)  # fmt: skip
def test_ill_formed_addresses_are_named(url: str) -> None:
    with pytest.raises(FatalSourceError) as caught:
        check_url(url)
    assert caught.value.code == "bad-url"


def test_a_password_in_an_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(FatalSourceError) as caught:
        check_url("https://marie:secret@data.ville.fr/api")
    assert caught.value.code == "url-with-password"
    assert "secret" not in str(caught.value)


def test_spaces_and_accents_never_lose_an_address() -> None:
    """They are percent-encoded in the path, and the host goes to ASCII."""
    target = check_url("  https://Données.Mairie-Évry.fr/jeu de données/é?q=où#bas ")
    assert target.host == "xn--donnes-eva.xn--mairie-vry-h7a.fr"
    assert target.path == "/jeu%20de%20donn%C3%A9es/%C3%A9?q=o%C3%B9"


def test_a_line_break_in_an_address_adds_no_header() -> None:
    assert "\r" not in check_url("http://a.fr/x\r\nHost: b.fr").path


@pytest.mark.parametrize(
    ("entry", "url", "through"),
    [
        ("ckan.interne", "http://ckan.interne:5000/", True),
        ("ckan.interne:5000", "http://CKAN.interne:5000/", True),
        ("ckan.interne:5000", "http://ckan.interne/", False),
        ("ckan.interne:443", "https://ckan.interne/", True),
        ("ckan.interne", "http://autre.ckan.interne/", False),
        ("[::1]:8080", "http://[::1]:8080/", True),
        ("::1", "http://[::1]:1/", True),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/x", True),
        ("127.0.0.1:8080", "http://127.0.0.1:8081/", False),
        ("", "http://127.0.0.1/", False),
    ],
)
def test_an_administrator_lets_named_hosts_through(entry: str, url: str, through: bool) -> None:
    target = check_url(url)
    if through:
        check_addresses(target, ["127.0.0.1"], AllowList([entry]))
    else:
        with pytest.raises(FatalSourceError) as caught:
            check_addresses(target, ["93.184.216.34", "127.0.0.1"], AllowList([entry]))
        assert caught.value.code == "private-address"


def test_a_wrong_entry_of_the_allow_list_is_named() -> None:
    with pytest.raises(FatalSourceError) as caught:
        AllowList(["a.fr:http"])
    assert "a.fr:http" in str(caught.value)
