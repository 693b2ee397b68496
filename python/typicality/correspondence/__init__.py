"""Both sides of the paper's Table 1, measured side by side."""
