"""Side-by-side measurements. Never part of the tests; figures are ratios from one run."""
