//! Haar-random isometries and unitaries as products of random Householder reflections.
//!
//! In the QR decomposition of a Gaussian matrix the k-th reflection is that of a fresh Gaussian
//! vector of d - k + 1 entries, so nothing needs to be decomposed: the reflections are drawn
//! (Stewart, SIAM J. Numer. Anal. 17, 403 (1980)) and multiplied up, panel by panel where there are
//! many of them.

use std::ops::{AddAssign, Div, Mul, MulAssign, Range};

use faer::{MatMut, c64};
use rayon::prelude::*;

use crate::error::{Error, Result, checked_len, try_filled};
use crate::linalg::micro_kernel::Product;
use crate::linalg::packing::{Buffer, pack, packed_len};
use crate::linalg::scalar::{Block, Scalar};
use crate::parallel::{Watch, for_each_block};
use crate::random::draws::{fill_sample, for_each_row, in_double, sample};
use crate::random::stream::Family;
use crate::simd::{LANES, Real, dispatch};
use crate::spectra::field::{Field, as_complex_mut};

/// Reflections that are multiplied up together.
const PANEL: usize = 32;
/// Columns in a piece of parallel work.
const TILE: usize = 64;
/// Largest matrices whose reflections are applied one by one.
const SMALL: usize = 24;
/// Most reflections that are applied one by one to long columns, and what counts as long.
const FEW: usize = 8;
const LONG: usize = 1 << 12;
/// Entries of a column that are packed at a time.
const PIECE: usize = 256;

/// For each of the samples `first ..` n orthonormal rows of d entries: the first n columns of a Haar
/// unitary (orthogonal matrix for the real field), one after the other.
///
/// # Errors
/// [`Error::Value`] unless 1 <= n <= d; [`Error::Memory`]; [`Error::Interrupted`].
pub fn haar_isometries<T: Real>(
    family: &Family,
    first: u64,
    d: usize,
    n: usize,
    field: Field,
    out: &mut [T],
    watch: &Watch,
) -> Result<()> {
    if n == 0 || n > d {
        return Err(Error::value(
            "n",
            format!("must be from 1 to d = {d}, got {n}"),
        ));
    }
    let len = checked_len("an isometry", &[d, n, field.beta()], size_of::<f64>())?;
    for_each_row(watch, out, len, |index, rows| {
        in_double(rows, |q| {
            fill_sample(family, sample(first, index), q, watch)?;
            match field {
                Field::Real => multiply_up(d, q, watch),
                Field::Complex => multiply_up(d, as_complex_mut(q), watch),
            }
        })
    })
}

/// What both fields can do.
trait Entry:
    Scalar<Real = f64> + Mul<Output = Self> + MulAssign + Div<f64, Output = Self> + AddAssign
{
}

impl Entry for f64 {}
impl Entry for c64 {}

/// A reflection H = 1 - tau v v^H, and the phase of what it makes of its vector.
#[derive(Debug, Clone, Copy)]
struct Reflection<E> {
    tau: f64,
    phase: E,
}

/// Replaces the Gaussian columns of q, d entries each, by the first columns of the product of the
/// reflections of their parts from the diagonal down, times the phases of R's diagonal.
fn multiply_up<E: Entry>(d: usize, q: &mut [E], watch: &Watch) -> Result<()> {
    let n = q.len() / d;
    let mut reflections = try_filled(
        "the reflections",
        n,
        Reflection {
            tau: 0.0,
            phase: E::ONE,
        },
    )?;
    q.par_chunks_mut(d)
        .zip(&mut reflections)
        .enumerate()
        .try_for_each(|(j, (column, to))| {
            watch.check()?;
            *to = reflect(&mut column[j..]);
            Ok(())
        })?;
    if d <= SMALL || n <= FEW {
        for (j, reflection) in reflections.iter().enumerate().rev() {
            watch.check()?;
            apply(d, j, reflection.tau, q);
        }
        return rotate(d, q, &reflections, watch);
    }
    let mut space = Space::new(d, n)?;
    for start in (0..n).step_by(PANEL).rev() {
        watch.check()?;
        let width = PANEL.min(n - start);
        let taus: [f64; PANEL] = std::array::from_fn(|j| {
            if j < width {
                reflections[start + j].tau
            } else {
                0.0
            }
        });
        apply_panel(d, start, &taus[..width], q, &mut space, watch)?;
    }
    rotate(d, q, &reflections, watch)
}

/// Multiplies each column by the phase of its reflection.
fn rotate<E: Entry>(
    d: usize,
    q: &mut [E],
    reflections: &[Reflection<E>],
    watch: &Watch,
) -> Result<()> {
    q.par_chunks_mut(d)
        .zip(reflections)
        .try_for_each(|(column, reflection)| {
            watch.check()?;
            for x in column {
                *x *= reflection.phase;
            }
            Ok(())
        })
}

/// Turns x into the vector v of its reflection, v[0] = 1.
fn reflect<E: Entry>(x: &mut [E]) -> Reflection<E> {
    let norm = x
        .iter()
        .map(|&x| (x.conjugate() * x).re())
        .sum::<f64>()
        .sqrt();
    let Some(&head) = x.first().filter(|_| norm > 0.0) else {
        return Reflection {
            tau: 0.0,
            phase: E::ONE,
        };
    };
    let size = (head.conjugate() * head).re().sqrt();
    let phase = if size > 0.0 { head / size } else { E::ONE };
    // v = x + phase |x| e_1, over its first entry phase (|head| + |x|).
    let inverse = phase.conjugate().scaled(1.0 / (size + norm));
    for x in x.iter_mut() {
        *x *= inverse;
    }
    x[0] = E::ONE;
    Reflection {
        tau: (size + norm) / norm,
        phase: phase.scaled(-1.0),
    }
}

/// Multiplies the columns after `j` by the reflection that lies in column `j`, and puts its own in
/// place of that.
fn apply<E: Entry>(d: usize, j: usize, tau: f64, q: &mut [E]) {
    let (own, rest) = q[j * d..].split_at_mut(d);
    own[..j].fill(E::ZERO);
    let v = &own[j..];
    let one = |column: &mut [E]| {
        // What was drawn above the diagonal is not part of any reflection.
        column[j] = E::ZERO;
        let product = product(v, &column[j..]).scaled(-tau);
        for (&v, x) in v.iter().zip(&mut column[j..]) {
            *x += v * product;
        }
    };
    if d < LONG {
        rest.chunks_mut(d).for_each(one);
    } else {
        rest.par_chunks_mut(d).for_each(one);
    }
    for x in &mut own[j..] {
        *x = x.scaled(-tau);
    }
    own[j] += E::ONE;
}

/// v^H x, in sums that do not wait for each other.
fn product<E: Entry>(v: &[E], x: &[E]) -> E {
    let mut sums = [E::ZERO; LANES];
    let ((v, last_v), (x, last_x)) = (v.as_chunks::<LANES>(), x.as_chunks::<LANES>());
    for (v, x) in v.iter().zip(x) {
        for ((sum, v), &x) in sums.iter_mut().zip(v).zip(x) {
            *sum += v.conjugate() * x;
        }
    }
    for ((sum, v), &x) in sums.iter_mut().zip(last_v).zip(last_x) {
        *sum += v.conjugate() * x;
    }
    sums.into_iter().fold(E::ZERO, Scalar::plus)
}

/// What a panel of reflections is worked out in.
struct Space<E> {
    /// The vectors V of the reflections, column by column.
    vectors: Vec<E>,
    /// V^T, packed in pieces of its columns.
    transposed: Buffer<f64>,
    /// Products that are only packed again.
    product: Vec<E>,
    left: Buffer<f64>,
    right: Buffer<f64>,
}

impl<E: Entry> Space<E> {
    /// Room for the longest panel, which comes last.
    fn new(d: usize, n: usize) -> Result<Self> {
        let width = PANEL.min(n);
        let mut space = Self {
            vectors: try_filled("a panel", d * width, E::ZERO)?,
            transposed: Buffer::default(),
            product: Vec::new(),
            left: Buffer::default(),
            right: Buffer::default(),
        };
        space.transposed.room(packed_len::<E>(width, d))?;
        space.left.room(packed_len::<E>(d, width))?;
        if n > width {
            space.product = try_filled("a panel", d * width, E::ZERO)?;
        }
        Ok(space)
    }
}

/// Multiplies the columns from `start` on by the reflections that lie in columns
/// `start .. start + taus.len()`, and puts their product's columns in place of those.
fn apply_panel<E: Entry>(
    d: usize,
    start: usize,
    taus: &[f64],
    q: &mut [E],
    space: &mut Space<E>,
    watch: &Watch,
) -> Result<()> {
    let (height, width) = (d - start, taus.len());
    let len = height * width;
    let v = &mut space.vectors[..len];
    for (j, column) in v.chunks_mut(height).enumerate() {
        column[..j].fill(E::ZERO);
        column[j..].copy_from_slice(&q[(start + j) * d + start + j..][..height - j]);
    }
    let (along, across) = (offsets(width, height), offsets(height, 1));
    let small = offsets(width, width);
    let transposed = space.transposed.room(packed_len::<E>(width, height))?;
    for (piece, rows) in pieces::<E>(width, height) {
        watch.check()?;
        pack(v, &along, &across[rows], &mut transposed[piece]);
    }
    let transposed = &*transposed;
    let factor: Vec<E> = triangular_factor(transposed, height, taus)?;
    watch.check()?;
    let top: Vec<E> = v
        .chunks(height)
        .flat_map(|column| column[..width].iter().map(|x| x.conjugate()))
        .collect();

    let left = space.left.room(packed_len::<E>(height, width))?;
    let right = space.right.room(packed_len::<E>(width, width))?;
    let (panel, rest) = q[start * d..].split_at_mut(width * d);
    let mut own = block(panel, d, start, height);
    if rest.is_empty() {
        // 1 - V (T V_top^H): the long product is needed only once.
        let mut inner = try_filled("a panel", width * width, E::ZERO)?;
        pack(&factor, &across[..width], &small, left);
        pack(&top, &across[..width], &small, right);
        multiply(
            block(&mut inner, width, 0, width),
            false,
            left,
            right,
            width,
        );
        for x in v.iter_mut() {
            *x = x.conjugate();
        }
        pack(v, &across, &along, left);
        pack(&inner, &small, &across[..width], right);
    } else {
        // -conj(V T), so that products with its adjoint come out as they are needed.
        let y = &mut space.product[..len];
        pack(v, &across, &along, left);
        pack(&factor, &small, &across[..width], right);
        multiply(block(y, height, 0, height), false, left, right, width);
        pack(y, &across, &along, left);
        pack(&top, &across[..width], &small, right);
    }
    watch.check()?;
    multiply(own.as_mut(), false, left, right, width);
    for j in 0..width {
        own[(j, j)] += E::ONE;
    }
    let left = &*left;
    for_each_block(watch, rest, TILE * d, |_, columns| {
        let count = columns.len() / d;
        for column in columns.chunks_mut(d) {
            // What was drawn above the diagonal is not part of any reflection.
            column[start..start + width].fill(E::ZERO);
        }
        let mut buffer = Buffer::default();
        let mut w = try_filled("a panel", width * count, E::ZERO)?;
        for (piece, rows) in pieces::<E>(width, height) {
            let right = buffer.room(packed_len::<E>(count, rows.len()))?;
            let below = &columns[start..];
            pack(below, &offsets(count, d), &across[rows.clone()], right);
            let out = block(&mut w, width, 0, width);
            multiply(out, rows.start > 0, &transposed[piece], right, rows.len());
        }
        let right = buffer.room(packed_len::<E>(count, width))?;
        pack(&w, &offsets(count, width), &across[..width], right);
        multiply(block(columns, d, start, height), true, left, right, width);
        Ok(())
    })
}

/// -conj(T), by columns, of `H_1 H_2 ... = 1 - V T V^H`, T upper triangular, from the pieces of V^T.
fn triangular_factor<E: Entry>(transposed: &[f64], height: usize, taus: &[f64]) -> Result<Vec<E>> {
    let width = taus.len();
    let mut gram = try_filled("a panel", width * width, E::ZERO)?;
    for (piece, rows) in pieces::<E>(width, height) {
        let (out, piece) = (block(&mut gram, width, 0, width), &transposed[piece]);
        multiply(out, rows.start > 0, piece, piece, rows.len());
    }
    let mut factor = try_filled("a panel", width * width, E::ZERO)?;
    for (j, &tau) in taus.iter().enumerate() {
        for i in 0..j {
            let mut sum = E::ZERO;
            for k in i..j {
                sum += factor[k * width + i] * gram[j * width + k];
            }
            factor[j * width + i] = sum.scaled(-tau);
        }
        factor[j * width + j] = E::from_re(tau);
    }
    for x in &mut factor {
        *x = x.conjugate().scaled(-1.0);
    }
    Ok(factor)
}

/// Where the pieces of a packed matrix `(width, height)` lie, and which columns they are.
fn pieces<E: Entry>(
    width: usize,
    height: usize,
) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    (0..height).step_by(PIECE).map(move |first| {
        let end = height.min(first + PIECE);
        let place = packed_len::<E>(width, first)..packed_len::<E>(width, end);
        (place, first..end)
    })
}

/// conj(A) B^T of packed blocks, written or added to `out`.
fn multiply<E: Entry>(out: Block<'_, E>, add: bool, left: &[f64], right: &[f64], depth: usize) {
    dispatch(Product {
        out,
        add,
        lower: false,
        left,
        right,
        depth,
        reach: |_| depth,
    });
}

/// The rows `start .. start + nrows` of columns of `stride` entries each.
fn block<E>(columns: &mut [E], stride: usize, start: usize, nrows: usize) -> Block<'_, E> {
    let ncols = columns.len() / stride;
    let block = MatMut::from_column_major_slice_mut(columns, stride, ncols);
    match block.try_as_col_major_mut() {
        Some(block) => block.subrows_mut(start, nrows),
        None => unreachable!("columns of a slice lie in one piece"),
    }
}

/// Multiples of `step`.
fn offsets(count: usize, step: usize) -> Vec<usize> {
    (0..count).map(|i| i * step).collect()
}
