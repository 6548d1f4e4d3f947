"""A batch of organisations, validated as the form does and written in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins as p
from ckan.lib.dictization import table_dictize
from ckan.lib.plugins import lookup_group_plugin, plugin_validate
from ckan.types import Context

from ckanext.opendatafrance.territories import records, reindex
from ckanext.opendatafrance.territories.plan import Portal, Step, fields_of, offers_of


@dataclass(slots=True)
class Report:
    """What a run did, or would do."""

    territory: str
    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    memberships: int = 0
    dry_run: bool = False
    seconds: float = 0.0
    changes: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def nothing_to_do(self) -> bool:
        """Whether the portal already was what it should be."""
        return not (self.created or self.updated or self.memberships or self.errors)


class Batch:
    """Writes a batch of steps in one transaction."""

    def __init__(self, user: str, portal: Portal, report: Report, activity: bool) -> None:
        self.user = model.User.get(user)
        self.context: Context = {"user": user, "ignore_auth": True, "session": model.Session}
        self.portal = portal
        self.report = report
        self.activity = activity and p.plugin_loaded("activity")
        self.plugin = lookup_group_plugin("organization")

    def write(self, steps: list[Step]) -> None:
        known = self._groups(steps)
        done: list[tuple[Step, model.Group]] = []
        for step in steps:
            group = known.get(step.organization_id or "")
            saved = self._update(step, group) if group else self._create(step)
            if saved:
                done.append((step, saved))
        model.Session.flush()
        self._place(done)
        model.Session.flush()
        self._call_hooks(done)
        if self.activity:
            self._note(done)
        records.write([self._row(step, group) for step, group in done])

    def _groups(self, steps: list[Step]) -> dict[str, model.Group]:
        ids = [step.organization_id for step in steps if step.organization_id]
        return {group.id: group for group in model.Session.query(model.Group).filter(model.Group.id.in_(ids))}

    def _create(self, step: Step) -> model.Group | None:
        node = step.node
        given = {"name": node.name, "title": node.title, "type": "organization", **offers_of(node), **fields_of(node)}
        data = self._validated(step, given, self.plugin.create_group_schema(), "organization_create")
        if data is None:
            return None
        group: Any = model.Group(
            name=data["name"],
            title=data["title"],
            description=data.get("description", ""),
            type="organization",
            is_organization=True,
        )
        group.id = str(uuid4())
        group.extras = _extras(data)
        model.Session.add(group)
        self.portal.ids[node.key] = group.id
        self.report.created += 1
        return group

    def _update(self, step: Step, group: Any) -> model.Group | None:
        stored: dict[str, str] = dict(group.extras or {})
        changes = {name: new for name, (_, new) in step.fields.items() if name != "parent"}
        given = {
            **stored,
            **{name: getattr(group, name) or "" for name in ("id", "name", "title", "description", "image_url")},
            "type": group.type,
            **changes,
        }
        data = self._validated(step, given, self.plugin.update_group_schema(), "organization_update", group)
        if data is None:
            return None
        group.title, group.description = data["title"], data.get("description", "")
        group.extras = {**stored, **_extras(data)}
        self.report.updated += 1
        return group

    def _validated(
        self, step: Step, given: dict[str, Any], schema: Any, action: str, group: model.Group | None = None
    ) -> dict[str, Any] | None:
        """What the organisation's schema makes of it, None (and a line of the report) where it refuses."""
        context: Context = {**self.context, "group": group} if group else {**self.context}
        # Not given here, and its validator would ask the database for the user each time.
        schema.pop("state", None)
        data, errors = plugin_validate(self.plugin, context, given, schema, action)
        if errors:
            self.report.errors.append({"name": step.node.name, "title": step.node.title, "errors": errors})
            return None
        return data

    def _place(self, done: list[tuple[Step, model.Group]]) -> None:
        """Hang each under its parent, as CKAN stores it: a member row of the child that names the parent."""
        moved = [(group, self.portal.resolve(step.node.parent)) for step, group in done if _moves(step)]
        member = model.member_table
        model.Session.execute(
            sa.update(member)
            .where(
                member.c.group_id.in_([group.id for group, _ in moved]),
                member.c.table_name == "group",
                member.c.state == "active",
            )
            .values(state="deleted")
        )
        self.portal.parents.update({group.id: parent for group, parent in moved})
        rows = [
            {"group_id": group.id, "table_id": parent, "table_name": "group", "capacity": "public", "state": "active"}
            for group, parent in moved
            if parent
        ]
        if rows:
            model.Session.execute(sa.insert(member), rows)

    def _call_hooks(self, done: list[tuple[Step, model.Group]]) -> None:
        for plugin in p.PluginImplementations(p.IOrganizationController):
            for step, group in done:
                (plugin.edit if step.organization_id else plugin.create)(group)

    def _note(self, done: list[tuple[Step, model.Group]]) -> None:

        from ckanext.activity.model import Activity

        for step, group in done:
            kind = "changed organization" if step.organization_id else "new organization"
            data = {"group": table_dictize(group, self.context)}
            model.Session.add(Activity(self.user.id if self.user else "", group.id, kind, data))

    def _row(self, step: Step, group: model.Group) -> dict[str, Any]:
        row = self.portal.rows.get(group.id)
        ancestors = self.portal.ancestors(group.id)
        if row is not None and "parent" in step.fields:
            records.move_below(group.id, ancestors)
            reindex.later(group.id)
        chosen = row is not None and "title" not in step.fields
        return {
            **records.row_of(group, self.portal.parents.get(group.id), ancestors),
            "seeded_title": row.seeded_title if row is not None and chosen else step.node.title,
        }


def _moves(step: Step) -> bool:
    return step.organization_id is None or "parent" in step.fields


def _extras(data: dict[str, Any]) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in data.get("extras", ())}
