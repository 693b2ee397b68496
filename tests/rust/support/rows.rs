//! A matrix row by row, as a source of products and factorizations.

use std::borrow::Cow;
use std::ops::Range;

use typicality::linalg::gram::Source;
use typicality::linalg::scalar::Scalar;

/// Its entries, number of rows and number of columns.
#[derive(Clone, Copy)]
pub struct Rows<'a, T>(pub &'a [T], pub usize, pub usize);

impl<T: Scalar> Source<T> for Rows<'_, T> {
    fn nrows(&self) -> usize {
        self.1
    }

    fn ncols(&self) -> usize {
        self.2
    }

    fn entries(&self) -> &[T] {
        self.0
    }

    fn rows(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        range.map(|i| i * self.2).collect()
    }

    fn columns(&self, range: Range<usize>) -> Cow<'_, [usize]> {
        range.collect()
    }
}
