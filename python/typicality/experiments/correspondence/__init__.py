"""Table 1: five statistics of a quantum system and of a network."""
