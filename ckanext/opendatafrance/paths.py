"""Where the data of the suite is, in a wheel and in a checkout alike."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

SCHEMAS = Path(str(import_module(f"{__package__}.schemas").__file__)).parent
# Not a package: CKAN lists every sub-folder of it as a locale.
I18N = SCHEMAS.parent / "i18n"
