"""The guarded client against real servers that behave badly."""

from __future__ import annotations

import gzip
import itertools
import os
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from member_site import Answer, MemberSite, Request, redirect

from ckanext.opendatafrance.errors import FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest import wire
from ckanext.opendatafrance.harvest.transport import Limits, Page, SeenPages, Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]


def fault(call: Callable[[], Any]) -> str:
    """Code of the error that a call ends with, after a look at its sentence."""
    with pytest.raises(FatalSourceError) as caught:
        call()
    assert str(caught.value)
    return caught.value.code


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a name resolve to given addresses, one list for each look-up in turn (the last one stays)."""
    real = socket.getaddrinfo

    def know(name: str, *answers: list[str]) -> None:
        turns = itertools.chain(answers, itertools.repeat(answers[-1]))

        def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            if host != name:
                return real(host, port, *args, **kwargs)
            return [
                (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
                for ip in next(turns)
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return know


# -- what it reads ------------------------------------------------------------------------------------------------


def test_a_page_comes_with_what_the_site_says_of_it(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/c": Answer("é".encode("latin-1"), media_type='Text/CSV; Charset="ISO-8859-1"')})
    page = fetch(site).get(f"{site.url}/c", accept="text/csv")
    assert (page.media_type, page.charset, page.text, page.url) == ("text/csv", "iso-8859-1", "é", f"{site.url}/c")
    sent = site.requests[0].headers
    assert (sent["accept"], sent["user-agent"], sent["host"]) == ("text/csv", "ckanext-opendatafrance", site.host)


def test_the_portal_names_itself(member_site: Sites) -> None:
    site = member_site({"/": "x"})
    Transport([site.host], user_agent="Portail 17 (https://data.exemple.fr)").get(site.url)
    assert site.requests[0].headers["user-agent"] == "Portail 17 (https://data.exemple.fr)"


def test_a_name_or_mark_that_no_header_can_hold_is_no_fault(member_site: Sites) -> None:
    """A portal's name with a dash, an ETag folded over two lines."""
    site = member_site({"/": "x"})
    client = Transport([site.host], user_agent="Données – 17\nX-Evil: 1")
    assert client.get(site.url, etag='"a\r\n b"').body == b"x"
    assert site.requests[0].headers["user-agent"] == "Données ? 17 X-Evil: 1"
    assert site.requests[0].headers["if-none-match"] == '"a b"'
    assert "x-evil" not in site.requests[0].headers


def test_redirects_are_written_in_utf8_or_latin1(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/utf8": redirect("/é".encode().decode("latin-1")), "/latin": redirect("/é"), "/é": "ici"})
    assert fetch(site).get(f"{site.url}/utf8").body == fetch(site).get(f"{site.url}/latin").body == b"ici"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"donn") + gzip.compress(b"ees")),
        ("x-gzip", gzip.compress(b"donnees")),
        ("deflate", zlib.compress(b"donnees")),
        ("deflate", zlib.compress(b"donnees", wbits=-15)),
        ("identity", b"donnees"),
    ],
)
def test_compressed_answers_are_read(member_site: Sites, fetch: Fetch, encoding: str, body: bytes) -> None:
    site = member_site({"/": Answer(body, headers={"Content-Encoding": encoding})})
    assert fetch(site).get(site.url).body == b"donnees"


def test_a_large_body_is_downloaded_to_a_file(member_site: Sites, fetch: Fetch) -> None:
    """The body is handed over at its beginning and is gone after the block."""
    site = member_site({"/big": Answer(b"0123456789" * 600_000, media_type="text/turtle", gzip=True)})
    with fetch(site, body_bytes=10).download(f"{site.url}/big") as download:
        assert (download.size, download.media_type, download.file.read(4)) == (6_000_000, "text/turtle", b"0123")
    assert download.file.closed


def test_nothing_is_read_again_that_did_not_change(member_site: Sites, fetch: Fetch) -> None:
    def conditional(request: Request) -> Answer:
        known = request.headers.get("if-none-match") == '"v1"'
        return Answer(status=304) if known else Answer("a", headers={"ETag": '"v1"', "Last-Modified": "lundi"})

    site = member_site(conditional)
    first = fetch(site).get(site.url)
    again = fetch(site).get(site.url, etag=first.etag, last_modified=first.last_modified)
    assert (first.not_modified, again.not_modified, again.body) == (False, True, b"")
    assert site.requests[1].headers["if-modified-since"] == "lundi"


# -- where it does not go -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "0x7f.1", "127.1", "0177.0.0.01", "0",
     "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[0:0:0:0:0:ffff:127.0.0.1]",
     "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.0.0.1."],
)  # fmt: skip
def test_loopback_is_refused_in_every_notation(member_site: Sites, fetch: Fetch, host: str) -> None:
    """Nothing reaches the server that listens there; a notation that the system does not know is no site either."""
    site = member_site({"/": "inner"})
    port = site.host.rpartition(":")[2]
    assert fault(lambda: fetch().get(f"http://{host}:{port}/")) in ("private-address", "unresolvable-name")
    assert site.requests == []


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.1", "192.168.0.1", "100.100.100.200", "fd00:ec2::254"])
def test_a_name_of_an_inner_address_is_refused(names: Callable[..., None], fetch: Fetch, address: str) -> None:
    names("metadata.exemple.fr", [address])
    assert fault(lambda: fetch().get("http://metadata.exemple.fr/latest/meta-data/")) == "private-address"


def test_one_inner_address_among_public_ones_is_enough(names: Callable[..., None], fetch: Fetch) -> None:
    names("mixte.exemple.fr", ["93.184.216.34", "127.0.0.1"])
    assert fault(lambda: fetch().get("http://mixte.exemple.fr/")) == "private-address"


def test_a_name_that_changes_is_not_asked_twice(
    member_site: Sites, fetch: Fetch, names: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the socket is opened to the address that was judged, not to what the name means by then."""
    site = member_site({"/": "inner"})
    port = site.host.rpartition(":")[2]
    names("rebond.exemple.fr", ["93.184.216.34"], ["127.0.0.1"])
    opened = []

    def create_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        opened.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(wire.socket, "create_connection", create_connection)
    assert fault(lambda: fetch(tries=1).get(f"http://rebond.exemple.fr:{port}/")) == "refused"
    assert opened == ["93.184.216.34"]
    assert fault(lambda: fetch(tries=1).get(f"http://rebond.exemple.fr:{port}/")) == "private-address"
    assert opened == ["93.184.216.34"]
    assert site.requests == []


def test_the_site_is_asked_by_its_name_at_the_judged_address(member_site: Sites, names: Callable[..., None]) -> None:
    site = member_site({"/": "inner"})
    port = site.host.rpartition(":")[2]
    names("ckan.interne", ["127.0.0.1"])
    assert Transport([f"ckan.interne:{port}"]).get(f"http://ckan.interne:{port}/").body == b"inner"
    assert site.requests[0].headers["host"] == f"ckan.interne:{port}"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "private-address"),
        ("http://localhost:{port}/", "private-address"),
        ("http://[::1]:{port}/", "private-address"),
        ("//2130706433:{port}/", "private-address"),
        ("file:///etc/passwd", "not-http"),
        ("gopher://127.0.0.1:70/_x", "not-http"),
        ("http://u:p@a.fr/", "url-with-password"),
    ],
)
def test_a_redirect_goes_through_the_same_gate(member_site: Sites, fetch: Fetch, to: str, code: str) -> None:
    site = member_site()
    site.routes["/"] = redirect(to.format(port=site.host.rpartition(":")[2]))
    assert fault(lambda: fetch(site).get(site.url)) == code
    assert len(site.requests) == 1


def test_redirects_are_followed_and_counted(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/a": redirect("b c?é=1", 301), "/b c": "fin", "/tour": redirect("/tour")})
    client = fetch(site)
    page = client.get(f"{site.url}/a")
    assert (page.body, page.url, client.requests) == (b"fin", f"{site.url}/b%20c?%C3%A9=1", 2)
    assert fault(lambda: client.get(f"{site.url}/tour")) == "too-many-redirects"
    assert site.count("/tour") == 6


def test_a_redirect_to_nowhere_is_named(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": Answer(status=302)})
    assert fault(lambda: fetch(site).get(site.url)) == "bad-redirect"


def test_a_key_is_not_handed_to_another_site(member_site: Sites, fetch: Fetch) -> None:
    """Authorization stays within the origin; other headers go along."""
    other = member_site({"/": "x"})
    site = member_site({"/": redirect("/ici"), "/ici": redirect(f"{other.url}/")})
    fetch(site, other).get(site.url, headers={"Authorization": "secret", "X-Kind": "y"})
    assert [request.headers.get("authorization") for request in site.requests] == ["secret", "secret"]
    assert "authorization" not in other.requests[0].headers
    assert other.requests[0].headers["x-kind"] == "y"


def test_unknown_names_and_closed_ports(names: Callable[..., None]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    client = Transport(["127.0.0.1"], limits=Limits(tries=1))
    assert fault(lambda: client.get(f"http://127.0.0.1:{port}/")) == "refused"
    assert fault(lambda: client.get("http://personne.invalid/")) == "unresolvable-name"
    assert fault(lambda: client.get(f"http://{'a' * 70}.fr/")) in ("unresolvable-name", "bad-url")


# -- what it does not swallow -------------------------------------------------------------------------------------


def endless(piece: bytes = b"x" * 65536) -> Iterator[bytes]:
    while True:
        yield piece


def test_an_endless_body_is_cut(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": Answer(endless())})
    client = fetch(site, body_bytes=1_000_000, download_bytes=2_000_000)
    assert fault(lambda: client.get(site.url)) == "too-large"
    assert fault(lambda: client.download(site.url).__enter__()) == "too-large"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_cut_after_decompression(member_site: Sites, fetch: Fetch, encoding: str) -> None:
    """300 MB of zeros in 300 kB: stopped at the cap, without ever holding much more."""
    machine = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    bomb = b"".join(machine.compress(b"\0" * 1_000_000) for _ in range(300)) + machine.flush()
    site = member_site({"/": Answer(bomb, headers={"Content-Encoding": encoding})})
    assert fault(lambda: fetch(site, body_bytes=1_000_000).get(site.url)) == "too-large"


def test_an_endless_row_of_empty_gzip_members_is_cut(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": Answer(endless(gzip.compress(b"") * 1000), headers={"Content-Encoding": "gzip"})})
    assert fault(lambda: fetch(site, body_bytes=1_000_000).get(site.url)) == "too-large"


@pytest.mark.parametrize(
    ("encoding", "body", "code"),
    [
        ("gzip", b"pas du gzip", "bad-encoding"),
        ("br", b"x", "bad-encoding"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x")), "bad-encoding"),
        ("gzip", gzip.compress(os.urandom(1000))[:-200], "truncated"),
    ],
)
def test_what_cannot_be_decompressed_is_named(
    member_site: Sites, fetch: Fetch, encoding: str, body: bytes, code: str
) -> None:
    site = member_site({"/": Answer(body, headers={"Content-Encoding": encoding})})
    assert fault(lambda: fetch(site, tries=1).get(site.url)) == code


def test_a_body_that_stops_early_is_tried_again(member_site: Sites, fetch: Fetch) -> None:
    """A cut body is never taken for a whole one."""
    whole = Answer(b"123456789")
    cut = Answer(b"1234", headers={"Content-Length": "9"})
    answers = iter([cut, whole])
    site = member_site(lambda _: next(answers))
    assert fetch(site).get(site.url).body == b"123456789"
    site = member_site({"/": cut})
    assert fault(lambda: fetch(site).get(site.url)) == "truncated"
    assert len(site.requests) == 3


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        b"",
    ],
)
def test_a_connection_that_breaks_is_named(member_site: Sites, fetch: Fetch, raw: bytes) -> None:
    site = member_site({"/": Answer(raw=raw)})
    assert fault(lambda: fetch(site, tries=1).get(site.url)) == "connection-lost"


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
    ],
)
def test_what_is_no_web_server_is_named(member_site: Sites, fetch: Fetch, raw: bytes) -> None:
    """Another protocol, a flood of headers, a header without end."""
    site = member_site({"/": Answer(raw=raw)})
    assert fault(lambda: fetch(site, tries=1).get(site.url)) == "not-http-answer"


# -- how long it waits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Answer("x", delay=3),
        lambda: Answer(endless(b"x"), pause=0.05),
        lambda: Answer(raw=endless(b"H"), pause=0.05),
        lambda: Answer(raw=itertools.chain([b"HTTP/1.1 200 OK\r\n"], (b"X: y\r\n" for _ in range(99))), pause=0.05),
        lambda: Answer(raw=endless(b"HTTP/1.1 100 Continue\r\n\r\n"), pause=0.02),
        lambda: Answer(endless(gzip.compress(b"")), pause=0.02, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["silent", "drip", "drip-status", "drip-headers", "continue", "drip-gzip"],
)
def test_a_slow_site_is_left_in_time(member_site: Sites, fetch: Fetch, answer: Callable[[], Answer]) -> None:
    """The time of a request is bounded as a whole, although each byte comes within the socket's own timeout."""
    site = member_site({"/": answer()})
    start = time.monotonic()
    assert fault(lambda: fetch(site, total_seconds=0.5).get(site.url)) == "timeout"
    assert time.monotonic() - start < 1.5


def test_a_handshake_that_never_ends_is_left_in_time(fetch: Fetch) -> None:
    """A TLS server that says nothing cannot hold the worker."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        client = Transport([host], limits=Limits(total_seconds=0.5, read_seconds=30, connect_seconds=30, tries=1))
        start = time.monotonic()
        assert fault(lambda: client.get(f"https://{host}/")) in ("timeout", "tls")
        assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_tried_again(member_site: Sites, fetch: Fetch, status: int) -> None:
    answers = iter([Answer(status=status), Answer("enfin")])
    site = member_site(lambda _: next(answers))
    assert fetch(site).get(site.url).text == "enfin"


def test_tries_are_bounded(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": Answer(status=503)})
    with pytest.raises(RetriableError) as caught:
        fetch(site).get(site.url)
    assert caught.value.code == "server-error"
    assert len(site.requests) == 3


def test_the_site_says_how_long_to_wait(member_site: Sites, fetch: Fetch) -> None:
    answers = iter([Answer(status=429, headers={"Retry-After": "1"}), Answer("enfin")])
    site = member_site(lambda _: next(answers))
    start = time.monotonic()
    assert fetch(site).get(site.url).text == "enfin"
    assert time.monotonic() - start >= 1


@pytest.mark.parametrize("wait", ["86400", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_wait_that_is_too_long_is_not_waited_for(member_site: Sites, fetch: Fetch, wait: str) -> None:
    site = member_site({"/": Answer(status=503, headers={"Retry-After": wait})})
    assert fault(lambda: fetch(site).get(site.url)) == "server-error"
    assert len(site.requests) == 1


def test_a_retry_after_that_says_nothing_is_ignored(member_site: Sites, fetch: Fetch) -> None:
    answers = iter([Answer(status=503, headers={"Retry-After": "bientôt".encode().decode("latin-1")}), Answer("ok")])
    site = member_site(lambda _: next(answers))
    assert fetch(site).get(site.url).text == "ok"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "forbidden"), (403, "forbidden"), (404, "not-found"), (410, "not-found"), (418, "http-status")],
)
def test_a_refusal_is_not_tried_again(member_site: Sites, fetch: Fetch, status: int, code: str) -> None:
    site = member_site({"/": Answer("<html>", status=status)})
    assert fault(lambda: fetch(site).get(site.url)) == code
    assert len(site.requests) == 1


def test_requests_to_one_host_are_spaced_out(member_site: Sites, fetch: Fetch) -> None:
    """Over several clients and threads of the process."""
    site = member_site({"/": "x"})
    start = time.monotonic()
    threads = [threading.Thread(target=lambda: fetch(site, host_interval=0.1).get(site.url)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - start >= 0.3


def test_a_budget_ends_a_detection(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": redirect("/b"), "/b": "x", "/lent": Answer("x", delay=2)})
    client = fetch(site).limited(requests=3, seconds=60)
    client.get(site.url)
    client.get(f"{site.url}/b")
    assert fault(lambda: client.get(f"{site.url}/b")) == "budget-spent"
    assert len(site.requests) == 3
    hurried = fetch(site).limited(requests=8, seconds=0.3)
    assert fault(lambda: hurried.get(f"{site.url}/lent")) == "timeout"
    assert fault(lambda: hurried.get(f"{site.url}/b")) == "budget-spent"


# -- TLS ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """Key and certificate of ckan.interne, which this process trusts."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ckan.interne"]
    command += ["-addext", "subjectAltName=DNS:ckan.interne", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    wire._tls_context.cache_clear()
    yield key, cert
    wire._tls_context.cache_clear()


def test_the_certificate_is_that_of_the_name(
    certificate: tuple[Path, Path], names: Callable[..., None], member_site: Sites
) -> None:
    """The judged address is asked under the site's name (SNI), and its certificate must be for that name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    site = member_site({"/": "sûr"})
    site.secure(context)
    port = site.host.rpartition(":")[2]
    names("ckan.interne", ["127.0.0.1"])
    assert Transport(["ckan.interne"]).get(f"https://ckan.interne:{port}/").text == "sûr"
    names("autre.interne", ["127.0.0.1"])
    assert fault(lambda: Transport(["autre.interne"]).get(f"https://autre.interne:{port}/")) == "tls"


def test_an_unknown_certificate_is_refused(member_site: Sites, certificate: tuple[Path, Path], fetch: Fetch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    site = member_site({"/": "x"})
    site.secure(context)
    assert fault(lambda: fetch(site).get(site.url.replace("http:", "https:"))) == "tls"


def test_plain_http_on_a_secure_address_is_named(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": "x"})
    assert fault(lambda: fetch(site, tries=1).get(site.url.replace("http:", "https:"))) in ("tls", "connection-lost")


# -- pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty-answer"),
        (b"  \n", "empty-answer"),
        (b"<!DOCTYPE html><html><title>Erreur</title>", "html-instead-of-data"),
        (b"<!-- x --><html>", "html-instead-of-data"),
        (b'{"a": [1, 2', "bad-json"),
        (b'{"a": "' + "é".encode("cp1252") + b'"}', "wrong-charset"),
        (b"[" * 200_000, "bad-json"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "bad-json"),
    ],
)
def test_what_is_not_json_is_named(body: bytes, code: str) -> None:
    assert fault(lambda: Page(url="http://a.fr/x", body=body).json()) == code


def test_a_web_page_instead_of_data_is_told_by_its_title() -> None:
    page = Page(url="http://a.fr/x", body=b"<html><head><title>Site en\n maintenance</title>")
    assert "Site en maintenance" in str(page.html_instead_of_data())


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_read_in_its_charsets(charset: str) -> None:
    """Whatever the header says; a declared charset only helps where the body is not Unicode."""
    assert Page(url="u", charset="iso-8859-1", body='{"a": "é"}'.encode(charset)).json() == {"a": "é"}
    assert Page(url="u", charset="iso-8859-1", body='{"a": "é"}'.encode("latin-1")).json() == {"a": "é"}


def test_what_no_database_stores_is_dropped_from_json() -> None:
    assert Page(url="u", body=rb'{"a\u0000": ["\ud800x", NaN, "\ud83d\ude00"]}').json() == {"a": ["x", None, "😀"]}


def test_text_needs_its_charset() -> None:
    assert Page(url="u", body='<?xml version="1.0" encoding="ISO-8859-1"?><é/>'.encode("latin-1")).text.endswith("<é/>")
    assert fault(lambda: Page(url="u", body=b"\xe9").text) == "wrong-charset"
    assert fault(lambda: Page(url="u", charset="klingon", body=b"x").text) == "wrong-charset"
    assert fault(lambda: Page(url="u", body=b"PK\x03\x04\0\0").text) == "not-text"


def test_a_circle_of_pages_is_seen_from_afar() -> None:
    """By the address before it is asked for, by the content whatever the address."""
    seen = SeenPages()
    seen.enter("http://a.fr/?page=1")
    seen.enter("http://a.fr/?page=2")
    assert fault(lambda: seen.enter("http://a.fr/?page=1")) == "page-loop"
    seen.read(Page(url="http://a.fr/?page=1", body=b"un"))
    seen.read(Page(url="http://a.fr/?page=2", body=b"deux"))
    assert fault(lambda: seen.read(Page(url="http://a.fr/?page=3", body=b"un"))) == "page-loop"
