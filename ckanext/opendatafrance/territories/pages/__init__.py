"""Tree, map and suggestions: what the pages of the territories show, and the API gives."""
