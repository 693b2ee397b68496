"""Double descent on both sides of the fitting threshold, Eq. (4) and Sec. III."""
