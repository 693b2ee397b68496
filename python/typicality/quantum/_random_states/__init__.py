"""Random states, and what is sampled of them without the states."""
