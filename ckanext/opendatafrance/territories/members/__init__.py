"""Lists that administrators keep: who belongs to a syndicate or another group, and the number of agents."""
