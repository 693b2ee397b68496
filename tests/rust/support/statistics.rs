//! Claims about random numbers, tested as such.

/// Fails unless the mean of independent samples is within four standard errors of the exact one.
pub fn assert_mean(x: &[f64], exact: f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(
        (mean - exact).abs() <= 4.0 * error + 1e-13 * exact.abs(),
        "{mean} {exact} {error}"
    );
}
