"""Neural tangent kernels, global minima and fitting thresholds of fully connected networks."""

from typicality.networks._certificate import Certificate
from typicality.networks._datasets import (
    Samples,
    Teacher,
    load_diabetes,
    load_digits,
    on_sphere,
    sphere_inputs,
    teacher,
)
from typicality.networks._infinite_width import infinite_nngp, infinite_ntk
from typicality.networks._jacobian import jacobian_vector_product, vector_jacobian_product
from typicality.networks._linearization import LinearizedMLP, gradient_flow, linearize
from typicality.networks._minima import Minima, Minimum, find_minima, nearest_minimum
from typicality.networks._mlp import MLP
from typicality.networks._ntk import effective_parameters, empirical_ntk, kernel_vector_product
from typicality.networks._random_features import RandomFeatures
from typicality.networks._regression import (
    KernelRegression,
    kernel_regression,
    minimum_norm,
    ridgeless_risk,
)
from typicality.networks._threshold import ThresholdFit, fit_threshold, normalized_edge
from typicality.networks._training import Training, train

__all__ = [
    "MLP",
    "Certificate",
    "KernelRegression",
    "LinearizedMLP",
    "Minima",
    "Minimum",
    "RandomFeatures",
    "Samples",
    "Teacher",
    "ThresholdFit",
    "Training",
    "effective_parameters",
    "empirical_ntk",
    "find_minima",
    "fit_threshold",
    "gradient_flow",
    "infinite_nngp",
    "infinite_ntk",
    "jacobian_vector_product",
    "kernel_regression",
    "kernel_vector_product",
    "linearize",
    "load_diabetes",
    "load_digits",
    "minimum_norm",
    "nearest_minimum",
    "normalized_edge",
    "on_sphere",
    "ridgeless_risk",
    "sphere_inputs",
    "teacher",
    "train",
    "vector_jacobian_product",
]
