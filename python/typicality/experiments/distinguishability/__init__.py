"""Distinguishability of reduced states across d_A = d_B, Sec. III."""
