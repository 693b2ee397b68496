//! A cut of a product space into subsystems that are kept and the rest: which amplitude of a state
//! stands where in the matrix C of |psi> = sum C\[i, k\] |i>_kept |k>_rest.
//!
//! Axes that stay together are merged, so that the matrix is read in the longest runs there are.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{Error, Result};
use crate::linalg::gram::Source;
use crate::linalg::scalar::Scalar;

/// Values of an index whose places are worked out only once.
const TABLE: usize = 1 << 12;

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
    /// Where the first values stand.
    table: Vec<usize>,
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
        let table = count(&axes, 0..len.min(TABLE));
        Self { axes, len, table }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values; never so, since every dimension is at least one.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where each value of `range` stands.
    pub fn offsets(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        match self.table.get(range.clone()) {
            Some(offsets) => Cow::Borrowed(offsets),
            None => Cow::Owned(count(&self.axes, range)),
        }
    }
}

/// Where each value of `range` stands, by counting up.
fn count(axes: &[Axis], range: Range<usize>) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(range.len());
    let Some((last, axes)) = axes.split_last() else {
        offsets.resize(range.len(), 0);
        return offsets;
    };
    let mut rest = range.start / last.size;
    let mut digits = vec![0; axes.len()];
    let mut offset = 0;
    for (axis, digit) in axes.iter().zip(&mut digits).rev() {
        *digit = rest % axis.size;
        offset += *digit * axis.stride;
        rest /= axis.size;
    }
    let mut start = range.start % last.size;
    while offsets.len() < range.len() {
        let end = last.size.min(start + range.len() - offsets.len());
        offsets.extend((start..end).map(|digit| offset + digit * last.stride));
        start = 0;
        for (axis, digit) in axes.iter().zip(&mut digits).rev() {
            *digit += 1;
            offset += axis.stride;
            if *digit < axis.size {
                break;
            }
            *digit = 0;
            offset -= axis.size * axis.stride;
        }
    }
    offsets
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

    /// The matrix C of state `index` of `psi` `(b, D)`.
    ///
    /// # Panics
    /// If there are not so many states.
    pub fn state<'a, T>(&'a self, psi: &'a [T], index: usize) -> Amplitudes<'a, T> {
        let total = self.total();
        let psi = &psi[index * total..][..total];
        Amplitudes { cut: self, psi }
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

    fn entries(&self) -> &[T] {
        self.psi
    }

    fn rows(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        self.cut.kept.offsets(range)
    }

    fn columns(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        self.cut.rest.offsets(range)
    }
}
