"""The action that adds many member sites from a file, told line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest import bulk, config, sources
from ckanext.opendatafrance.harvest.bulk import Line
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.detection import Detection
from ckanext.opendatafrance.harvest.directory import Organization
from ckanext.opendatafrance.harvest.logic import deciding
from ckanext.opendatafrance.harvest.surveying import survey
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]
STATES = ("added", "known", "refused")


def odf_source_import(context: Any, data_dict: Dict) -> Dict:
    """Add the sites of a CSV file; those that their organisation has already are told and left as they are.

    :param content: the file, as text or bytes: columns organization (name, INSEE code or SIREN), url, and perhaps
        connector, title, frequency
    :param name: of the file, for messages (optional)
    :param dry_run: only tell what would be done (optional)
    :returns: read (number of lines), added, known, refused, and lines: [{line, url, organization, state, source,
        connector, count, message}]; of a dry run `added` is what would be added, and `source` null
    """
    tk.check_access("odf_source_import", context, data_dict)
    content = data_dict.get("content") or b""
    try:
        lines = bulk.read(content.encode() if isinstance(content, str) else content, data_dict.get("name") or "CSV")
    except OdfError as error:
        raise tk.ValidationError({"content": [say(error.message, error.params)]}) from error
    work = _Import(context, dry_run=tk.asbool(data_dict.get("dry_run")))
    told = work.run(lines)
    counts = {state: sum(line["state"] == state for line in told) for state in STATES}
    return {"read": len(told), **counts, "lines": told}


class _RefusedError(Exception):
    """A line that cannot be added, with its reason in the reader's language."""


@dataclass
class _Import:
    """One file on its way; what is on the portal already is looked up once."""

    context: Any
    dry_run: bool
    told: dict[int, Dict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = {bulk.same(one["url"]): (one["organization"], one["name"]) for one in sources.listed(None)}

    def run(self, lines: list[Line]) -> list[Dict]:
        """The report of each line, in the order of the file."""
        waiting = [(line, owner) for line in lines if (owner := self._owner(line))]
        progress = self.context.get("odf_progress", lambda done, count: None)
        found = survey((line.url for line, _owner in waiting), config.transport(), progress)
        for line, owner in waiting:
            try:
                self._add(line, owner, found[line.url])
            except _RefusedError as error:
                self._tell(line, "refused", owner, message=str(error))
        return [self.told[line.number] for line in lines]

    def _owner(self, line: Line) -> Organization | None:
        """The organisation of a line that a look at its site is worth; tells what is to be said of the others."""
        owner = None
        try:
            if line.wrong:
                raise _RefusedError(say(*line.wrong))
            owner = self._organization(line)
            if self._is_known(line, owner, line.url):
                return None
            if line.connector and line.connector not in connectors():
                names = ", ".join(sorted(connectors()))
                raise _RefusedError(say(UNKNOWN_KIND, {"name": line.connector, "names": names}))
        except _RefusedError as error:
            self._tell(line, "refused", owner, message=str(error))
            return None
        return owner

    def _organization(self, line: Line) -> Organization:
        fault: tk.ValidationError | None = None
        for code in bulk.codes(line.organization):
            try:
                owner = deciding.organization(code)
                asked: Any = {**self.context}
                tk.check_access("odf_source_create", asked, {"owner_org": owner.id})
            except tk.ValidationError as error:
                fault = fault or error
            except tk.NotAuthorized as error:
                raise _RefusedError(str(error)) from error
            else:
                return owner
        raise _RefusedError(_sentence(fault))

    def _add(self, line: Line, owner: Organization, found: Detection | OdfError) -> None:
        connector, url, count = self._way(line, found)
        if self._is_known(line, owner, url, connector=connector, count=count):
            return
        name = None if self.dry_run else self._create(line, owner, connector, url)
        for address in (url, line.url):
            self._known[bulk.same(address)] = owner.name, name or say(LINE, {"number": line.number})
        message = say(UNCONFIRMED) if isinstance(found, OdfError) or found.connector is None else ""
        self._tell(line, "added", owner, source=name, connector=connector, count=count, message=message)

    def _way(self, line: Line, found: Detection | OdfError) -> tuple[str, str, int | None]:
        """How a site is read: as the line says, at the address that was found for that, else the best way found."""
        candidates = () if isinstance(found, OdfError) else found.candidates
        fitting = [one for one in candidates if line.connector in ("", one.connector)]
        if fitting:
            return fitting[0].connector, fitting[0].url, fitting[0].count
        if candidates:
            names = ", ".join(dict.fromkeys(one.connector for one in candidates))
            raise _RefusedError(say(OTHER_KIND, {"name": line.connector, "names": names}))
        if line.connector:
            return line.connector, bulk.with_scheme(line.url), None
        params = found.params if isinstance(found, OdfError) else found.said(say)
        raise _RefusedError(say(found.message, params))

    def _create(self, line: Line, owner: Organization, connector: str, url: str) -> str:
        fields = {"title": line.title, "frequency": line.frequency.upper()}
        try:
            return tk.get_action("odf_source_create")(
                {"user": self.context["user"], "ignore_auth": self.context.get("ignore_auth", False)},
                {"url": url, "owner_org": owner.id, "connector": connector, **fields},
            )["name"]
        except tk.ValidationError as error:
            raise _RefusedError(_sentence(error)) from error

    def _is_known(self, line: Line, owner: Organization, url: str, **more: Any) -> bool:
        """Whether its organisation has this source, which is told; one address is harvested for one organisation."""
        organization, name = self._known.get(bulk.same(url), (None, ""))
        if not name:
            return False
        if organization != owner.name:
            raise _RefusedError(say(TAKEN, {"name": name, "organization": organization or "-"}))
        self._tell(line, "known", owner, source=name, message=say(KNOWN), **more)
        return True

    def _tell(self, line: Line, state: str, owner: Organization | None = None, **more: Any) -> None:
        self.told[line.number] = {
            "line": line.number,
            "url": line.url,
            "organization": owner.name if owner else line.organization,
            "state": state,
            **{name: more.get(name) for name in ("source", "connector", "count")},
            "message": more.get("message", ""),
        }


def _sentence(error: tk.ValidationError | None) -> str:
    said = error.error_dict.values() if error else ()
    return " ".join(str(one) for messages in said for one in (messages if isinstance(messages, list) else [messages]))


KNOWN = N_("It is a source already.")
TAKEN = N_("It is a source of the organisation {organization} already ({name}); remove the line, or that source.")
LINE = N_("line {number}")
UNKNOWN_KIND = N_("There is no connector “{name}”. Choose one of: {names}, or leave the cell empty.")
OTHER_KIND = N_("The site cannot be read as “{name}”; it can as: {names}. Correct the cell or leave it empty.")
UNCONFIRMED = N_("The site did not show that it can be read in this way; the first harvest will tell.")
