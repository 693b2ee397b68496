"""Relaxation after a quench, Eq. (1) and Sec. II."""
