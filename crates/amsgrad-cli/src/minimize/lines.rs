//! The steps of a run for its picture: all of them, or, where they are too many, every second, every fourth, ...

use super::history::Line;

/// More lines than this are thinned; a picture has fewer pixels.
const MOST: usize = 1 << 17;

/// Lines that take a limited memory. The best one and the last are always among them.
#[derive(Debug)]
pub(crate) struct Lines {
    maximize: bool,
    kept: Vec<Line>,
    every: u64,
    seen: u64,
    best: Option<Line>,
    last: Option<Line>,
}

impl Lines {
    pub(crate) fn new(maximize: bool) -> Self {
        Self { maximize, kept: Vec::new(), every: 1, seen: 0, best: None, last: None }
    }

    pub(crate) fn push(&mut self, line: Line) {
        let cost = |line: &Line| if self.maximize { -line.value } else { line.value };
        if self.best.as_ref().is_none_or(|best| cost(&line) < cost(best)) {
            self.best = Some(line.clone());
        }
        if self.seen.is_multiple_of(self.every) {
            self.kept.push(line.clone());
        }
        self.seen += 1;
        self.last = Some(line);
        if self.kept.len() > MOST {
            self.every *= 2;
            let mut even = false;
            self.kept.retain(|_| {
                even = !even;
                even
            });
        }
    }

    /// In the order of the steps.
    pub(crate) fn into_vec(self) -> Vec<Line> {
        let mut lines = self.kept;
        lines.extend(self.best.into_iter().chain(self.last));
        lines.sort_by_key(|line| line.step);
        lines.dedup_by_key(|line| line.step);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_lines_are_all_kept_and_many_are_thinned_evenly() {
        let lines = |count: u64, best: u64| {
            let mut lines = Lines::new(false);
            for step in 0..count {
                let value = if step == best { -1.0 } else { 1.0 };
                lines.push(Line { step, value, ..Line::default() });
            }
            lines.into_vec().into_iter().map(|line| line.step).collect::<Vec<_>>()
        };
        assert_eq!(lines(1000, 7), (0..1000).collect::<Vec<_>>());
        let many = lines(1_000_000, 77_777);
        assert!(many.len() <= MOST + 2 && many.contains(&77_777) && many.last() == Some(&999_999));
        assert!(many.windows(2).all(|pair| (1..=8).contains(&(pair[1] - pair[0]))));
    }
}
