"""Variables of the GlobalMinima dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["GlobalMinimaVariables"]


class GlobalMinimaVariables(Table):
    """What `GlobalMinima.run` returns."""

    n_samples = coordinate("n_samples", "digits N")
    width = coordinate("width", "width")
    wide_width = coordinate("wide_width", "width")
    share = variable(
        ("n_samples", "width"),
        "measured",
        "fraction of initializations with a global minimum found",
    )
    share_low = variable(("n_samples", "width"), "interval", "lower end, Clopper-Pearson 95%")
    share_high = variable(("n_samples", "width"), "interval", "upper end, Clopper-Pearson 95%")
    share_bound = variable(
        ("n_samples", "width"), "bound", "largest share: a generic target needs P_eff >= n_L N"
    )
    loss = variable(("n_samples", "width", "start"), "measured", "loss where the search ended")
    steps = variable(("n_samples", "width", "start"), "measured", "steps of the search")
    stalled_share = variable(
        ("n_samples", "width"),
        "measured",
        "share of searches that ended in a local minimum or plateau",
    )
    n_effective = variable(
        ("n_samples", "width"), "setting", "effective number of parameters P_eff"
    )
    ratio = variable(("n_samples", "width"), "setting", "P_eff / (n_L N)")
    n_starts = variable((), "setting", "starts of each share")
    displacement = variable(
        ("wide_width", "descent"),
        "measured",
        "distance from the start to where gradient descent arrived",
    )
    displacement_mean = estimate(
        "wide_width", "mean distance from the start to where gradient descent arrived"
    )
    linear = variable(
        ("wide_width", "descent"),
        "asymptotic",
        "distance to the minimum of the linear model, sqrt(r^T K^-1 r)",
    )
    linear_mean = estimate(
        "wide_width", "mean distance to the minimum of the linear model, sqrt(r^T K^-1 r)"
    )
    rms = variable(("wide_width", "descent"), "measured", "root mean square change of a parameter")
    rms_mean = estimate("wide_width", "mean root mean square change of a parameter")
    rms_linear = variable(
        ("wide_width", "descent"),
        "asymptotic",
        "root mean square change of a parameter, linear model",
    )
    rms_linear_mean = estimate(
        "wide_width", "mean root mean square change of a parameter, linear model"
    )
    largest = variable(
        ("wide_width", "descent"), "measured", "largest change of a single parameter"
    )
    largest_mean = estimate("wide_width", "mean largest change of a single parameter")
    largest_linear = variable(
        ("wide_width", "descent"),
        "asymptotic",
        "largest change of a single parameter, linear model",
    )
    largest_linear_mean = estimate(
        "wide_width", "mean largest change of a single parameter, linear model"
    )
    relative = variable(
        ("wide_width", "descent"), "measured", "distance relative to the norm of the start"
    )
    relative_mean = estimate("wide_width", "mean distance relative to the norm of the start")
    descent_ratio = estimate(
        "wide_width",
        "distance from the start to where gradient descent arrived, in units of sqrt(r^T K^-1 r)",
    )
    descent_loss = variable(
        ("wide_width", "descent"), "measured", "loss where gradient descent ended"
    )
    descent_steps = variable(("wide_width", "descent"), "measured", "steps of gradient descent")
    not_converged = variable("wide_width", "measured", "descents that ran out of steps or diverged")
    n_params = variable("wide_width", "setting", "number of parameters P")
    ratio_limit = variable(
        (), "asymptotic", "distance in units of sqrt(r^T K^-1 r), infinite width"
    )
