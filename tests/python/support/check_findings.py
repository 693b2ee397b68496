"""What the rows of a right run have in common."""


def check(rows, leading=frozenset(), misprints=frozenset()):
    for row in rows:
        # What a claim of the paper neglects is told apart from what is wrong.
        assert row.kind != "disagrees", row
        assert row.agrees or row.claim in leading | misprints or row.next_order, row
        assert (row.kind == "misprint") == (row.claim in misprints), row
    assert len({row.statement for row in rows}) == len(rows)
