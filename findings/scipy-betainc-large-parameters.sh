#!/usr/bin/env bash
# SciPy 1.16.3: special.betainc, and with it stats.beta.cdf, is good to 13 digits while both of its
# parameters stay below some 10^7, and to 7 digits at 2^30, to 4 to 5 at 2^40: about one standard
# deviation from the mean, where nothing is extreme but the size. No warning. Half-integers paired
# with large parameters are right at any size. 1.17.1 has 12 digits at 2^30.
#
# It matters for laws of projectors in spaces of 2^30 dimensions, whose expectation values follow
# such Beta laws: an oracle taken from there is wrong long before the thing it is to check.
#
# Seen:
#   1.16.3: a = b = 2^20, 2^30, 2^40: relative errors 8.2e-14, 9.7e-08, 2.2e-05
#   1.17.1: a = b = 2^20, 2^30, 2^40: relative errors 7.8e-14, 2.4e-12, 1.2e-11
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat > "$folder/errors.py" <<'PYTHON'
"""Print errors of betainc(a, a, x) one standard deviation below 1/2, by quadrature in 40 digits."""

import sys

import mpmath as mp
import scipy
from scipy import special

mp.mp.dps = 40
errors = []
for power in (20, 30, 40):
    a, spread = 2.0**power, 8.0**-0.5 * 2.0 ** (-power / 2)
    x = 0.5 - spread
    log_norm = 2 * mp.loggamma(a) - mp.loggamma(2 * a)
    edges = [0.5 - k * mp.mpf(spread) for k in range(14, 1, -1)] + [mp.mpf(x)]
    exact = mp.quad(lambda t: mp.exp((a - 1) * mp.log(t * (1 - t)) - log_norm), edges)
    errors.append(float(abs(special.betainc(a, a, x) / exact - 1)))
print(f"{scipy.__version__}: " + ", ".join(f"{error:.1e}" for error in errors))
wrong = errors[0] < 1e-11 and errors[1] > 1e-8 and errors[2] > 1e-6
right = max(errors) < 1e-9
sys.exit(not (wrong if sys.argv[1] == "wrong" else right))
PYTHON

for case in "1.16.3 wrong" "1.17.1 right"; do
  read -r version expected <<< "$case"
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install --quiet --disable-pip-version-check \
    "scipy==$version" "numpy==2.3.5" "mpmath==1.3.0"
  "$folder/$version/bin/python" "$folder/errors.py" "$expected" ||
    { echo "no longer so: SciPy $version was expected to be $expected"; exit 1; }
done
