//! What the doors of all draws share: streams, fields, and arrays that the core fills as reals.

use num_complex::Complex;
use numpy::Element;
use pyo3::prelude::*;
use typicality::error::Result;
use typicality::execution::Job;
use typicality::random::stream::Family;
use typicality::simd::Real;
use typicality::spectra::field::Field;

use crate::{arrays, enter, errors};

/// Items of arrays that are made of reals of one kind.
pub trait Item: Element + Send {
    /// The kind.
    type Part: Real;
    /// The reals that `items` are made of; real and imaginary parts lie side by side.
    fn parts(items: &mut [Self]) -> &mut [Self::Part];
}

impl Item for f64 {
    type Part = Self;
    fn parts(items: &mut [Self]) -> &mut [Self] {
        items
    }
}

impl Item for f32 {
    type Part = Self;
    fn parts(items: &mut [Self]) -> &mut [Self] {
        items
    }
}

impl<T: Real> Item for Complex<T>
where
    Self: Element,
{
    type Part = T;
    fn parts(items: &mut [Self]) -> &mut [T] {
        let len = 2 * items.len();
        // SAFETY: a complex number is two reals side by side (`repr(C)`), so the same bytes hold
        // twice as many of them; the borrow of `items` lasts as long as the result.
        unsafe { std::slice::from_raw_parts_mut(items.as_mut_ptr().cast::<T>(), len) }
    }
}

/// An array of the given shape that `work` has filled, `out` or a new one: it must write every
/// number.
pub fn filled<'py, I, F>(
    py: Python<'py>,
    shape: &[usize],
    out: Option<&Bound<'py, PyAny>>,
    work: F,
) -> PyResult<Bound<'py, PyAny>>
where
    I: Item,
    F: FnOnce(&mut [I::Part], &Job) -> Result<()> + Send,
{
    let mut out = arrays::output::<I>(py, shape, out)?;
    let parts = I::parts(out.as_slice_mut()?);
    enter::run(py, move |job| work(parts, job))?;
    Ok(out.as_any().clone())
}

/// An array of reals as of [`filled`], in single precision or not; `$work` is a closure over its
/// numbers.
macro_rules! real_array {
    ($py:expr, $single:expr, $shape:expr, $out:expr, $work:expr) => {
        if $single {
            $crate::draws::filled::<f32, _>($py, $shape, $out, $work)
        } else {
            $crate::draws::filled::<f64, _>($py, $shape, $out, $work)
        }
    };
}

/// An array of the given field, in single precision or not; `$work` as for `real_array`.
macro_rules! field_array {
    ($py:expr, $field:expr, $single:expr, $shape:expr, $out:expr, $work:expr) => {
        match ($field, $single) {
            (Field::Real, single) => $crate::draws::real_array!($py, single, $shape, $out, $work),
            (Field::Complex, false) => {
                $crate::draws::filled::<num_complex::Complex<f64>, _>($py, $shape, $out, $work)
            }
            (Field::Complex, true) => {
                $crate::draws::filled::<num_complex::Complex<f32>, _>($py, $shape, $out, $work)
            }
        }
    };
}

pub(crate) use {field_array, real_array};

/// The streams of a function under the user's key.
pub fn family(py: Python<'_>, key: &[u8], label: &[u8]) -> PyResult<Family> {
    Family::new(key, label).map_err(|error| errors::to_python(py, &error))
}

/// The field of Dyson's index.
pub fn field(py: Python<'_>, beta: u32) -> PyResult<Field> {
    Field::from_beta(beta).map_err(|error| errors::to_python(py, &error))
}
