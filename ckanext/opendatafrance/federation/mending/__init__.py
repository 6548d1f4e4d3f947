"""A dataset as the portal holds it, to one that every reader of the feeds takes. Pure.

What cannot be written is cleaned or left out, and noted, so that one bad value never costs the dataset.
"""

from ckanext.opendatafrance.federation.mending.dataset import Site, prepare

__all__ = ["Site", "prepare"]
