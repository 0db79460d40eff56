//! Random numbers that a seed determines.

/// Dice that fall as their seed has it (xorshift).
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed; of nought would come nothing but nought.
    pub fn of(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A number below `sides`, to count or to index with.
    pub fn roll(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides).expect("sides");
        usize::try_from(self.below(sides)).expect("a side")
    }

    /// One of several; none of none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.roll(from.len())]) }
    }
}
