"""The fitting threshold of wide networks, Eq. (3) and Sec. III."""
