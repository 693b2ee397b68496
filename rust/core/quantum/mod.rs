//! Random states and what is seen of them.

pub mod cut;
pub mod haar;
pub mod observable;
pub mod partial_trace;
pub mod power_traces;
pub mod reduced_state;
pub mod schmidt;
pub mod unitaries;
