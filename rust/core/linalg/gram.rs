//! The Gram matrix A A^H of the rows of a matrix, worked out from one half of it: what the reduced
//! density matrix of a state is.
//!
//! The output is cut into tiles, the long dimension into panels, both from the sizes alone. The
//! tiles of one panel run in the pool; of a matrix that is much wider than high, groups of panels
//! run in the pool and their sums are added in order. So the bits do not depend on threads.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::scalar::Scalar;
use crate::error::{Result, try_filled};
use crate::parallel::{Spread, Watch};

/// Rows and columns of a tile of the output.
const TILE: usize = 128;
/// Rows and columns of what is transposed at a time.
const BLOCK: usize = 8;
/// Columns of the matrix that are gathered at a time.
const PANEL: usize = 512;
/// Most sums that a wide matrix is split into.
const GROUPS: usize = 16;
/// Widest output that is split into sums, and columns of the matrix for each of them at least:
/// so the sums take no more than a fraction of the memory of the matrix.
const GROUPED: usize = 512;
const GROUP_COLUMNS: usize = 2048;

/// A matrix that need not exist in one piece.
pub trait Source<T>: Sync {
    /// Number of rows.
    fn nrows(&self) -> usize;
    /// Number of columns.
    fn ncols(&self) -> usize;
    /// The matrix itself, where a product can read it in place.
    fn view(&self) -> Option<MatRef<'_, T>>;
    /// A copy of a block, made in `buffer`, which has room for it.
    fn gather<'b>(
        &self,
        rows: Range<usize>,
        cols: Range<usize>,
        buffer: &'b mut [T],
    ) -> MatRef<'b, T>;
}

impl<T: Scalar> Source<T> for MatRef<'_, T> {
    fn nrows(&self) -> usize {
        MatRef::nrows(self)
    }

    fn ncols(&self) -> usize {
        MatRef::ncols(self)
    }

    fn view(&self) -> Option<MatRef<'_, T>> {
        Some(*self)
    }

    fn gather<'b>(
        &self,
        rows: Range<usize>,
        cols: Range<usize>,
        buffer: &'b mut [T],
    ) -> MatRef<'b, T> {
        let (m, n) = (rows.len(), cols.len());
        let block = self.submatrix(rows.start, cols.start, m, n);
        let buffer = &mut buffer[..m * n];
        MatMut::from_column_major_slice_mut(buffer, m, n).copy_from(block);
        MatRef::from_column_major_slice(buffer, m, n)
    }
}

/// Fills the lower half of `out` `(n, n)`, column-major, with conj(A) A^T, which is the upper half
/// of A A^H, row-major; the diagonal is exactly real. `buffer` is reused from call to call.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted) once the watch is stopped;
/// [`Error::Memory`](crate::error::Error::Memory) if a block cannot be allocated.
pub fn lower_half<T: Scalar>(
    watch: &Watch,
    spread: Spread,
    source: &impl Source<T>,
    out: &mut [T],
    buffer: &mut Vec<T>,
) -> Result<()> {
    let (n, width) = (source.nrows(), source.ncols());
    if n == 0 {
        return Ok(());
    }
    if width == 0 {
        out.fill(T::ZERO);
    }
    let (groups, columns) = groups(n, width);
    let sum = |group: usize, sum: &mut [T], spread: Spread, buffer: &mut Vec<T>| {
        let range = group * columns..((group + 1) * columns).min(width);
        sum_panels(watch, spread, source, range, sum, buffer)
    };
    if groups == 1 {
        sum(0, out, spread, buffer)?;
    } else if spread == Spread::Here {
        let mut partial = try_filled("sums", n * n, T::ZERO)?;
        sum(0, out, spread, buffer)?;
        for group in 1..groups {
            sum(group, &mut partial, spread, buffer)?;
            add(out, &partial);
        }
    } else {
        let mut partial = try_filled("sums", (groups - 1) * n * n, T::ZERO)?;
        out.par_chunks_mut(n * n)
            .chain(partial.par_chunks_mut(n * n))
            .enumerate()
            .try_for_each(|(group, out)| sum(group, out, Spread::Here, &mut Vec::new()))?;
        for partial in partial.chunks(n * n) {
            add(out, partial);
        }
    }
    // Rounding leaves imaginary parts there.
    for entry in out.iter_mut().step_by(n + 1) {
        *entry = T::from_re(entry.re());
    }
    Ok(())
}

/// Copies the lower half of a Hermitian matrix `(n, n)`, column-major, to the upper one.
pub fn mirror<T: Scalar>(spread: Spread, matrix: &mut [T], n: usize) {
    let mut tiles = tiles(matrix, n);
    let mirror = |tile: &mut Tile<'_, T>| {
        let Tile { lower, upper, .. } = tile;
        for (rows, cols) in blocks(lower.nrows(), lower.ncols(), upper.is_none()) {
            for j in cols {
                for i in rows.clone() {
                    let entry = lower[(i, j)].conjugate();
                    match upper {
                        Some(upper) => upper[(j, i)] = entry,
                        None if j < i => lower[(j, i)] = entry,
                        None => {}
                    }
                }
            }
        }
    };
    match spread {
        Spread::Here => tiles.iter_mut().for_each(mirror),
        Spread::Pool => tiles.par_iter_mut().for_each(mirror),
    }
}

/// Blocks of a matrix, or of its lower half, small enough to be transposed in the fastest cache.
fn blocks(
    nrows: usize,
    ncols: usize,
    lower: bool,
) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let cut = |len: usize, at: usize| at..(at + BLOCK).min(len);
    (0..nrows).step_by(BLOCK).flat_map(move |row| {
        let end = if lower { row + 1 } else { ncols };
        (0..end)
            .step_by(BLOCK)
            .map(move |col| (cut(nrows, row), cut(ncols, col)))
    })
}

/// Number of sums that a product is split into, and columns of the matrix for each.
fn groups(n: usize, width: usize) -> (usize, usize) {
    let groups = (width / GROUP_COLUMNS.max(4 * n)).min(GROUPS);
    // Fewer would keep fewer threads busy than tiles do.
    if n > GROUPED || groups < 4 {
        return (1, width);
    }
    let columns = width.div_ceil(groups).next_multiple_of(PANEL);
    (width.div_ceil(columns), columns)
}

fn add<T: Scalar>(out: &mut [T], terms: &[T]) {
    for (out, &term) in out.iter_mut().zip(terms) {
        *out = out.plus(term);
    }
}

/// A tile of the lower half and its mirror image, which a tile on the diagonal has not.
struct Tile<'a, T> {
    row: usize,
    col: usize,
    lower: MatMut<'a, T>,
    upper: Option<MatMut<'a, T>>,
}

/// Cuts a matrix into tiles.
fn tiles<T: Scalar>(matrix: &mut [T], n: usize) -> Vec<Tile<'_, T>> {
    let mut found = Vec::new();
    let mut rest = MatMut::from_column_major_slice_mut(matrix, n, n);
    let mut start = 0;
    // What is left is square; each turn takes its first tile of columns and of rows.
    while rest.nrows() > 0 {
        let size = rest.nrows().min(TILE);
        let (top_left, top_right, bottom_left, bottom_right) = rest.split_at_mut(size, size);
        found.push(Tile {
            row: start,
            col: start,
            lower: top_left,
            upper: None,
        });
        let (mut below, mut right) = (bottom_left, top_right);
        let mut row = start + size;
        while below.nrows() > 0 {
            let size = below.nrows().min(TILE);
            let (lower, next_below) = below.split_at_row_mut(size);
            let (upper, next_right) = right.split_at_col_mut(size);
            found.push(Tile {
                row,
                col: start,
                lower,
                upper: Some(upper),
            });
            (below, right) = (next_below, next_right);
            row += size;
        }
        rest = bottom_right;
        start += size;
    }
    found
}

/// Writes the product of some columns to the lower half of `out`.
fn sum_panels<T: Scalar>(
    watch: &Watch,
    spread: Spread,
    source: &impl Source<T>,
    columns: Range<usize>,
    out: &mut [T],
    buffer: &mut Vec<T>,
) -> Result<()> {
    let n = source.nrows();
    let mut tiles = tiles(out, n);
    let view = source.view();
    let step = PANEL.min(columns.len()).max(1);
    let strip = n.min(TILE);
    let strips = n.div_ceil(TILE);
    if view.is_none() && buffer.len() < strips * strip * step {
        *buffer = try_filled("a panel", strips * strip * step, T::ZERO)?;
    }
    for start in columns.clone().step_by(step) {
        let accum = if start == columns.start {
            Accum::Replace
        } else {
            Accum::Add
        };
        let range = start..(start + step).min(columns.end);
        let blocks: Vec<MatRef<'_, T>> = if let Some(view) = view {
            let panel = view.subcols(start, range.len());
            (0..strips)
                .map(|i| panel.subrows(i * TILE, TILE.min(n - i * TILE)))
                .collect()
        } else {
            let gather = |(i, buffer): (usize, _)| {
                let rows = i * TILE..((i + 1) * TILE).min(n);
                source.gather(rows, range.clone(), buffer)
            };
            match spread {
                Spread::Here => buffer
                    .chunks_mut(strip * step)
                    .take(strips)
                    .enumerate()
                    .map(gather)
                    .collect(),
                Spread::Pool => buffer
                    .par_chunks_mut(strip * step)
                    .take(strips)
                    .enumerate()
                    .map(gather)
                    .collect(),
            }
        };
        let product = |tile: &mut Tile<'_, T>| {
            watch.check()?;
            multiply(
                accum,
                tile,
                blocks[tile.row / TILE],
                blocks[tile.col / TILE],
            );
            Ok(())
        };
        match spread {
            Spread::Here => tiles.iter_mut().try_for_each(product)?,
            Spread::Pool => tiles.par_iter_mut().try_for_each(product)?,
        }
    }
    Ok(())
}

fn multiply<T: Scalar>(
    accum: Accum,
    tile: &mut Tile<'_, T>,
    left: MatRef<'_, T>,
    right: MatRef<'_, T>,
) {
    let (out, left, right) = (tile.lower.as_mut(), left.conjugate(), right.transpose());
    if tile.row == tile.col {
        let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
        triangular::matmul(out, lower, accum, left, full, right, full, T::ONE, Par::Seq);
    } else {
        matmul(out, accum, left, right, T::ONE, Par::Seq);
    }
}
