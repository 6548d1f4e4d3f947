"""Which addresses may be opened: http(s) only, public machines only, unless an administrator named the host.

Pure: it judges URLs and IP addresses. Resolving names, and connecting to the very address that was judged, is the
transport's work. Address blocks: the IANA special-purpose registries for IPv4 and IPv6.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from ckanext.opendatafrance.errors import N_, FatalSourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_LENGTH = 8_000
PORTS = {"http": 80, "https": 443}
# A name in ASCII or an IPv6 literal; no zone (%eth0), no escape, no space.
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")

# Blocks that Python's `is_global` lets through, or whose verdict changed between its versions.
_NEVER_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata address of one cloud
        "168.63.129.16/32",  # a cloud's platform address: public range, reachable from inside only
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NEVER_V6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "3fff::/20",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_ISATAP = 0x5EFE


@dataclass(frozen=True, slots=True)
class Target:
    """An http(s) address taken apart: `host` without brackets and in ASCII, `path` as it goes on the request line."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Host and port as the Host header and an allow-list write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What credentials are bound to."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def url(self) -> str:
        return self.origin + self.path


def check_url(url: str) -> Target:
    """Take an address apart, with spaces and accents in its path percent-encoded.

    Raises:
        FatalSourceError: not http(s) (`not-http`), not an address (`bad-url`), or one that carries a password
            (`url-with-password`).
    """
    text = url.strip()
    scheme = text.partition(":")[0].lower()
    if scheme not in PORTS or not text[len(scheme) :].startswith("://"):
        raise FatalSourceError(
            N_("“{url}” is not a web address: only addresses that start with http:// or https:// can be read."),
            code="not-http",
            url=text[:200],
        )
    try:
        parts = parse_url(text) if len(text) <= MAX_URL_LENGTH else None
    except LocationParseError:
        parts = None
    host = (parts.host or "").lower().rstrip(".") if parts else ""
    if parts is None or parts.port == 0 or not _HOST.fullmatch(host):
        raise FatalSourceError(
            N_("“{url}” is not a complete web address: check its host name and its port."),
            code="bad-url",
            url=text[:200],
        )
    if parts.auth is not None:
        raise FatalSourceError(
            N_(
                "The address of {host} carries a user name or a password, which would show in reports. "
                "Remove it from the address."
            ),
            code="url-with-password",
            host=host,
        )
    port = PORTS[scheme] if parts.port is None else parts.port
    return Target(scheme, host.strip("[]"), port, parts.request_uri)


def is_public(address: Address | str) -> bool:
    """Whether an IP address is one of the public internet, looking through every way of wrapping IPv4 in IPv6."""
    if isinstance(address, str):
        address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        return _is_public_v6(address)
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in block for block in _NEVER_V4)
    )


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address in _SIX_TO_FOUR:
        return is_public(ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)) and _is_public_isatap(address)
    return (
        address in _GLOBAL_V6
        and address.is_global
        and not any(address in block for block in _NEVER_V6)
        and _is_public_isatap(address)
    )


def _is_public_isatap(address: ipaddress.IPv6Address) -> bool:
    """False where the interface part (RFC 5214: [02]00:5efe:a.b.c.d) tunnels to an inner IPv4 address."""
    if (int(address) >> 32) & 0xFFFF != _ISATAP:
        return True
    return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))


class AllowList:
    """Hosts that an administrator lets through although they are private: `HOST` for all its ports, or `HOST:PORT`."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts = {_host_and_port(entry) for entry in hosts if entry.strip()}

    def __contains__(self, target: object) -> bool:
        return isinstance(target, Target) and not self._hosts.isdisjoint(
            {(target.host, None), (target.host, target.port)}
        )


def _host_and_port(entry: str) -> tuple[str, int | None]:
    text = entry.strip().lower().partition("://")[2] or entry.strip().lower()
    text = text.partition("/")[0]
    if text.count(":") > 1 and not text.startswith("["):  # a bare IPv6 address
        return text, None
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        return (host or port).strip("[]").rstrip("."), None
    if not port.isdecimal():
        raise FatalSourceError(
            N_("“{entry}” in the list of allowed hosts is not HOST or HOST:PORT."), code="bad-allowed-host", entry=entry
        )
    return host.strip("[]").rstrip("."), int(port)


def check_addresses(target: Target, addresses: Iterable[str], allowed: AllowList) -> None:
    """Refuse a host of which any address is not public, unless it is allowed.

    Raises:
        FatalSourceError: `private-address`.
    """
    if target in allowed:
        return
    for address in addresses:
        if not is_public(address):
            raise FatalSourceError(
                N_(
                    "{url} leads to {address}, which is not on the public internet: nothing was asked of it. "
                    "If this site must be read, an administrator can add {netloc} to the allowed hosts."
                ),
                code="private-address",
                url=target.url,
                address=address,
                netloc=target.netloc,
            )
