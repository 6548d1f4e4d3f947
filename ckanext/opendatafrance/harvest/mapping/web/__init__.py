"""From the pages of a site without a catalogue to datasets: links to files, families of files, schema.org, feeds."""
