//! Hermitian matrices from what lies on one side of their diagonal.

use std::array;

use faer::{ContiguousFwd, MatMut, MatRef};
use rayon::prelude::*;

use super::scalar::{Block, Scalar};
use crate::error::Result;
use crate::execution::{Job, Parallelism};

/// Rows and columns of a tile.
pub const TILE_ORDER: usize = 128;
/// Rows and columns of what is transposed at a time.
const SQUARE_ORDER: usize = 8;

/// A block of a matrix to read whose columns lie in one piece each.
type Given<'a, T> = MatRef<'a, T, usize, usize, ContiguousFwd>;

/// Which half of a matrix holds its entries, column-major.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triangle {
    /// Below the diagonal; of a row-major matrix, above it.
    Lower,
    /// Above the diagonal; of a row-major matrix, below it.
    Upper,
}

/// A tile of the lower half and its mirror image, which a tile on the diagonal has not.
pub struct Tile<'a, T> {
    /// First row.
    pub row: usize,
    /// First column.
    pub col: usize,
    /// The tile itself.
    pub lower: Block<'a, T>,
    /// Its mirror image.
    pub upper: Option<Block<'a, T>>,
}

/// Cuts a matrix `(n, n)`, column-major, into tiles.
pub fn tiles<T: Scalar>(matrix: &mut [T], n: usize) -> Vec<Tile<'_, T>> {
    let mut found = Vec::new();
    let matrix = MatMut::from_column_major_slice_mut(matrix, n, n);
    let Some(mut rest) = matrix.try_as_col_major_mut() else {
        unreachable!("columns of a slice lie in one piece");
    };
    let mut start = 0;
    // What is left is square; each turn takes its first tile of columns and of rows.
    while rest.nrows() > 0 {
        let size = rest.nrows().min(TILE_ORDER);
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
            let size = below.nrows().min(TILE_ORDER);
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

/// Makes a matrix `(n, n)` exactly Hermitian: the other half and the imaginary parts of the diagonal
/// are overwritten.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn fill_hermitian<T: Scalar>(
    half: Triangle,
    matrix: &mut [T],
    n: usize,
    parallelism: Parallelism,
    job: &Job,
) -> Result<()> {
    let one = |tile: &mut Tile<'_, T>| {
        job.check()?;
        let Tile { lower, upper, .. } = tile;
        match (upper, half) {
            (Some(upper), Triangle::Lower) => adjoint(lower.as_ref(), upper.as_mut()),
            (Some(upper), Triangle::Upper) => adjoint(upper.as_ref(), lower.as_mut()),
            (None, _) => complete(half, lower.as_mut()),
        }
        Ok(())
    };
    let mut tiles = tiles(matrix, n);
    match parallelism {
        Parallelism::Sequential => tiles.iter_mut().try_for_each(one),
        Parallelism::Pool => tiles.par_iter_mut().try_for_each(one),
    }
}

/// Writes the adjoint of `from` to `to`.
fn adjoint<T: Scalar>(from: Given<'_, T>, mut to: Block<'_, T>) {
    let mut block = [[T::ZERO; SQUARE_ORDER]; SQUARE_ORDER];
    for col in (0..from.ncols()).step_by(SQUARE_ORDER) {
        for row in (0..from.nrows()).step_by(SQUARE_ORDER) {
            read(from, row, col, &mut block);
            write(&block, to.as_mut(), col, row);
        }
    }
}

/// Makes a tile on the diagonal Hermitian.
fn complete<T: Scalar>(half: Triangle, mut tile: Block<'_, T>) {
    let n = tile.nrows();
    let mut block = [[T::ZERO; SQUARE_ORDER]; SQUARE_ORDER];
    for col in (0..n).step_by(SQUARE_ORDER) {
        for row in (col + SQUARE_ORDER..n).step_by(SQUARE_ORDER) {
            let (row, col) = match half {
                Triangle::Lower => (row, col),
                Triangle::Upper => (col, row),
            };
            read(tile.as_ref(), row, col, &mut block);
            write(&block, tile.as_mut(), col, row);
        }
        for i in col..n.min(col + SQUARE_ORDER) {
            for j in col..i {
                match half {
                    Triangle::Lower => tile[(j, i)] = tile[(i, j)].conjugate(),
                    Triangle::Upper => tile[(i, j)] = tile[(j, i)].conjugate(),
                }
            }
            tile[(i, i)] = T::from_re(tile[(i, i)].re());
        }
    }
}

/// Writes the adjoint of a block on or below the diagonal to its place above, as kernels do: inline.
#[inline(always)]
pub fn complete_block<T: Scalar>(
    mut matrix: Block<'_, T>,
    top: usize,
    first: usize,
    nrows: usize,
    ncols: usize,
) {
    if top == first {
        for i in top..top + nrows {
            for j in first..i {
                matrix[(j, i)] = matrix[(i, j)].conjugate();
            }
            matrix[(i, i)] = T::from_re(matrix[(i, i)].re());
        }
        return;
    }
    let mut block = [[T::ZERO; SQUARE_ORDER]; SQUARE_ORDER];
    for col in (first..first + ncols).step_by(SQUARE_ORDER) {
        for row in (top..top + nrows).step_by(SQUARE_ORDER) {
            read(matrix.as_ref(), row, col, &mut block);
            write(&block, matrix.as_mut(), col, row);
        }
    }
}

/// Reads columns of a block, as far as there are any.
#[inline(always)]
fn read<T: Scalar>(
    from: Given<'_, T>,
    row: usize,
    col: usize,
    block: &mut [[T; SQUARE_ORDER]; SQUARE_ORDER],
) {
    let ncols = SQUARE_ORDER.min(from.ncols() - col);
    for (from, column) in from.subcols(col, ncols).col_iter().zip(block) {
        let from = &from.as_slice()[row..];
        match from.first_chunk() {
            Some(from) => *column = *from,
            None => column[..from.len()].copy_from_slice(from),
        }
    }
}

/// Writes the adjoint of a block, as far as there is room.
#[inline(always)]
fn write<T: Scalar>(
    block: &[[T; SQUARE_ORDER]; SQUARE_ORDER],
    to: Block<'_, T>,
    row: usize,
    col: usize,
) {
    let ncols = SQUARE_ORDER.min(to.ncols() - col);
    for (i, to) in to.subcols_mut(col, ncols).col_iter_mut().enumerate() {
        let to = &mut to.as_slice_mut()[row..];
        match to.first_chunk_mut::<SQUARE_ORDER>() {
            Some(to) => *to = array::from_fn(|j| block[j][i].conjugate()),
            None => {
                for (to, column) in to.iter_mut().zip(block) {
                    *to = column[i].conjugate();
                }
            }
        }
    }
}
