"""Local edits: what people change in harvested datasets is noted, kept by harvests, shown and released."""
