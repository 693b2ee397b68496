"""Results: labeled variables, estimates with errors, findings, and the files that keep them."""
