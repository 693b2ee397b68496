//! What caches are told: numbers that nobody reads soon, and others that somebody will.

use super::{F64x8, LANES, Real, Simd};

/// Copies numbers past the caches, where the processor can: a cache would first read from memory what
/// is overwritten, and drop for it what is needed again. Long runs alone gain from that. Other threads
/// may see them after a [`fence`](Simd::fence).
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub fn store_past_caches<S: Simd, R: Real>(simd: S, from: &[R], to: &mut [R]) {
    assert_eq!(from.len(), to.len(), "as many numbers");
    // SAFETY: lanes are floats, of which any bits are one, as `R` is.
    let (head, lines, tail) = unsafe { to.align_to_mut::<F64x8>() };
    let (first, from) = from.split_at(head.len());
    head.copy_from_slice(first);
    let len = size_of::<F64x8>() / size_of::<R>();
    let (from, last) = from.split_at(lines.len() * len);
    for (line, from) in lines.iter_mut().zip(from.chunks_exact(len)) {
        let from = from.as_ptr().cast::<[f64; LANES]>();
        // SAFETY: a chunk has as many bytes as a line, and any bits are floats.
        let lanes = unsafe { from.read_unaligned() };
        simd.store_past_caches(simd.load(&lanes), line);
    }
    tail.copy_from_slice(last);
}

/// Tells the caches that the line on which a slice begins will be read.
#[inline(always)]
pub fn fetch<T>(line: &[T]) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which every x86-64 processor knows and which reads nothing.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
