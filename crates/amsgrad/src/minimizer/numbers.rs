//! Where a run keeps the numbers of a point.

use crate::real::Real;

/// An array where their count is known to the compiler, so that those of a
/// small problem stay in registers from step to step; else a vector.
pub(super) trait Numbers<T>: AsRef<[T]> + AsMut<[T]> + Into<Vec<T>> {
    /// The same numbers for others to look at: for an array a copy, since what others hold a reference to must be in
    /// memory.
    type View<'a>: AsRef<[T]>
    where
        Self: 'a;

    fn new(numbers: &[T]) -> Self;
    fn view(&self) -> Self::View<'_>;
    /// Lets others change the numbers; for the same reason those of an array are lent as a copy.
    fn change(&mut self, change: impl FnOnce(&mut [T]));
}

impl<T: Real> Numbers<T> for Vec<T> {
    type View<'a> = &'a [T];

    fn new(numbers: &[T]) -> Self {
        numbers.to_vec()
    }

    #[inline(always)]
    fn view(&self) -> &[T] {
        self
    }

    #[inline(always)]
    fn change(&mut self, change: impl FnOnce(&mut [T])) {
        change(self);
    }
}

impl<T: Real, const N: usize> Numbers<T> for [T; N] {
    type View<'a> = [T; N];

    fn new(numbers: &[T]) -> Self {
        core::array::from_fn(|i| numbers.get(i).copied().unwrap_or_default())
    }

    #[inline(always)]
    fn view(&self) -> [T; N] {
        *self
    }

    #[inline(always)]
    fn change(&mut self, change: impl FnOnce(&mut [T])) {
        let mut numbers = *self;
        change(&mut numbers);
        *self = numbers;
    }
}
