"""The Page curve: entropies and distances of every cut, Eq. (2) and Sec. III."""
