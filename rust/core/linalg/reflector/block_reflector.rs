//! Block reflectors in compact WY form, `H_1 .. H_b = I - V T V^H`, applied by the product kernel.
//!
//! T follows from the Gram matrix of V column by column: `T_jj = tau_j` and
//! `T_1..j-1,j = -tau_j T_1..j-1,1..j-1 (V^H V)_1..j-1,j`.

use std::ops::Range;

use faer::MatMut;

use crate::error::{Result, try_filled};
use crate::execution::{Job, for_each_block};
use crate::linalg::micro_kernel::Product;
use crate::linalg::packing::{Buffer, pack, packed_len};
use crate::linalg::scalar::{Block, Entry};
use crate::simd::dispatch;

/// Columns of a panel: the most reflectors in a block reflector.
pub const PANEL_COLUMNS: usize = 32;
/// Columns that one task applies the block reflector to.
const TILE_COLUMNS: usize = 64;
/// Rows that are packed at a time.
const PIECE_ROWS: usize = 256;

/// The workspace of a block reflector, reused from panel to panel.
pub struct Workspace<E> {
    /// V, column by column.
    vectors: Vec<E>,
    /// V^T, packed in pieces of its columns.
    transposed: Buffer<f64>,
    /// -conj(V T), before it is packed.
    product: Vec<E>,
    left: Buffer<f64>,
    right: Buffer<f64>,
}

impl<E: Entry> Workspace<E> {
    /// Bytes of the workspace, with the offsets of rows that it is packed by.
    pub fn bytes(d: usize, n: usize) -> u128 {
        let width = PANEL_COLUMNS.min(n);
        let products = if n > width { 2 } else { 1 };
        let packed = packed_len::<E>(width, d) + packed_len::<E>(d, width);
        let entries = products * d * width * size_of::<E>();
        (entries + packed * size_of::<f64>() + d * size_of::<usize>()) as u128
    }

    /// Bytes of what one thread works in beside the workspace.
    pub fn tile_bytes(d: usize, n: usize) -> u128 {
        let width = PANEL_COLUMNS.min(n);
        let columns = TILE_COLUMNS.min(n - width);
        let packed = packed_len::<E>(columns, PIECE_ROWS.min(d).max(width));
        (columns * width * size_of::<E>() + packed * size_of::<f64>()) as u128
    }

    /// For n columns of d entries; the panel that is applied last is the longest.
    pub fn new(d: usize, n: usize) -> Result<Self> {
        let width = PANEL_COLUMNS.min(n);
        let mut workspace = Self {
            vectors: try_filled("a panel", d * width, E::ZERO)?,
            transposed: Buffer::default(),
            product: Vec::new(),
            left: Buffer::default(),
            right: Buffer::default(),
        };
        workspace.transposed.room(packed_len::<E>(width, d))?;
        workspace.left.room(packed_len::<E>(d, width))?;
        if n > width {
            workspace.product = try_filled("a panel", d * width, E::ZERO)?;
        }
        Ok(workspace)
    }
}

/// Applies the block reflector whose vectors lie in columns `start .. start + taus.len()` to the columns
/// after them, and replaces these columns by those of the block reflector.
pub fn apply_block_reflector<E: Entry>(
    d: usize,
    start: usize,
    taus: &[f64],
    q: &mut [E],
    workspace: &mut Workspace<E>,
    job: &Job,
) -> Result<()> {
    let (height, width) = (d - start, taus.len());
    let len = height * width;
    let v = &mut workspace.vectors[..len];
    for (j, column) in v.chunks_mut(height).enumerate() {
        column[..j].fill(E::ZERO);
        column[j..].copy_from_slice(&q[(start + j) * d + start + j..][..height - j]);
    }
    let (along, across) = (offsets(width, height), offsets(height, 1));
    let small = offsets(width, width);
    let transposed = workspace.transposed.room(packed_len::<E>(width, height))?;
    for (piece, rows) in pieces::<E>(width, height) {
        job.check()?;
        pack(v, &along, &across[rows], &mut transposed[piece]);
    }
    let transposed = &*transposed;
    let factor: Vec<E> = triangular_factor(transposed, height, taus)?;
    job.check()?;
    let top: Vec<E> = v
        .chunks(height)
        .flat_map(|column| column[..width].iter().map(|x| x.conjugate()))
        .collect();

    let left = workspace.left.room(packed_len::<E>(height, width))?;
    let right = workspace.right.room(packed_len::<E>(width, width))?;
    let (panel, rest) = q[start * d..].split_at_mut(width * d);
    let mut own = block(panel, d, start, height);
    if rest.is_empty() {
        // I - V (T V_top^H): one long product, since no other column needs V T.
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
        // conj(-V T): the product kernel conjugates its left factor.
        let y = &mut workspace.product[..len];
        pack(v, &across, &along, left);
        pack(&factor, &small, &across[..width], right);
        multiply(block(y, height, 0, height), false, left, right, width);
        pack(y, &across, &along, left);
        pack(&top, &across[..width], &small, right);
    }
    job.check()?;
    multiply(own.as_mut(), false, left, right, width);
    for j in 0..width {
        own[(j, j)] += E::ONE;
    }
    let left = &*left;
    for_each_block(job, rest, TILE_COLUMNS * d, |_, columns| {
        let count = columns.len() / d;
        for column in columns.chunks_mut(d) {
            // Above its diagonal a column still holds the given matrix, which is no part of Q.
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

/// -conj(T), column-major, from the packed pieces of V^T.
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
    (0..height).step_by(PIECE_ROWS).map(move |first| {
        let end = height.min(first + PIECE_ROWS);
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
