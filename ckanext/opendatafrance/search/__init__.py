"""Search in French, and the facets of a territory."""
