//! The block driver: order, errors, stopping, and indifference to the number of threads.

mod support;

use std::collections::HashSet;
use std::time::Duration;

use typicality::error::{Error, try_filled};
use typicality::execution::{Job, for_each_block, map_blocks};
use typicality::random::draws::for_each_costly_row;

use support::in_pool;

#[test]
fn results_come_in_order() {
    for threads in [1, 2, 3, 8] {
        let squares = in_pool(threads, || map_blocks(&Job::new(), 1000, |i| Ok(i * i)));
        assert_eq!(
            squares.unwrap(),
            (0..1000).map(|i| i * i).collect::<Vec<_>>()
        );
    }
}

#[test]
fn blocks_cover_the_slice() {
    let mut out = vec![0usize; 1003];
    for_each_block(&Job::new(), &mut out, 10, |block, items| {
        for (i, item) in items.iter_mut().enumerate() {
            *item = block * 10 + i;
        }
        Ok(())
    })
    .unwrap();
    assert!(out.iter().enumerate().all(|(i, &v)| i == v));
}

#[test]
fn the_first_error_wins() {
    let fail = |i: usize| {
        if i % 7 == 6 {
            Err(Error::value("i", i.to_string()))
        } else {
            Ok(())
        }
    };
    let mut out = [0u8; 100];
    for threads in [1, 3] {
        let error = in_pool(threads, || map_blocks(&Job::new(), 100, fail)).unwrap_err();
        assert_eq!(error, Error::value("i", "6"));
        let error = in_pool(threads, || {
            for_each_block(&Job::new(), &mut out, 1, |i, _| fail(i))
        });
        assert_eq!(error.unwrap_err(), Error::value("i", "6"));
    }
}

#[test]
fn a_stopped_watch_stops_the_work() {
    let job = Job::new();
    job.expect(10);
    job.advance(5);
    assert!((job.fraction() - 0.5).abs() < 1e-15);
    job.stop();
    assert_eq!(map_blocks(&job, 3, Ok).unwrap_err(), Error::Interrupted);
}

#[test]
fn empty_work_is_done_at_once() {
    assert!(map_blocks(&Job::new(), 0, Ok).unwrap().is_empty());
    for_each_block(&Job::new(), &mut [0u8; 0], 0, |_, _| Ok(())).unwrap();
}

#[test]
fn rows_that_cost_much_are_shared() {
    let threads = |cost| {
        let mut threads = vec![0usize; 64];
        in_pool(2, || {
            for_each_costly_row(&Job::new(), &mut threads, 1, cost, |_, out| {
                std::thread::sleep(Duration::from_millis(2));
                out[0] = rayon::current_thread_index().unwrap();
                Ok(())
            })
        })
        .unwrap();
        threads.iter().collect::<HashSet<_>>().len()
    };
    assert_eq!(threads(1), 1);
    assert_eq!(threads(1 << 20), 2);
}

#[test]
fn a_refused_allocation_says_how_large_it_was() {
    let text = |bytes| {
        let what = "the matrix";
        Error::Memory { what, bytes }.to_string()
    };
    assert!(text(3 << 40).starts_with("the matrix would take 3.0 TiB"));
    assert!(text(u128::MAX).starts_with("the matrix would take more than the address space holds"));
    assert!(text(0).contains("0.0 bytes"));
    let refused = try_filled("a cube", 1 << 55, 0u8).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("PiB, which the system refuses")
    );
}
