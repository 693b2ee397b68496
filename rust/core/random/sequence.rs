//! The normals of a sample, handed out row after row: for matrices that are filled in part.

use crate::error::{Result, try_filled};
use crate::execution::Job;
use crate::random::normal;
use crate::random::stream::Family;

/// Where in its sequence of normals a sample is.
#[derive(Debug)]
pub struct Sequence<'a> {
    family: &'a Family,
    sample: u64,
    /// Block that is drawn next.
    block: u64,
    /// Numbers that will still be asked for.
    left: usize,
    drawn: Vec<f64>,
    at: usize,
    job: &'a Job,
}

impl<'a> Sequence<'a> {
    /// The first `len` normals of a sample.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::error::Error::Memory).
    pub fn new(family: &'a Family, sample: u64, len: usize, job: &'a Job) -> Result<Self> {
        let drawn = try_filled("a block of normals", len.min(normal::BLOCK), 0.0)?;
        let at = drawn.len();
        Ok(Self {
            family,
            sample,
            block: 0,
            left: len,
            drawn,
            at,
            job,
        })
    }

    /// Fills `out` with the next normals times `scale`; zeros after the last.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::error::Error::Interrupted).
    pub fn fill(&mut self, mut out: &mut [f64], scale: f64) -> Result<()> {
        while !out.is_empty() {
            if self.at == self.drawn.len() {
                self.job.check()?;
                self.drawn.truncate(self.left);
                if self.drawn.is_empty() {
                    out.fill(0.0);
                    break;
                }
                normal::fill(self.family, self.sample, self.block, &mut self.drawn);
                self.block += 1;
                self.left -= self.drawn.len();
                self.at = 0;
            }
            let ready = &self.drawn[self.at..];
            let count = ready.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            for (to, x) in now.iter_mut().zip(ready) {
                *to = scale * x;
            }
            self.at += count;
            out = later;
        }
        Ok(())
    }
}
