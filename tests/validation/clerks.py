"""What the tests of the pages and jobs of the validation room share: tables, clerks, files."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from ckan.tests import factories
from ckan.tests.helpers import call_action

HEADER = "COLL_NOM,COLL_SIRET,DELIB_ID,DELIB_DATE,DELIB_MATIERE_CODE,DELIB_MATIERE_NOM,DELIB_OBJET"
DELIBERATIONS = "scdl/deliberations"


def line(number: int, date: str = "2023-10-15", siret: str = "21860194600013") -> str:
    return f"Ville de Poitiers,{siret},1DL{number},{date},7.5,Finances locales/Subventions,Objet {number}"


def deliberations(*lines: str) -> bytes:
    """A small file of the schema scdl/deliberations; without arguments a valid one."""
    return "\r\n".join([HEADER, *(lines or (line(1), line(2, "2023-12-01"))), ""]).encode()


class Clerk:
    """An editor of an organisation of their own."""

    def __init__(self) -> None:
        self.user = factories.User()
        self.organization = factories.Organization(title=f"Mairie {uuid4().hex[:6]}")
        call_action(
            "organization_member_create",
            id=self.organization["id"],
            username=self.user["name"],
            role="editor",
            context={"user": factories.Sysadmin()["name"], "ignore_auth": True},
        )
        self.headers = {"Authorization": call_action("api_token_create", user=self.user["name"], name="t")["token"]}

    def datasets(self) -> list[dict[str, Any]]:
        found = call_action("package_search", fq=f"owner_org:{self.organization['id']}")
        return found["results"]
