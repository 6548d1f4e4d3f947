"""Pure steps from what a source says to a dataset dict, for all connectors.

A step takes the raw value and a `Notes`, returns the clean value (empty where nothing usable is left), and notes what
it mended or left out. `finish` is the last step of every `Connector.map`.

    notes = Notes(record.guid)
    dataset = {"title": to_line(raw["title"]), "notes": to_markdown(raw["description"], notes), …}
    return finish(dataset, notes)
"""

from __future__ import annotations

from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, files, spatial, tags, temporal, urls
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.markup import to_line, to_markdown
from ckanext.opendatafrance.harvest.mapping.notes import Notes

__all__ = [
    "Notes",
    "agents",
    "codes",
    "dates",
    "files",
    "finish",
    "spatial",
    "tags",
    "temporal",
    "to_line",
    "to_markdown",
    "urls",
]
