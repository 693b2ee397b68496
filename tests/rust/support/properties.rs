//! The configuration of property tests.

use proptest::test_runner::{Config, FileFailurePersistence};

/// So many cases, after those that ever failed, which `regressions` keeps: a path in the repository.
pub fn properties(cases: u32, regressions: &'static str) -> Config {
    Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(regressions))),
        ..Config::default()
    }
}
