import math

import pytest

from typicality.report.number import measurement, number, prediction


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-3.0, "−3"),
        (0.1 + 0.2, "0.3"),
        (123456.7, "123457"),
        (1e7, "1 × 10⁷"),
        (1.5e-300, "1.5 × 10⁻³⁰⁰"),
        (9999999.0, "9999999"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "not a number"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (0.5, 0.0, "0.5"),
        (0.5, math.nan, "0.5"),
        (math.nan, 0.1, "not a number"),
        (1.2345, 0.067, "1.234 ± 0.067"),
        (-1.2345, 0.67, "−1.23 ± 0.67"),
        (123456789.0, 1000000.0, "(1.235 ± 0.010) × 10⁸"),
        (0.0, 0.00001, "(0.0 ± 1.0) × 10⁻⁵"),
        (12.0, 345.0, "12 ± 345"),
        (8.3333333333302e-4, 2.5e-17, "0.00083333333"),
        (1.0, 1e-7, "1.00000000 ± 0.00000010"),
    ],
)
def test_measurement(value, stderr, text):
    assert measurement(value, stderr) == text


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        # One beside 0.9999731 ± 0.0000039 would seem to be another prediction than this.
        (0.99996948, 3.9e-6, "0.9999695"),
        (1.0, 3.9e-6, "1"),
        (4.35211, 3.8e-4, "4.35211"),
        (0.25, 0.1, "0.25"),
        (1 / 3, 0.0, "0.3333"),
        (0.0, 0.1, "0"),
        (2.0361e-5, 1.1e-6, "2.036 × 10⁻⁵"),
        (1 / 3, 1e-30, "0.333333333333"),
        (math.inf, 0.1, "∞"),
        (0.5, math.nan, "0.5"),
    ],
)
def test_prediction(value, stderr, text):
    assert prediction(value, stderr) == text
