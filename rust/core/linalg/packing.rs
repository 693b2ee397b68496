//! Blocks of matrices in the order in which products read them.
//!
//! A block is packed in micro-panels of as many rows as a register has numbers. For one column after
//! the other a micro-panel holds the real parts of its rows and then, of complex rows, the imaginary
//! ones; rows that are not there are zero. So a product reads whole registers and shuffles nothing.

use super::scalar::Scalar;
use crate::error::{Result, try_filled};
use crate::simd::{Kernel, Simd, Wide, dispatch};

/// Bytes of a register, and of a line of the cache.
const LINE_BYTES: usize = 64;

/// Memory for packed blocks, used again and again.
#[derive(Debug)]
pub struct Buffer<R>(Vec<R>);

impl<R> Default for Buffer<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R: Wide> Buffer<R> {
    /// Room for `len` numbers, whatever they are, where no register straddles lines of the cache.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory).
    pub fn room(&mut self, len: usize) -> Result<&mut [R]> {
        let spare = LINE_BYTES / size_of::<R>();
        if self.0.len() < len + spare {
            self.0 = try_filled("a packed block", len + spare, R::default())?;
        }
        let start = self.0.as_ptr().align_offset(LINE_BYTES).min(spare);
        Ok(&mut self.0[start..start + len])
    }
}

/// Rows of a micro-panel.
pub const fn height<T: Scalar>() -> usize {
    <T::Real as Wide>::WIDTH
}

/// Numbers in the micro-panels of a block.
pub const fn packed_len<T: Scalar>(nrows: usize, ncols: usize) -> usize {
    nrows.next_multiple_of(height::<T>()) * ncols * T::PARTS
}

/// Packs the block whose entry (i, k) is `entries[rows[i] + columns[k]]`.
pub fn pack<T: Scalar>(entries: &[T], rows: &[usize], columns: &[usize], packed: &mut [T::Real]) {
    dispatch(Pack {
        entries,
        rows,
        columns,
        packed,
    });
}

struct Pack<'a, T: Scalar> {
    entries: &'a [T],
    rows: &'a [usize],
    columns: &'a [usize],
    packed: &'a mut [T::Real],
}

impl<T: Scalar> Kernel for Pack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let height = height::<T>();
        let len = height * T::PARTS;
        let panels = self
            .packed
            .chunks_exact_mut((len * self.columns.len()).max(1));
        for (rows, panel) in self.rows.chunks(height).zip(panels) {
            if rows.len() < height {
                panel.fill(T::ZERO.re());
                one_by_one(self.entries, rows, self.columns, panel);
            } else if neighbors(rows) {
                for (&step, panel) in self.columns.iter().zip(panel.chunks_exact_mut(len)) {
                    let from = T::parts(&self.entries[rows[0] + step..][..height]);
                    T::Real::separate(simd, from, panel);
                }
            } else {
                // As many columns as make a square of numbers.
                let side = height / T::PARTS;
                let columns = self.columns.chunks(side);
                for (columns, panel) in columns.zip(panel.chunks_mut(height * height)) {
                    let whole = columns.len() == side && neighbors(columns);
                    let from = &T::parts(self.entries)[T::PARTS * columns[0]..];
                    if !(whole && T::Real::transpose(simd, from, rows, T::PARTS, panel)) {
                        one_by_one(self.entries, rows, columns, panel);
                    }
                }
            }
        }
    }
}

/// Whether offsets follow each other without a gap.
#[inline(always)]
fn neighbors(offsets: &[usize]) -> bool {
    offsets.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[inline(always)]
fn one_by_one<T: Scalar>(entries: &[T], rows: &[usize], columns: &[usize], panel: &mut [T::Real]) {
    let height = height::<T>();
    for (&step, panel) in columns
        .iter()
        .zip(panel.chunks_exact_mut(height * T::PARTS))
    {
        let entries = &entries[step..];
        if rows.len() == height {
            // The number of turns is fixed.
            column(entries, &rows[..height], panel);
        } else {
            column(entries, rows, panel);
        }
    }
}

#[inline(always)]
fn column<T: Scalar>(entries: &[T], rows: &[usize], panel: &mut [T::Real]) {
    let (re, im) = panel.split_at_mut(height::<T>());
    for (i, &row) in rows.iter().enumerate() {
        let entry = entries[row];
        re[i] = entry.re();
        if T::PARTS == 2 {
            im[i] = entry.imaginary();
        }
    }
}
