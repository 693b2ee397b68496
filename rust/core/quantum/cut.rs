//! A cut of a product space into subsystems that are kept and the rest: which amplitude of a state
//! stands where in the matrix C of |psi> = sum C\[i, k\] |i>_kept |k>_rest.
//!
//! Axes that stay together are merged, so that the matrix is read in the longest runs there are.

use std::ops::Range;

use faer::MatRef;

use crate::error::{Error, Result};
use crate::linalg::gram::Source;
use crate::linalg::scalar::Scalar;

/// A digit of an index and how far a step of it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Axis {
    size: usize,
    stride: usize,
}

/// A mixed-radix index, most significant digit first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    axes: Vec<Axis>,
    len: usize,
}

impl Index {
    /// Digits of the given sizes and strides; digits of one value vanish, neighbors merge.
    fn new(digits: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut axes: Vec<Axis> = Vec::new();
        let mut len = 1;
        for (size, stride) in digits {
            len *= size;
            match axes.last_mut() {
                _ if size == 1 => {}
                Some(last) if last.stride == size * stride => {
                    *last = Axis {
                        size: last.size * size,
                        stride,
                    };
                }
                _ => axes.push(Axis { size, stride }),
            }
        }
        Self { axes, len }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values; never so, since every dimension is at least one.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Consecutive values that are neighbors in memory.
    fn run(&self) -> usize {
        self.axes
            .last()
            .map_or(1, |last| if last.stride == 1 { last.size } else { 1 })
    }

    /// Where each `step`-th value of `range` stands.
    pub fn offsets(&self, range: Range<usize>, step: usize) -> impl Iterator<Item = usize> {
        range.step_by(step.max(1)).map(|value| {
            let mut rest = value;
            let mut offset = 0;
            for axis in self.axes.iter().rev() {
                offset += rest % axis.size * axis.stride;
                rest /= axis.size;
            }
            offset
        })
    }
}

/// Subsystems kept, in their natural order, and the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    kept: Index,
    rest: Index,
    /// Where each index of the kept subsystems *in the order asked for* stands in natural order;
    /// none if that is the natural order.
    order: Option<Index>,
}

impl Cut {
    /// The cut that keeps the subsystems `keep` of `dims`, in any order.
    ///
    /// # Errors
    /// [`Error::Value`] if a dimension is zero, their product overflows, or `keep` names a
    /// subsystem that is not there, or one twice.
    pub fn new(dims: &[usize], keep: &[usize]) -> Result<Self> {
        let mut strides = vec![1usize; dims.len()];
        let mut total = 1usize;
        for (stride, &size) in strides.iter_mut().zip(dims).rev() {
            if size == 0 {
                return Err(Error::value("dims", "must be at least 1, got 0"));
            }
            *stride = total;
            total = total
                .checked_mul(size)
                .ok_or_else(|| Error::value("dims", "multiply to more than a state can have"))?;
        }
        let mut is_kept = vec![false; dims.len()];
        for &index in keep {
            match is_kept.get_mut(index) {
                Some(seen) if !*seen => *seen = true,
                Some(_) => {
                    let reason = format!("must not name a subsystem twice, got {keep:?}");
                    return Err(Error::value("keep", reason));
                }
                None => {
                    let reason = format!("must be below {}, got {index}", dims.len());
                    return Err(Error::value("keep", reason));
                }
            }
        }
        let side = |kept: bool| {
            let chosen = (0..dims.len()).filter(|&i| is_kept[i] == kept);
            Index::new(chosen.map(|i| (dims[i], strides[i])))
        };
        // A digit of one value may stand anywhere.
        let asked: Vec<usize> = keep.iter().copied().filter(|&i| dims[i] > 1).collect();
        let order = (!asked.is_sorted()).then(|| {
            let inner = |i: usize| -> usize {
                asked
                    .iter()
                    .filter(|&&other| other > i)
                    .map(|&other| dims[other])
                    .product()
            };
            Index::new(asked.iter().map(|&i| (dims[i], inner(i))))
        });
        Ok(Self {
            kept: side(true),
            rest: side(false),
            order,
        })
    }

    /// Dimension of the whole.
    pub fn total(&self) -> usize {
        self.kept.len * self.rest.len
    }

    /// Dimension of what is kept.
    pub fn d_keep(&self) -> usize {
        self.kept.len
    }

    /// Dimension of the rest.
    pub fn d_rest(&self) -> usize {
        self.rest.len
    }

    /// The subsystems that are kept, in natural order, as an index into a state.
    pub fn kept(&self) -> &Index {
        &self.kept
    }

    /// The other subsystems as an index into a state.
    pub fn rest(&self) -> &Index {
        &self.rest
    }

    /// Natural place of each index of the kept subsystems in the order asked for, if they differ.
    pub fn order(&self) -> Option<&Index> {
        self.order.as_ref()
    }

    /// The cut whose kept side is the smaller one of the two; its order is the natural one.
    #[must_use]
    pub fn smaller_side(&self) -> Self {
        let (kept, rest) = (self.kept.clone(), self.rest.clone());
        if kept.len <= rest.len {
            Self {
                kept,
                rest,
                order: None,
            }
        } else {
            Self {
                kept: rest,
                rest: kept,
                order: None,
            }
        }
    }

    /// The matrix C of a state.
    ///
    /// # Errors
    /// [`Error::Value`] if the state has not as many amplitudes as the dimensions multiply to.
    pub fn matrix<'a, T>(&'a self, psi: &'a [T]) -> Result<Amplitudes<'a, T>> {
        if psi.len() == self.total() {
            Ok(Amplitudes { cut: self, psi })
        } else {
            let (got, needed) = (psi.len(), self.total());
            let reason = format!("has {got} amplitudes, but dims multiply to {needed}");
            Err(Error::value("psi", reason))
        }
    }
}

/// The matrix C of a state: rows are indices of what is kept, columns of the rest.
#[derive(Debug, Clone, Copy)]
pub struct Amplitudes<'a, T> {
    cut: &'a Cut,
    psi: &'a [T],
}

impl<T: Scalar> Source<T> for Amplitudes<'_, T> {
    fn nrows(&self) -> usize {
        self.cut.kept.len
    }

    fn ncols(&self) -> usize {
        self.cut.rest.len
    }

    fn view(&self) -> Option<MatRef<'_, T>> {
        let (kept, rest) = (&self.cut.kept, &self.cut.rest);
        if kept.axes.len() > 1 || rest.axes.len() > 1 {
            None
        } else if rest.run() == rest.len {
            Some(MatRef::from_row_major_slice(self.psi, kept.len, rest.len))
        } else {
            Some(MatRef::from_column_major_slice(
                self.psi, kept.len, rest.len,
            ))
        }
    }

    fn gather<'b>(
        &self,
        rows: Range<usize>,
        cols: Range<usize>,
        buffer: &'b mut [T],
    ) -> MatRef<'b, T> {
        let (m, n) = (rows.len(), cols.len());
        let buffer = &mut buffer[..m * n];
        let rest = &self.cut.rest;
        // The longest runs that neither end of the range cuts. Where the neighbors in memory lie
        // along the rows, the cache lines of one row still serve the next ones.
        let run = gcd(gcd(rest.run(), cols.start), n);
        let starts: Vec<usize> = self.cut.kept.offsets(rows, 1).collect();
        let steps: Vec<usize> = rest.offsets(cols, run).collect();
        match run {
            1 => copy_runs::<T, 1>(self.psi, &starts, &steps, buffer),
            2 => copy_runs::<T, 2>(self.psi, &starts, &steps, buffer),
            3 => copy_runs::<T, 3>(self.psi, &starts, &steps, buffer),
            4 => copy_runs::<T, 4>(self.psi, &starts, &steps, buffer),
            _ => {
                let places = starts
                    .iter()
                    .flat_map(|start| steps.iter().map(move |s| start + s));
                for (place, out) in places.zip(buffer.chunks_exact_mut(run)) {
                    out.copy_from_slice(&self.psi[place..place + run]);
                }
            }
        }
        MatRef::from_row_major_slice(buffer, m, n)
    }
}

fn copy_runs<T: Copy, const RUN: usize>(
    psi: &[T],
    starts: &[usize],
    steps: &[usize],
    out: &mut [T],
) {
    for (&start, out) in starts.iter().zip(out.chunks_exact_mut(steps.len() * RUN)) {
        let psi = &psi[start..];
        for (&step, out) in steps.iter().zip(out.as_chunks_mut::<RUN>().0) {
            out.copy_from_slice(&psi[step..step + RUN]);
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
