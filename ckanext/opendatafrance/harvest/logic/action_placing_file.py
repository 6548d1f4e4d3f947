"""Mapping tables as files, and owners of single datasets that people chose."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import inbox, moving, owners, placements, placing_file
from ckanext.opendatafrance.harvest.logic import deciding, scope
from ckanext.opendatafrance.harvest.logic.asked import site
from ckanext.opendatafrance.harvest.placements import Decision, PlacingTable
from ckanext.opendatafrance.harvest.publishers import Publisher
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]


@tk.side_effect_free
def odf_placing_export(context: Any, data_dict: Dict) -> list[Dict]:
    """The mapping table of one source, or of those of the user's organisations, with what nobody has placed.

    :param source: id or name of a source (optional)
    :returns: [{source, publisher, identifier, insee, reference, organization (name, empty where nobody decided), state
        (a reason, "open", or "line" for a line that is about no publisher met yet), datasets}]
    """
    tk.check_access("odf_placing_export", context, data_dict)
    source_id = site({"id": data_dict["source"]})[1].id if data_dict.get("source") else None
    if source_id:
        tk.check_access("odf_placing_assign", context, {"source": source_id})
    allowed = None if source_id else scope.managed(context, inbox.owners())
    _count, rows = inbox.listed(allowed, source_id=source_id, state="all", limit=None)
    met = {(row["source_id"], _facts(row).key) for row in rows}
    exported = [
        {
            "source": row["source"],
            **_columns(_facts(row)),
            "organization": row["organization"] or "",
            "state": row["reason"] or "open",
            "datasets": row["datasets"],
        }
        for row in rows
    ]
    sources = {row["source_id"] for row in rows} | ({source_id} if source_id else set())
    for one in sorted(sources):
        lines = [line for line in placements.lines(one) if (one, line.about.key) not in met]
        names = deciding.names(line.organization for line in lines)
        exported += [
            {
                "source": _package(one).name,
                **_columns(line.about),
                "organization": names.get(line.organization, ""),
                "state": "line",
                "datasets": 0,
            }
            for line in lines
        ]
    return exported


def _facts(row: Dict) -> Publisher:
    return Publisher(row["publisher"], row["number"], row["insee"], row["reference"])


def _columns(about: Publisher) -> Dict:
    return dict(zip(placing_file.FACTS, (about.name, about.number, about.insee, about.reference), strict=True))


def odf_placing_import(context: Any, data_dict: Dict) -> Dict:
    """Put the lines of a CSV file into the mapping table of a source; datasets move at once.

    :param source: id or name of the source
    :param content: the file, as text or bytes; or `upload`, as a web form sends it
    :param name: of the file, for messages (optional)
    :returns: placed (number of lines taken over), same (already so), blank (no organisation), errors: [{line,
        message}], moved, refused, left, decided
    """
    name, source = site({"id": data_dict.get("source")})
    tk.check_access("odf_placing_assign", context, {"source": source.id, "organizations": []})
    content, file = _content(data_dict)
    try:
        rows = placing_file.read(content, file)
    except OdfError as error:
        raise tk.ValidationError({"content": [say(error.message, error.params)]}) from error
    decisions: list[Decision] = []
    errors: list[Dict] = []
    same = 0
    table = moving.table(source.id)
    for row in rows:
        if not row.organization:
            continue
        try:
            decision = _line(context, table, row)
        except tk.ValidationError as error:
            errors.append({"line": row.number, "message": _sentence(error.error_dict)})
        except tk.NotAuthorized as error:
            errors.append({"line": row.number, "message": str(error)})
        else:
            same += decision is None
            decisions += [decision] if decision else []
    done = deciding.decided(context, decisions)
    return {
        **{key: done[key] for key in ("moved", "refused", "left", "decided")},
        "source": name,
        "placed": len(decisions),
        "same": same,
        "blank": sum(not row.organization for row in rows),
        "errors": errors,
    }


def _line(context: Any, table: PlacingTable, row: placing_file.Row) -> Decision | None:
    """What a line of a file decides, None where it is so already.

    Raises:
        ValidationError, NotAuthorized: what is wrong with it.
    """
    if row.wrong:
        raise tk.ValidationError({"line": [say(*row.wrong)]})
    organization = deciding.organization(row.organization).id
    if table.says(row.about, organization):
        return None
    decision = Decision(table.source_id, row.about, organization)
    deciding.check(context, decision)
    return decision


def _sentence(errors: Dict) -> str:
    return " ".join(str(one) for said in errors.values() for one in said)


def _content(data_dict: Dict) -> tuple[bytes, str]:
    upload: Any = data_dict.get("upload")
    if hasattr(upload, "read"):
        return upload.read(), getattr(upload, "filename", "") or "CSV"
    content = data_dict.get("content") or b""
    return content.encode() if isinstance(content, str) else content, str(data_dict.get("name") or "CSV")


@tk.side_effect_free
def odf_owner_show(context: Any, data_dict: Dict) -> Dict | None:
    """Who chose the owner of a harvested dataset, so that harvests leave it there; None where nobody did.

    :param id: id of the dataset
    :returns: id, name and organization (title) of the dataset, decided, decided_by (user name, or None)
    """
    tk.check_access("odf_owner_show", context, data_dict)
    package = _package(tk.get_or_bust(data_dict, "id"))
    found = owners.about(package.id)
    if found is None:
        return None
    group = model.Group.get(found["organization_id"])
    return {
        "id": package.id,
        "name": package.name,
        "organization": group.title or group.name if group else None,
        "decided": found["decided"].isoformat(),
        "decided_by": found["decided_by"],
    }


def odf_owner_release(context: Any, data_dict: Dict) -> Dict:
    """Let harvests choose the owner of a dataset again; it moves at once.

    :param id: id or name of the dataset
    :returns: id, title, organization (name of the owner)
    """
    tk.check_access("odf_owner_release", context, data_dict)
    identifier = _package(tk.get_or_bust(data_dict, "id")).id
    if owners.about(identifier) is None:
        raise tk.ValidationError({"id": [tk._("Nobody chose the owner of this dataset.")]})
    moving.release(identifier)
    package = _package(identifier)
    owner = model.Group.get(package.owner_org)
    return {"id": identifier, "title": package.title, "organization": owner.name if owner else None}


def _package(reference: str) -> Any:
    package = model.Package.get(reference)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no dataset “{name}”.").format(name=reference))
    return package
