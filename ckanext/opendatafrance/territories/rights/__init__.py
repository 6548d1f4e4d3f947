"""Rights by sub-tree: the role of facilitator ("animateur") of an organisation, told in docs/rights.md."""
