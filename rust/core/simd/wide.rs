//! Products in the precision of their factors: as many numbers at once as eight lanes have room for.

use super::{F32_LANES, LANES, Real, Simd};

/// Floats with the operations of a matrix product.
pub trait Wide: Real {
    /// Numbers at once.
    const WIDTH: usize;
    /// So many numbers.
    type Lanes<S: Simd>: Copy;
    /// One number everywhere.
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Lanes<S>;
    /// The first numbers of a slice that has them.
    fn load<S: Simd>(simd: S, from: &[Self]) -> Self::Lanes<S>;
    /// Writes to the beginning of a slice that has room.
    fn store<S: Simd>(simd: S, x: Self::Lanes<S>, to: &mut [Self]);
    /// a b + c with one rounding.
    fn fma<S: Simd>(
        simd: S,
        a: Self::Lanes<S>,
        b: Self::Lanes<S>,
        c: Self::Lanes<S>,
    ) -> Self::Lanes<S>;
    /// c - a b with one rounding.
    fn fnma<S: Simd>(
        simd: S,
        a: Self::Lanes<S>,
        b: Self::Lanes<S>,
        c: Self::Lanes<S>,
    ) -> Self::Lanes<S>;
    /// Sum of all in one fixed order.
    fn sum<S: Simd>(simd: S, x: Self::Lanes<S>) -> Self;
    /// Writes numbers one by one, or, given twice as many, those of even and then those of odd place.
    fn separate<S: Simd>(simd: S, from: &[Self], to: &mut [Self]);
    /// Writes a square matrix of as many rows as there are numbers at once, by columns; row i begins
    /// `step * starts[i]` numbers after the beginning of `from`. Does nothing, and says so, where
    /// that is not faster than moving the numbers one by one.
    fn transpose<S: Simd>(
        simd: S,
        from: &[Self],
        starts: &[usize],
        step: usize,
        to: &mut [Self],
    ) -> bool {
        let _ = (simd, from, starts, step, to);
        false
    }
}

macro_rules! arithmetic {
    ($real:ty, $width:expr, $lanes:ident, $splat:ident, $load:ident, $store:ident, $fma:ident, $fnma:ident) => {
        const WIDTH: usize = $width;
        type Lanes<S: Simd> = S::$lanes;

        #[inline(always)]
        fn splat<S: Simd>(simd: S, x: Self) -> S::$lanes {
            simd.$splat(x)
        }
        #[inline(always)]
        fn load<S: Simd>(simd: S, from: &[Self]) -> S::$lanes {
            simd.$load(&from.as_chunks().0[0])
        }
        #[inline(always)]
        fn store<S: Simd>(simd: S, x: S::$lanes, to: &mut [Self]) {
            simd.$store(x, &mut to.as_chunks_mut().0[0]);
        }
        #[inline(always)]
        fn fma<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes, c: S::$lanes) -> S::$lanes {
            simd.$fma(a, b, c)
        }
        #[inline(always)]
        fn fnma<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes, c: S::$lanes) -> S::$lanes {
            simd.$fnma(a, b, c)
        }
        #[inline(always)]
        fn sum<S: Simd>(simd: S, x: S::$lanes) -> Self {
            let mut sums = [0.0; $width];
            simd.$store(x, &mut sums);
            let mut half = $width / 2;
            while half > 0 {
                for i in 0..half {
                    sums[i] += sums[i + half];
                }
                half /= 2;
            }
            sums[0]
        }
    };
}

impl Wide for f64 {
    arithmetic!(f64, LANES, F, splat, load, store, fma, fnma);

    #[inline(always)]
    fn separate<S: Simd>(simd: S, from: &[Self], to: &mut [Self]) {
        let (from, to) = (from.as_chunks().0, to.as_chunks_mut().0);
        if let ([a, b], [even, odd]) = (from, &mut *to) {
            let (evens, odds) = simd.separate(simd.load(a), simd.load(b));
            simd.store(evens, even);
            simd.store(odds, odd);
        } else {
            to[0] = from[0];
        }
    }
    #[inline(always)]
    fn transpose<S: Simd>(
        simd: S,
        from: &[Self],
        starts: &[usize],
        step: usize,
        to: &mut [Self],
    ) -> bool {
        // The number of turns is fixed, so that no row leaves its register.
        let starts = starts.as_chunks::<LANES>().0[0];
        let mut rows = [simd.splat(0.0); LANES];
        for i in 0..LANES {
            rows[i] = simd.load(&from[step * starts[i]..].as_chunks().0[0]);
        }
        let columns = simd.transpose(rows);
        for (to, column) in to.as_chunks_mut().0.iter_mut().zip(columns) {
            simd.store(column, to);
        }
        true
    }
}

impl Wide for f32 {
    arithmetic!(f32, F32_LANES, W, splat_w, load_w, store_w, fma_w, fnma_w);

    #[inline(always)]
    fn separate<S: Simd>(_: S, from: &[Self], to: &mut [Self]) {
        if from.len() > F32_LANES {
            let (even, odd) = to.split_at_mut(F32_LANES);
            for ((even, odd), from) in even.iter_mut().zip(odd).zip(from.as_chunks().0) {
                [*even, *odd] = *from;
            }
        } else {
            to[..F32_LANES].copy_from_slice(from);
        }
    }
}
