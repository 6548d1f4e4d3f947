"""The portal's ckan.ini."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

PLUGINS = (
    "opendatafrance opendatafrance_territories opendatafrance_harvest opendatafrance_validation "
    "opendatafrance_federation activity dcat structured_data harvest ckan_harvester dcat_rdf_harvester "
    "scheming_datasets scheming_organizations"
)

LOGGING = """
[loggers]
keys = root, ckan, ckanext

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console

[logger_ckan]
level = INFO
handlers = console
qualname = ckan
propagate = 0

[logger_ckanext]
level = INFO
handlers = console
qualname = ckanext
propagate = 0

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""


def write_ini(path: Path, settings: Mapping[str, str]) -> bool:
    """Write ckan.ini, readable by its owner only; settings that an administrator keeps in `extra.ini` beside it win.

    Returns whether it is another than before.
    """
    extra = path.with_name("extra.ini")
    added = dict(
        (part.strip() for part in line.split("=", 1))
        for line in (extra.read_text().splitlines() if extra.exists() else [])
        if "=" in line and not line.lstrip().startswith(("#", ";"))
    )
    lines = ["# Written by bin/portal at every start; put settings of your own in extra.ini beside this file."]
    lines += ["[DEFAULT]", "debug = false", "", "[app:main]", "use = egg:ckan"]
    # Interpolation: a % in a value (a password in an address) is doubled.
    lines += [f"{key} = {value.replace('%', '%%')}" for key, value in {**settings, **added}.items()]
    content = "\n".join(lines) + "\n" + LOGGING
    if path.exists() and path.read_text() == content:
        return False
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(content)
    return True
