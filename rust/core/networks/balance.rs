//! Powers of two moved between the inputs of a layer and the derivatives behind it, where products
//! of either with themselves would overflow though the kernel does not.

use super::activation::Real;
use super::backward::Backward;
use super::mlp::{Mlp, Pass};

/// Bias factor of each sample, for each hidden layer that was balanced.
pub(super) type Biases<T> = [Option<Vec<T>>];

/// Moves powers of two from the inputs of a layer to its derivatives, or back, where products of
/// either with themselves might overflow and leave an infinity times zero. Returns the bias factor
/// of each sample, or nothing where all is left as it was.
pub(super) fn balance<T: Real>(
    mlp: &Mlp,
    layer: usize,
    pass: &mut Pass<T>,
    backward: &mut Backward<T>,
) -> Option<Vec<T>> {
    // Fourth power of it: the largest float. No sum of products of smaller ones overflows.
    let limit = if size_of::<T>() == 4 {
        2f64.powi(31)
    } else {
        2f64.powi(255)
    };
    let (weight, bias) = (mlp.weight_factor(layer), mlp.bias_factor(layer));
    let row = mlp.n_outputs() * mlp.widths()[layer + 1];
    let largest = |row: &[T]| {
        row.iter()
            .fold(0.0f64, |most, entry| most.max(entry.widen().abs()))
    };
    let samples = pass.inputs[layer].chunks_exact_mut(mlp.widths()[layer]);
    let mut balanced = false;
    let mut biases = Vec::with_capacity(samples.len());
    for (inputs, deltas) in samples.zip(backward.layer_mut(layer).chunks_exact_mut(row)) {
        let size = (largest(inputs) * weight.abs()).max(bias.abs());
        let extreme = size > limit || largest(deltas) > limit;
        let mut power = 1.0;
        if extreme && size > 0.0 && size.is_finite() {
            balanced = true;
            power = 2f64.powi(size.log2().floor().max(-1000.0) as i32);
            for input in inputs {
                *input = T::narrow(input.widen() / power);
            }
            for delta in deltas {
                *delta = T::narrow(delta.widen() * power);
            }
        }
        biases.push(T::narrow(bias / power));
    }
    balanced.then_some(biases)
}

/// Bias factors of the rows and columns of a tile, `(first, count)`, if either side was balanced.
pub(super) fn tile_biases<T: Real>(
    left: &Biases<T>,
    right: &Biases<T>,
    layer: usize,
    bias: f64,
    ((first, len), (first2, len2)): ((usize, usize), (usize, usize)),
) -> Option<(Vec<T>, Vec<T>)> {
    let (one, two) = (left.get(layer)?, right.get(layer)?);
    if one.is_none() && two.is_none() {
        return None;
    }
    let part = |biases: &Option<Vec<T>>, first: usize, len: usize| match biases {
        Some(biases) => biases[first..][..len].to_vec(),
        None => vec![T::narrow(bias); len],
    };
    Some((part(one, first, len), part(two, first2, len2)))
}
