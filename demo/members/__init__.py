"""Member sites for demonstration: what they publish, and the small servers that publish it."""
