//! Streams of random words, named by (key, function label, sample, block).
//!
//! The label (ASCII, at most 16 bytes, padded with zeros) is the input block, counter and nonce, of
//! `ChaCha8` under the 32-byte key of the user; the first 32 bytes of that block are the key of the
//! function. Under it, with the sample as nonce, the blocks of counter 4 b .. 4 b + 3 seed the eight
//! xoshiro256++ lanes of block b, four words a lane. Any stream can be reached directly from its name,
//! so its words do not depend on what else is drawn, in which order or by how many threads.
//!
//! `ChaCha`: Bernstein, Workshop Record of SASC (2008); xoshiro256++: Blackman and Vigna, ACM Trans. Math.
//! Softw. 47, 36 (2021).

use crate::error::{Error, Result};
use crate::simd::{LANES, Simd};

/// Longest label.
pub const LABEL_BYTES: usize = 16;

/// State of the eight generators of a stream: word w of lane l at `[w][l]`.
pub type State = [[u64; LANES]; 4];

/// The key of one function under one user key: a family of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    key: [u32; 8],
}

impl Family {
    /// The streams of the function `label` under the user's `key`.
    ///
    /// # Errors
    /// [`Error::Value`] unless the key has 32 bytes and the label 1 to 16 ASCII bytes, none zero.
    pub fn new(key: &[u8], label: &[u8]) -> Result<Self> {
        if key.len() != 32 {
            let reason = format!("must have 32 bytes, got {}", key.len());
            return Err(Error::value("key", reason));
        }
        if label.is_empty() || label.len() > LABEL_BYTES || !label.is_ascii() || label.contains(&0)
        {
            return Err(Error::value(
                "label",
                "must be 1 to 16 ASCII characters, none of them NUL",
            ));
        }
        let mut padded = [0u8; LABEL_BYTES];
        padded[..label.len()].copy_from_slice(label);
        let key = std::array::from_fn(|i| word(key, i));
        let block = chacha8(key, [std::array::from_fn(|i| word(&padded, i))]);
        Ok(Self {
            key: std::array::from_fn(|i| block[i][0]),
        })
    }

    /// The state at the beginning of stream (sample, block), block below 2^62.
    pub fn state(&self, sample: u64, block: u64) -> State {
        let inputs: [[u32; 4]; 4] = std::array::from_fn(|j| {
            let counter = block.wrapping_mul(4).wrapping_add(j as u64);
            [
                counter as u32,
                (counter >> 32) as u32,
                sample as u32,
                (sample >> 32) as u32,
            ]
        });
        let blocks = chacha8(self.key, inputs);
        // F64x8 l takes bytes 32 l .. 32 l + 32 of the four blocks laid end to end.
        let mut state: State = std::array::from_fn(|w| {
            std::array::from_fn(|lane| {
                let (block, at) = (lane / 2, lane % 2 * 8 + 2 * w);
                u64::from(blocks[at][block]) | u64::from(blocks[at + 1][block]) << 32
            })
        });
        let [first, rest @ ..] = &mut state;
        for (lane, word) in first.iter_mut().enumerate() {
            // All zeros is the one state the generator never leaves.
            if *word == 0 && rest.iter().all(|row| row[lane] == 0) {
                *word = 0x9e37_79b9_7f4a_7c15;
            }
        }
        state
    }

    /// The generators of stream (sample, block).
    #[inline(always)]
    pub fn lanes<S: Simd>(&self, simd: S, sample: u64, block: u64) -> Lanes<S> {
        Lanes::new(simd, &self.state(sample, block))
    }
}

/// Eight xoshiro256++ generators side by side.
#[derive(Debug, Clone, Copy)]
pub struct Lanes<S: Simd> {
    words: [S::U; 4],
}

impl<S: Simd> Lanes<S> {
    /// Starts from a state.
    #[inline(always)]
    pub fn new(simd: S, state: &State) -> Self {
        Self {
            words: std::array::from_fn(|w| simd.load_u(&state[w])),
        }
    }

    /// The next word of each lane.
    #[inline(always)]
    pub fn next(&mut self, simd: S) -> S::U {
        let [a, b, c, d] = self.words;
        let sum = simd.add_u(a, d);
        let out = simd.add_u(simd.or(simd.shl::<23>(sum), simd.shr::<41>(sum)), a);
        let shifted = simd.shl::<17>(b);
        let c = simd.xor(c, a);
        let d = simd.xor(d, b);
        let b = simd.xor(b, c);
        let a = simd.xor(a, d);
        let c = simd.xor(c, shifted);
        let d = simd.or(simd.shl::<45>(d), simd.shr::<19>(d));
        self.words = [a, b, c, d];
        out
    }
}

fn word(bytes: &[u8], index: usize) -> u32 {
    let at = 4 * index;
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// N blocks of `ChaCha` with 8 rounds; `inputs` are words 12..16 of each. Word w of block j at `[w][j]`.
fn chacha8<const N: usize>(key: [u32; 8], inputs: [[u32; 4]; N]) -> [[u32; N]; 16] {
    const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
    let start: [[u32; N]; 16] = std::array::from_fn(|w| match w {
        0..4 => [CONSTANTS[w]; N],
        4..12 => [key[w - 4]; N],
        _ => std::array::from_fn(|j| inputs[j][w - 12]),
    });
    let mut x = start;
    for _ in 0..4 {
        for [a, b, c, d] in [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15]] {
            quarter_round(&mut x, a, b, c, d);
        }
        for [a, b, c, d] in [[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] {
            quarter_round(&mut x, a, b, c, d);
        }
    }
    for (row, first) in x.iter_mut().zip(&start) {
        for (word, &add) in row.iter_mut().zip(first) {
            *word = word.wrapping_add(add);
        }
    }
    x
}

#[inline(always)]
fn quarter_round<const N: usize>(x: &mut [[u32; N]; 16], a: usize, b: usize, c: usize, d: usize) {
    for (to, from, xored, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        x[to] = std::array::from_fn(|j| x[to][j].wrapping_add(x[from][j]));
        x[xored] = std::array::from_fn(|j| (x[xored][j] ^ x[to][j]).rotate_left(turn));
    }
}
