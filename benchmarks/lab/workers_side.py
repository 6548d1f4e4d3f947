"""Makes the sources of the benchmark of workers, each with its organisation; reads their addresses as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from side import action

from ckan.cli import load_config
from ckan.config.middleware import make_app


def main(urls: list[str]) -> None:
    app = make_app(load_config(None))
    with app._wsgi_app.test_request_context():  # the Flask application that CKAN wraps
        for number, url in enumerate(urls):
            name = f"collectivite-{number}"
            owner = action("organization_create", name=name, title=f"Collectivité {number}", territory_type="autre")
            action(
                "harvest_source_create",
                name=f"source-{number}",
                title=f"Source {number}",
                url=url,
                source_type="member_site",
                owner_org=owner["id"],
                config='{"connector": "dcat"}',
            )


if __name__ == "__main__":
    main(json.load(sys.stdin))
