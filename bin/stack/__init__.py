"""What bin/portal, bin/test and benchmarks/run share: installing and running the servers. Standard library only."""
