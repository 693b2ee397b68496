"""Words of options as whole numbers: alone where one is wanted, in a tuple where several may be."""

import pytest
from cyclopts import Token

from typicality.cli.numbers import whole_numbers


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        (int, ["7"], 7),
        (int | None, ["1e3"], 1000),
        (tuple[int, ...], ["12"], (12,)),
        (tuple[int, ...], ["10", "12.0"], (10, 12)),
        (tuple[int, ...] | None, ["12"], (12,)),
    ],
)
def test_one_number_or_several(kind, words, expected):
    assert whole_numbers(kind, [Token(value=word) for word in words]) == expected
