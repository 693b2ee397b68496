//! The two kinds of floats that kernels read and write; they compute in `f64`.

/// `f64` or `f32`.
pub trait Real: Copy + Send + Sync + Default + 'static {
    /// Rounds to this kind.
    fn from_f64(x: f64) -> Self;
    /// Exactly the same number.
    fn to_f64(self) -> f64;
    /// The same numbers as `f64`, if that is what they are.
    fn as_f64_mut(items: &mut [Self]) -> Option<&mut [f64]>;
}

impl Real for f64 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    fn as_f64_mut(items: &mut [Self]) -> Option<&mut [f64]> {
        Some(items)
    }
}

impl Real for f32 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn as_f64_mut(_: &mut [Self]) -> Option<&mut [f64]> {
        None
    }
}
