"""Variables of the DoubleDescent dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["DoubleDescentVariables"]


class DoubleDescentVariables(Table):
    """What `DoubleDescent.run` returns."""

    noise = coordinate("noise", "probability of a noisy label")
    features = coordinate("features", "random features")
    tangent = coordinate("tangent", "tangent features")
    gaussian = coordinate("gaussian", "Gaussian features")
    d_a = coordinate("d_a", "dimension of A")
    features_error = variable(
        ("noise", "features", "draw"), "measured", "test mean squared error, random relu features"
    )
    features_training_error = variable(
        ("noise", "features"), "measured", "mean training mean squared error, random relu features"
    )
    features_params = variable(
        "features", "setting", "number of parameters P, random relu features"
    )
    features_ratio = variable("features", "setting", "P / (n_L N), random relu features")
    features_first_minimum = variable(
        "noise",
        "measured",
        "least median test mean squared error below the threshold, random relu features",
    )
    features_error_low = variable(
        ("noise", "features"),
        "quantile",
        "25% quantile of the test mean squared error, random relu features",
    )
    features_error_median = variable(
        ("noise", "features"),
        "quantile",
        "50% quantile of the test mean squared error, random relu features",
    )
    features_error_high = variable(
        ("noise", "features"),
        "quantile",
        "75% quantile of the test mean squared error, random relu features",
    )
    tangent_error = variable(
        ("noise", "tangent", "draw"), "measured", "test mean squared error, linearized tanh network"
    )
    tangent_training_error = variable(
        ("noise", "tangent"),
        "measured",
        "mean training mean squared error, linearized tanh network",
    )
    tangent_params = variable(
        "tangent", "setting", "number of parameters P, linearized tanh network"
    )
    tangent_ratio = variable("tangent", "setting", "P / (n_L N), linearized tanh network")
    tangent_first_minimum = variable(
        "noise",
        "measured",
        "least median test mean squared error below the threshold, linearized tanh network",
    )
    tangent_error_low = variable(
        ("noise", "tangent"),
        "quantile",
        "25% quantile of the test mean squared error, linearized tanh network",
    )
    tangent_error_median = variable(
        ("noise", "tangent"),
        "quantile",
        "50% quantile of the test mean squared error, linearized tanh network",
    )
    tangent_error_high = variable(
        ("noise", "tangent"),
        "quantile",
        "75% quantile of the test mean squared error, linearized tanh network",
    )
    gaussian_risk = estimate(
        "gaussian", "mean squared error against the noiseless response, Gaussian features"
    )
    gaussian_risk_exact = variable("gaussian", "exact", "mean risk from the inverse Wishart trace")
    gaussian_ratio = variable("gaussian", "setting", "P / N, Gaussian features")
    distance = estimate("d_a", "trace distance of rho_A to the maximally mixed state")
    distance_asymptotic = variable("d_a", "asymptotic", "limit T(c) of the trace distance")
    step = estimate("d_a", "squared minimum-norm linearized displacement to I/d_A")
    step_exact = variable(
        "d_a", "exact", "mean squared minimum-norm linearized displacement to I/d_A"
    )
    dimension_ratio = variable("d_a", "setting", "d_A / d_B")
    step_low = variable(
        "d_a", "quantile", "25% quantile of the squared linearized displacement to I/d_A"
    )
    step_median = variable(
        "d_a", "quantile", "50% quantile of the squared linearized displacement to I/d_A"
    )
    step_high = variable(
        "d_a", "quantile", "75% quantile of the squared linearized displacement to I/d_A"
    )
