//! Powers of two moved between the inputs of a layer and the derivatives behind it, where products
//! of either with themselves would overflow though the kernel does not.

use super::activation::Real;
use super::backward::Backward;
use super::mlp::{Mlp, Pass};

/// Bias factor of each sample, for each hidden layer that was balanced.
pub(super) type Biases<T> = [Option<Vec<T>>];

/// Whether products of the inputs or of the derivatives of a hidden layer might overflow.
pub(super) fn is_extreme<T: Real>(
    mlp: &Mlp,
    layer: usize,
    pass: &Pass<T>,
    backward: &Backward<T>,
) -> bool {
    let row = mlp.n_outputs() * mlp.widths()[layer + 1];
    let inputs = pass.inputs[layer].chunks_exact(mlp.widths()[layer]);
    inputs
        .zip(backward.layer(layer).chunks_exact(row))
        .any(|(inputs, deltas)| excess(mlp, layer, inputs, deltas).is_some())
}

/// The size of the inputs of one sample, as a power of two, if its products might overflow.
fn excess<T: Real>(mlp: &Mlp, layer: usize, inputs: &[T], deltas: &[T]) -> Option<f64> {
    // Fourth power of it: the largest float. No sum of products of smaller ones overflows.
    let limit = 2f64.powi(if size_of::<T>() == 4 { 31 } else { 255 });
    let largest = |row: &[T]| {
        row.iter()
            .fold(0.0f64, |most, entry| most.max(entry.widen().abs()))
    };
    let (weight, bias) = (mlp.weight_factor(layer), mlp.bias_factor(layer));
    let size = (largest(inputs) * weight.abs()).max(bias.abs());
    let extreme = size > limit || largest(deltas) > limit;
    (extreme && size > 0.0 && size.is_finite())
        .then(|| 2f64.powi(size.log2().floor().max(-1000.0) as i32))
}

/// Moves powers of two from the inputs of a layer to its derivatives, or back, where products of
/// either with themselves might overflow and leave an infinity times zero. Returns the bias factor
/// of each sample, or nothing where all is left as it was.
pub(super) fn balance<T: Real>(
    mlp: &Mlp,
    layer: usize,
    pass: &mut Pass<T>,
    backward: &mut Backward<T>,
) -> Option<Vec<T>> {
    let row = mlp.n_outputs() * mlp.widths()[layer + 1];
    let samples = pass.inputs[layer].chunks_exact_mut(mlp.widths()[layer]);
    let mut balanced = false;
    let mut biases = Vec::with_capacity(samples.len());
    for (inputs, deltas) in samples.zip(backward.layer_mut(layer).chunks_exact_mut(row)) {
        let excess = excess(mlp, layer, inputs, deltas);
        let power = excess.unwrap_or(1.0);
        if excess.is_some() {
            balanced = true;
            for input in inputs {
                *input = T::narrow(input.widen() / power);
            }
            for delta in deltas {
                *delta = T::narrow(delta.widen() * power);
            }
        }
        biases.push(T::narrow(mlp.bias_factor(layer) / power));
    }
    balanced.then_some(biases)
}

/// gram += b b'^T.
pub(super) fn add_biases<T: Real>(gram: &mut [T], biases: &[T], biases2: &[T]) {
    for (gram, &bias) in gram.chunks_exact_mut(biases2.len()).zip(biases) {
        for (entry, &bias2) in gram.iter_mut().zip(biases2) {
            *entry += bias * bias2;
        }
    }
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
