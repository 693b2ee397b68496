"""Ubiquity of global minima, Eq. (4) and Sec. II."""
