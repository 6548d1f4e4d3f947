"""Who sees private datasets and drafts: one label for each role of a user, not one for each commune below it."""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultPermissionLabels

from ckanext.opendatafrance.territories.rights import subtree


class SubtreeLabels(DefaultPermissionLabels):
    """CKAN's labels, and two of ours on datasets that are not public.

    `odf_animateur-ID` names each organisation whose sub-tree the owner is in, `odf_below-ID` each organisation above
    the owner in CKAN's own tree, for roles that cascade. CKAN gives the user a label for each organisation below
    instead, and makes a clause of the Solr query of each: Solr takes 1,024, so that an administrator of a région could
    not search at all.
    """

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        labels = super().get_dataset_labels(dataset_obj)
        owner = model.Group.get(dataset_obj.owner_org) if "public" not in labels and dataset_obj.owner_org else None
        if owner is None:
            return labels
        above = [group.id for group in owner.get_parent_group_hierarchy(type=owner.type)]
        return [*labels, *map(_animateur, subtree.above(owner.id)), *map(_below, above)]

    def get_user_dataset_labels(self, user_obj: Any) -> list[str]:
        if not user_obj or user_obj.is_anonymous or user_obj.sysadmin:
            return super().get_user_dataset_labels(user_obj)
        labels = ["public", f"creator-{user_obj.id}"]
        readers = authz.get_roles_with_permission("read")
        cascading = subtree.cascading_roles()
        for organization_id, role in subtree.roles(user_obj.id):
            if role == subtree.ROLE:
                labels.append(_animateur(organization_id))
            elif role in readers:
                labels.append(f"member-{organization_id}")
                if role in cascading:
                    labels.append(_below(organization_id))
        if authz.check_config_permission("allow_dataset_collaborators"):
            shared = tk.get_action("package_collaborator_list_for_user")({"ignore_auth": True}, {"id": user_obj.id})
            labels += [f"collaborator-{dataset['package_id']}" for dataset in shared]
        return labels


def _animateur(organization_id: str) -> str:
    return f"odf_animateur-{organization_id}"


def _below(organization_id: str) -> str:
    return f"odf_below-{organization_id}"
