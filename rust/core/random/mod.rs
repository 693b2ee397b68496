//! Random numbers: streams that do not know how many threads there are, and what is drawn from them.

pub mod draws;
pub mod elementary;
pub mod gamma;
pub mod normal;
pub mod sequence;
pub mod stream;
