import pytest

from typicality.results.notation import markup, text


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("S_A at alpha -> 1, rho_A", "S_A at α → 1, ρ_A"),
        ("<O> and <Z>, not a < b > c", "⟨O⟩ and ⟨Z⟩, not a < b > c"),
        ("sqrt(P_eff lambda_min(K) / tr K)", "√(P_eff λ_min(K) / tr K)"),
        ("(4/(3 pi)) sqrt(c), d_A <= d_B", "(4/(3 π)) √(c), d_A ≤ d_B"),
        (
            "log d_A - d_A/(2 d_B), d - 1, Marchenko-Pastur",
            "log d_A − d_A/(2 d_B), d − 1, Marchenko-Pastur",
        ),
        ("2^(-1/2), K^-1, from -1 to 1", "2^(−1/2), K^−1, from −1 to 1"),
        ("a pilot of alphabets, Marchenko-Pastur", "a pilot of alphabets, Marchenko-Pastur"),
    ],
)
def test_names_and_signs_become_letters(plain, shown):
    assert text(plain) == shown
    assert text(shown) == shown


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("I/d_A", "<i>I</i>/<i>d</i><sub>A</sub>"),
        ("1/d_A^3", "1/<i>d</i><sub>A</sub><sup>3</sup>"),
        ("tr ρ^½ σ^½", "tr <i>ρ</i><sup>½</sup> <i>σ</i><sup>½</sup>"),
        ("tr ρ_A^0.5", "tr <i>ρ</i><sub>A</sub><sup>0.5</sup>"),
        ("as d_A^3.", "as <i>d</i><sub>A</sub><sup>3</sup>."),
        ("d^(-2/3)", "<i>d</i><sup>−2/3</sup>"),
        ("ρ^s σ^(1−s)", "<i>ρ</i><sup><i>s</i></sup> <i>σ</i><sup>1−<i>s</i></sup>"),
        ("T_pair(c) = T(2c)", "<i>T</i><sub>pair</sub>(<i>c</i>) = <i>T</i>(2<i>c</i>)"),
        ("p_i, S_alpha", "<i>p</i><sub><i>i</i></sub>, <i>S</i><sub><i>α</i></sub>"),
        ("Var_mc", "Var<sub>mc</sub>"),
        ("10 spins and A's state, Sec. II", "10 spins and A&#39;s state, Sec. II"),
        ("a < b & c", "a &lt; b &amp; <i>c</i>"),
        ("<script>", "&lt;script&gt;"),
        ("the file haar_states of n_a", "the file haar_states of <i>n</i><sub>a</sub>"),
    ],
)
def test_formulas_are_typeset(plain, html):
    assert str(markup(plain)) == html
