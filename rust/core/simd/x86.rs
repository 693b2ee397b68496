//! The x86-64 levels: what the processor has, and kernels compiled for it.

use super::Kernel;
use super::avx2::Avx2;
use super::avx512::Avx512;

pub fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

pub fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

pub fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    #[target_feature(enable = "avx2,fma")]
    fn inner<K: Kernel>(kernel: K) -> K::Output {
        // SAFETY: who calls this looked for the features.
        kernel.run(unsafe { Avx2::proven() })
    }
    assert!(has_avx2());
    // SAFETY: the line above looked for these features.
    unsafe { inner(kernel) }
}

pub fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
    fn inner<K: Kernel>(kernel: K) -> K::Output {
        // SAFETY: who calls this looked for the features.
        kernel.run(unsafe { Avx512::proven() })
    }
    assert!(has_avx512());
    // SAFETY: the line above looked for these features.
    unsafe { inner(kernel) }
}
