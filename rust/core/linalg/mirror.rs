//! Hermitian matrices from what lies on one side of their diagonal.

use std::array;

use faer::{ContiguousFwd, MatMut, MatRef};
use rayon::prelude::*;

use super::scalar::{Block, Scalar};
use crate::error::Result;
use crate::parallel::{Spread, Watch};

/// Rows and columns of a tile.
pub const TILE: usize = 128;
/// Rows and columns of what is transposed at a time.
const SQUARE: usize = 8;

/// A block of a matrix to read whose columns lie in one piece each.
type Given<'a, T> = MatRef<'a, T, usize, usize, ContiguousFwd>;

/// Which half of a matrix holds its entries, column-major.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
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

/// Makes a matrix `(n, n)` exactly Hermitian: the other half and the imaginary parts of the diagonal
/// are overwritten.
///
/// # Errors
/// [`Error::Interrupted`](crate::error::Error::Interrupted).
pub fn mirror<T: Scalar>(
    watch: &Watch,
    spread: Spread,
    half: Half,
    matrix: &mut [T],
    n: usize,
) -> Result<()> {
    let one = |tile: &mut Tile<'_, T>| {
        watch.check()?;
        let Tile { lower, upper, .. } = tile;
        match (upper, half) {
            (Some(upper), Half::Lower) => adjoint(lower.as_ref(), upper.as_mut()),
            (Some(upper), Half::Upper) => adjoint(upper.as_ref(), lower.as_mut()),
            (None, _) => complete(half, lower.as_mut()),
        }
        Ok(())
    };
    let mut tiles = tiles(matrix, n);
    match spread {
        Spread::Here => tiles.iter_mut().try_for_each(one),
        Spread::Pool => tiles.par_iter_mut().try_for_each(one),
    }
}

/// Writes the adjoint of `from` to `to`.
fn adjoint<T: Scalar>(from: Given<'_, T>, mut to: Block<'_, T>) {
    let mut block = [[T::ZERO; SQUARE]; SQUARE];
    for col in (0..from.ncols()).step_by(SQUARE) {
        for row in (0..from.nrows()).step_by(SQUARE) {
            read(from, row, col, &mut block);
            write(&block, to.as_mut(), col, row);
        }
    }
}

/// Makes a tile on the diagonal Hermitian.
fn complete<T: Scalar>(half: Half, mut tile: Block<'_, T>) {
    let n = tile.nrows();
    let mut block = [[T::ZERO; SQUARE]; SQUARE];
    for col in (0..n).step_by(SQUARE) {
        for row in (col + SQUARE..n).step_by(SQUARE) {
            let (row, col) = match half {
                Half::Lower => (row, col),
                Half::Upper => (col, row),
            };
            read(tile.as_ref(), row, col, &mut block);
            write(&block, tile.as_mut(), col, row);
        }
        for i in col..n.min(col + SQUARE) {
            for j in col..i {
                match half {
                    Half::Lower => tile[(j, i)] = tile[(i, j)].conjugate(),
                    Half::Upper => tile[(i, j)] = tile[(j, i)].conjugate(),
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
    let mut block = [[T::ZERO; SQUARE]; SQUARE];
    for col in (first..first + ncols).step_by(SQUARE) {
        for row in (top..top + nrows).step_by(SQUARE) {
            read(matrix.as_ref(), row, col, &mut block);
            write(&block, matrix.as_mut(), col, row);
        }
    }
}

/// Reads columns of a block, as far as there are any.
#[inline(always)]
fn read<T: Scalar>(from: Given<'_, T>, row: usize, col: usize, block: &mut [[T; SQUARE]; SQUARE]) {
    let ncols = SQUARE.min(from.ncols() - col);
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
fn write<T: Scalar>(block: &[[T; SQUARE]; SQUARE], to: Block<'_, T>, row: usize, col: usize) {
    let ncols = SQUARE.min(to.ncols() - col);
    for (i, to) in to.subcols_mut(col, ncols).col_iter_mut().enumerate() {
        let to = &mut to.as_slice_mut()[row..];
        match to.first_chunk_mut::<SQUARE>() {
            Some(to) => *to = array::from_fn(|j| block[j][i].conjugate()),
            None => {
                for (to, column) in to.iter_mut().zip(block) {
                    *to = column[i].conjugate();
                }
            }
        }
    }
}
