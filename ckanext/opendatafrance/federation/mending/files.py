"""The files of a dataset, and the services that give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.federation.finding import Findings
from ckanext.opendatafrance.federation.mending import schemas, texts
from ckanext.opendatafrance.harvest.mapping import Notes, files
from ckanext.opendatafrance.reference import formats, languages, licences

SPDX = "http://spdx.org/rdf/terms#"
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEX = re.compile(r"[0-9a-fA-F]+")
_URI_LISTS = ("documentation", "applicable_legislation")


def files_of(made: dict[str, Any], public: bool, found: Findings) -> list[dict[str, Any]]:
    """Those files that have an address, each with values that can be written."""
    kept: list[dict[str, Any]] = []
    seen: set[str] = set()
    for said in made.get("resources") or []:
        name = texts.plain(str(said.get("name") or said.get("url") or ""))
        addresses = _addresses(said, name, public, found)
        if not addresses:
            continue
        one = _file({**said, **addresses}, name, found)
        if made.get("hvd_category"):
            one["applicable_legislation"] = list(
                dict.fromkeys([*one["applicable_legislation"], *made["applicable_legislation"]])
            )
        main = one.get("download_url") or one["access_url"]
        if main in seen:
            found.add(
                "file-twice", "misread", "resources.url",
                N_("Two files have the same address: data.gouv.fr makes one of them."),
                N_("Remove one, or correct its address."), resource=name,
            )  # fmt: skip
        seen.add(main)
        kept.append(one)
    if not kept:
        found.add(
            "files-missing", "lost", "resources",
            N_("There is no file that can be opened: the dataset is shown without data."),
            N_("Add a file or a link."),
        )  # fmt: skip
    return kept


def _addresses(said: Mapping[str, Any], name: str, public: bool, found: Findings) -> dict[str, str]:
    """Addresses of the file and of its page; none where it has no address that may be written."""
    made: dict[str, str] = {}
    for field in ("download_url", "access_url", "url"):
        text = str(said.get(field) or "").strip()
        if not text:
            continue
        address = texts.address(text)
        if address and not (public and not texts.is_public(address)):
            made[field] = address
            continue
        message = (
            N_("Nobody outside can open “{url}”; it is left out.")
            if address
            else N_("“{url}” is no web address; it is left out, because data.gouv.fr would refuse the whole dataset.")
        )
        found.add(
            "file-address", "lost", f"resources.{field}", message,
            N_("Correct the address of the file, or upload the file here."), resource=name, url=text,
        )  # fmt: skip
    if "download_url" not in made and "url" in made:
        made["download_url"] = made["url"] if not made.get("access_url") else made.get("download_url", "")
    first = made.get("access_url") or made.get("url") or made.get("download_url")
    return {"download_url": made.get("download_url", ""), "access_url": first} if first else {}


def _file(said: dict[str, Any], name: str, found: Findings) -> dict[str, Any]:
    made = {**said, "name": name, "size": _size(said.get("size"), name, found), **_format(said)}
    made.pop("url", None)
    made.pop("uri", None)
    for field in _URI_LISTS:
        made[field] = texts.uris(said.get(field))
    made["language"] = [one.uri for text in texts.listed(said.get("language")) if (one := languages.find(str(text)))]
    for field in ("issued", "modified"):
        made[field] = texts.moment(said.get(field))
    for field in ("availability", "status"):
        made[field] = texts.uri(said.get(field))
    for field in ("compress_format", "package_format"):
        made[field] = _media_type(str(said.get(field) or ""))
    made["conforms_to"] = schemas.addresses(said.get("conforms_to"), found, name)
    made.update(_checksum(said, name, found))
    licence = licences.find(str(said.get("license") or ""))
    made["license"] = licence.id if licence else str(said.get("license") or "")
    made["access_services"] = [one for one in map(_service, texts.listed(said.get("access_services"))) if one]
    return made


def _size(said: Any, name: str, found: Findings) -> int | None:
    size = files.size(said, Notes())
    if said not in (None, "") and size is None:
        found.add(
            "size", "lost", "resources.size",
            N_("The size “{size}” is no number of bytes and is left out."), N_("Correct the size or leave it empty."),
            resource=name, size=str(said),
        )  # fmt: skip
    return size


def _checksum(said: Mapping[str, Any], name: str, found: Findings) -> dict[str, str]:
    value = str(said.get("hash") or "").strip().rpartition(":")[2]
    if not value:
        return {"hash": "", "hash_algorithm": ""}
    algorithm = _ALGORITHMS.get(len(value)) if _HEX.fullmatch(value) else None
    if algorithm is None:
        found.add(
            "checksum", "lost", "resources.hash",
            N_("The checksum “{hash}” is of no known kind and is left out."),
            N_("Give an MD5, SHA-1 or SHA-256 checksum in hexadecimal, or none."), resource=name, hash=value,
        )  # fmt: skip
        return {"hash": "", "hash_algorithm": ""}
    return {"hash": value.lower(), "hash_algorithm": f"{SPDX}checksumAlgorithm_{algorithm}"}


def _format(said: Mapping[str, Any]) -> dict[str, str]:
    """`format`: EU URI, else the word; `mimetype`: IANA URI or nothing."""
    word, mimetype = (str(said.get(field) or "") for field in ("format", "mimetype"))
    known = formats.find(word) if word else formats.find(mimetype) if mimetype else None
    media = _media_type(mimetype or (known.mimetype if known else ""))
    return {"format": (known.eu if known else "") or (known.label if known else word), "mimetype": media}


def _media_type(said: str) -> str:
    bare = re.sub(r"^https?://www\.iana\.org/assignments/media-types/", "", said.strip()).split(";")[0].strip()
    return formats.IANA_BASE + bare.lower() if re.fullmatch(r"[\w.+-]+/[\w.+-]+", bare) else ""


def _service(said: Any) -> dict[str, Any] | None:
    """A service that can be called; other readers want its title."""
    if not isinstance(said, Mapping):
        return None
    endpoints = [one for url in texts.listed(said.get("endpoint_url")) if (one := texts.address(url))]
    if not endpoints:
        return None
    made: dict[str, Any] = {**said, "endpoint_url": endpoints}
    made["uri"] = texts.uri(said.get("uri"))
    made["title"] = texts.plain(str(said.get("title") or "")) or endpoints[0]
    made["endpoint_description"] = texts.address(said.get("endpoint_description"))
    made["modified"] = texts.moment(said.get("modified"))
    for field in ("conforms_to", "landing_page", "applicable_legislation", "theme"):
        made[field] = texts.uris(said.get(field))
    return made
