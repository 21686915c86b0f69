//! Random numbers that are the same everywhere, and the same as NumPy's.

use rand_mt::Mt;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

/// Uniform numbers from 0 up to, but not including, 1.
///
/// ```
/// use amsgrad::random::Uniform;
/// let mut tutorial = Uniform::numpy_legacy(1); // numpy.random.seed(1); numpy.random.rand()
/// assert_eq!(tutorial.next(), 0.417022004702574);
/// let mut generator = Uniform::numpy(1); // numpy.random.default_rng(1).random()
/// assert_eq!(generator.next(), 0.5118216247002567);
/// ```
#[derive(Clone, Debug)]
pub struct Uniform(Stream);

#[derive(Clone, Debug)]
enum Stream {
    MersenneTwister(Box<Mt>),
    Pcg(Pcg64),
}

/// 2^-53: a double has 53 bits.
const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;

impl Uniform {
    /// Returns the stream of `numpy.random.seed(seed)` and `numpy.random.rand`: MT19937, 53 bits of two outputs.
    #[must_use]
    pub fn numpy_legacy(seed: u32) -> Self {
        Self(Stream::MersenneTwister(Box::new(Mt::new(seed))))
    }

    /// Returns the stream of `numpy.random.default_rng(seed).random`: PCG64 (XSL-RR 128/64) seeded through
    /// `SeedSequence`.
    #[must_use]
    pub fn numpy(seed: u64) -> Self {
        Self::pcg(seed_sequence(seed, &[]))
    }

    /// Returns the stream of `default_rng(SeedSequence(seed, spawn_key=(index,))).random`: of many, each for itself.
    #[must_use]
    pub fn numpy_spawned(seed: u64, index: u64) -> Self {
        let words = [index as u32, (index >> 32) as u32];
        Self::pcg(seed_sequence(seed, if words[1] == 0 { &words[..1] } else { &words }))
    }

    fn pcg(words: [u64; 4]) -> Self {
        let wide = |i: usize| u128::from(words[i]) << 64 | u128::from(words[i + 1]);
        Self(Stream::Pcg(Pcg64::new(wide(0), wide(2))))
    }

    /// Draws the next number.
    #[allow(clippy::should_implement_trait, reason = "a stream without end is no iterator to collect")]
    pub fn next(&mut self) -> f64 {
        match &mut self.0 {
            Stream::MersenneTwister(twister) => {
                let (high, low) = (twister.next_u32() >> 5, twister.next_u32() >> 6);
                (f64::from(high) * (1 << 26) as f64 + f64::from(low)) * UNIT
            }
            Stream::Pcg(pcg) => (pcg.next_u64() >> 11) as f64 * UNIT,
        }
    }

    /// Draws an integer from 0 to `count - 1`, each equally likely to within 2^-53; 0 where `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.next() * count as f64) as usize).min(count.saturating_sub(1))
    }
}

/// Returns four 64-bit words from one seed, as NumPy's `SeedSequence(seed).generate_state(4, uint64)`: a pool of four
/// 32-bit words, each hashed, then mixed with every other (O'Neill's `seed_seq_fe`), then with the words of the spawn
/// key.
fn seed_sequence(seed: u64, spawn_key: &[u32]) -> [u64; 4] {
    let mut hash = Hash { constant: 0x43b0_d7e5, multiplier: 0x931e_8875 };
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0].map(|word| hash.word(word));
    for source in 0..4 {
        for target in (0..4).filter(|target| *target != source) {
            pool[target] = mix(pool[target], hash.word(pool[source]));
        }
    }
    for key in spawn_key {
        for word in &mut pool {
            *word = mix(*word, hash.word(*key));
        }
    }
    let mut hash = Hash { constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded };
    let mut word = |i: usize| u64::from(hash.word(pool[i % 4]));
    core::array::from_fn(|i| word(2 * i) | word(2 * i + 1) << 32)
}

fn mix(word: u32, hashed: u32) -> u32 {
    let mixed = word.wrapping_mul(0xca01_f9dd).wrapping_sub(hashed.wrapping_mul(0x4973_f715));
    mixed ^ mixed >> 16
}

struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    fn word(&mut self, word: u32) -> u32 {
        let mixed = word ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let mixed = mixed.wrapping_mul(self.constant);
        mixed ^ mixed >> 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Recorded with NumPy 2.4: [default_rng(SeedSequence(seed, spawn_key=(i,))).random() for _ in range(2)].
    #[test]
    fn the_same_spawned_streams_as_numpy() {
        let spawned = [
            (0, 0, [0.9429375528828794, 0.3163371523854981]),
            (1, 0, [0.6990345474368357, 0.17433552137309583]),
            (1, 1, [0.4757645185899906, 0.6005884039084781]),
            (42, 999999, [0.7580765706124285, 0.581543297843207]),
            (1099511627779, 5, [0.7498212500154996, 0.5397828825007862]),
            (7, 4294967305, [0.9972247433593721, 0.22150596777724996]),
        ];
        for (seed, index, numbers) in spawned {
            let mut uniform = Uniform::numpy_spawned(seed, index);
            assert_eq!([uniform.next(), uniform.next()], numbers, "seed {seed}, index {index}");
        }
    }

    // Recorded with NumPy 2.4: [default_rng(seed).random() for _ in range(4)], likewise seed(seed) and rand().
    #[test]
    fn the_same_numbers_as_numpy() {
        let generator: [(u64, [f64; 4]); 6] = [
            (0, [0.6369616873214543, 0.2697867137638703, 0.04097352393619469, 0.016527635528529094]),
            (1, [0.5118216247002567, 0.9504636963259353, 0.14415961271963373, 0.9486494471372439]),
            (42, [0.7739560485559633, 0.4388784397520523, 0.8585979199113825, 0.6973680290593639]),
            (
                u64::from(u32::MAX),
                [0.2519435680449965, 0.21906579628685663, 0.28728472043517017, 0.6189813025326831],
            ),
            (1 << 32, [0.8897387912781343, 0.5571380502062263, 0.8009080868919721, 0.9565138174753386]),
            (
                (1 << 63) + 5,
                [0.48023310532329777, 0.9041733770137489, 0.6417306338738085, 0.06237977477559786],
            ),
        ];
        for (seed, expected) in generator {
            let mut uniform = Uniform::numpy(seed);
            assert_eq!([(); 4].map(|()| uniform.next()), expected, "default_rng({seed})");
        }
        let legacy: [(u32, [f64; 4]); 4] = [
            (0, [0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969]),
            (1, [0.417022004702574, 0.7203244934421581, 0.00011437481734488664, 0.30233257263183977]),
            (42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366]),
            (u32::MAX, [0.0976320289940138, 0.9123828453026218, 0.78903530185164, 0.7800035981134678]),
        ];
        for (seed, expected) in legacy {
            let mut uniform = Uniform::numpy_legacy(seed);
            assert_eq!([(); 4].map(|()| uniform.next()), expected, "seed({seed})");
        }
    }
}
