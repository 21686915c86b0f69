//! The places where runs end.

use std::collections::HashMap;

use amsgrad::Elementary;

use super::pit::End;

/// Where runs end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// In the plane of the starts.
    pub(crate) point: [f64; 2],
    /// The start whose run ends there with the best value.
    pub(crate) start: usize,
    pub(crate) value: f64,
    /// Whether no place is better.
    pub(crate) best: bool,
    /// How many runs end there.
    pub(crate) runs: usize,
    /// How many of them passed a test; the others used up their steps there.
    pub(crate) arrived: usize,
}

/// All of them, the best first.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) list: Vec<Place>,
    /// The number of each start's place; NaN where a run ended at none.
    pub(crate) numbers: Vec<f64>,
    /// How many steps the run from each start took.
    steps: Vec<u64>,
    equal: f64,
}

impl Places {
    /// Gathers the ends of runs, those of each of `count` starts at most. Ends are at one place where they lie in one
    /// square of a grid with the sides `near`, or in squares that touch, and are equally good: their costs differ by no
    /// more than `equal` and the depth of what they lie in. A valley of minima is therefore one place, and two plateaus
    /// are two.
    pub(crate) fn new(
        ends: impl IntoIterator<Item = (usize, End)>,
        count: usize,
        (near, equal): ([f64; 2], f64),
        sign: f64,
    ) -> Self {
        let mut ends: Vec<(usize, End)> = ends.into_iter().collect();
        ends.sort_unstable_by(|(i, a), (j, b)| a.cost.total_cmp(&b.cost).then(i.cmp(j)));
        let groups = linked(ends.iter().map(|(_, end)| end), near, equal);
        let (mut list, mut numbers) = (Vec::<Place>::new(), vec![f64::NAN; count]);
        let mut steps = vec![0; count];
        let mut number_of = HashMap::new();
        let least = ends.first().map_or(f64::NAN, |(_, end)| end.cost);
        for ((start, end), group) in ends.iter().zip(groups) {
            // The first end of a group is its best.
            let number = *number_of.entry(group).or_insert(list.len());
            if number == list.len() {
                let (value, best) = (sign * end.cost, end.cost - least <= equal);
                list.push(Place { point: end.point, start: *start, value, best, runs: 0, arrived: 0 });
            }
            list[number].runs += 1;
            list[number].arrived += usize::from(end.arrived);
            numbers[*start] = number as f64;
            steps[*start] = end.steps;
        }
        Self { list, numbers, steps, equal }
    }

    /// Returns how many steps the run from each start took, as the share of the way from few to many, in equal ratios: the
    /// hundredth of all that came to rest with the fewest have 0, the hundredth with the most 1.
    pub(crate) fn shades(&self) -> Vec<f64> {
        let size = |steps: &u64| Elementary::ln_1p(*steps as f64);
        let rested = self.numbers.iter().zip(&self.steps).filter(|(number, _)| !number.is_nan());
        let mut sizes: Vec<f64> = rested.map(|(_, steps)| size(steps)).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let at = |percent: usize| sizes.get(sizes.len().saturating_sub(1) * percent / 100).copied();
        let (least, most) = (at(1).unwrap_or(0.0), at(99).unwrap_or(0.0));
        let width = if most > least { most - least } else { 1.0 };
        self.steps.iter().map(|steps| ((size(steps) - least) / width).clamp(0.0, 1.0)).collect()
    }

    /// Returns the value of a place as it is told: what only rounding tells from the best, or from 0, is those.
    pub(crate) fn told(&self, place: &Place) -> f64 {
        let value =
            if place.best { self.list.first().map_or(f64::NAN, |best| best.value) } else { place.value };
        if value.abs() <= 1e-3 * self.equal { 0.0 } else { value }
    }
}

/// Returns the group of each end, the costs of which rise.
fn linked<'a>(ends: impl Iterator<Item = &'a End>, near: [f64; 2], equal: f64) -> Vec<usize> {
    let mut parents: Vec<usize> = Vec::new();
    // What lies in a square: the highest cost so far, with its depth, of each group there.
    let mut squares: HashMap<[i64; 2], Vec<(f64, f64, usize)>> = HashMap::new();
    let mut groups = Vec::new();
    for end in ends {
        let [x, y] = [0, 1].map(|axis| (end.point[axis] / near[axis]).floor() as i64);
        let alike = |(cost, depth, _): &&(f64, f64, usize)| end.cost - cost <= equal + depth + end.depth;
        let own = squares.entry([x, y]).or_default();
        let group = match own.iter().position(|known| alike(&known)) {
            Some(place) => {
                own[place] = (end.cost, own[place].1.max(end.depth), own[place].2);
                own[place].2
            }
            None => {
                parents.push(parents.len());
                own.push((end.cost, end.depth, parents.len() - 1));
                parents.len() - 1
            }
        };
        for (right, up) in (-1..=1).flat_map(|right| (-1..=1).map(move |up| (right, up))) {
            let others = squares.get(&[x.saturating_add(right), y.saturating_add(up)]);
            for (.., other) in others.into_iter().flatten().filter(alike) {
                let (one, other) = (root(&mut parents, group), root(&mut parents, *other));
                parents[one.max(other)] = one.min(other);
            }
        }
        groups.push(group);
    }
    groups.into_iter().map(|group| root(&mut parents, group)).collect()
}

/// Returns the first group that this one is linked with, and shortens the way there.
fn root(parents: &mut [usize], mut group: usize) -> usize {
    while parents[group] != group {
        parents[group] = parents[parents[group]];
        group = parents[group];
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(point: [f64; 2], cost: f64) -> End {
        End { point, cost, depth: 0.0, steps: 9, arrived: true }
    }

    fn gathered(ends: &[End]) -> Places {
        Places::new(ends.iter().copied().enumerate(), ends.len(), ([0.005; 2], 1e-9), 1.0)
    }

    #[test]
    fn the_best_place_is_the_first_and_equal_ones_are_told_as_equal() {
        let ends =
            [end([0.9, 0.5], 2.0), end([0.1, 0.5], 3e-13), end([0.901, 0.5], 2.0), end([0.5, 0.1], 1e-13)];
        let places = gathered(&ends);
        let place =
            |x, y, start, value, best, runs| Place { point: [x, y], start, value, best, runs, arrived: runs };
        let expected = [
            place(0.5, 0.1, 3, 1e-13, true, 1),
            place(0.1, 0.5, 1, 3e-13, true, 1),
            place(0.9, 0.5, 0, 2.0, false, 2),
        ];
        assert_eq!(places.list, expected);
        assert_eq!(places.numbers, [2.0, 1.0, 2.0, 0.0]);
        assert_eq!(places.list.iter().map(|place| places.told(place)).collect::<Vec<_>>(), [0.0, 0.0, 2.0]);
    }

    #[test]
    fn a_chain_of_ends_is_one_place_and_any_number_is_told_apart() {
        let valley: Vec<End> =
            (0..1000).map(|k| end([f64::from(k) * 1e-3, f64::from(k % 3) * 1e-3], 7.0)).collect();
        assert_eq!(gathered(&valley).list.len(), 1);
        let apart: Vec<End> = (0..1000).map(|k| end([f64::from(k % 40), f64::from(k / 40)], 7.0)).collect();
        assert_eq!(gathered(&apart).list.len(), 1000);
    }

    #[test]
    fn shades_are_shares_of_the_way_from_few_steps_to_many() {
        let few = [[9_u64; 100], [99; 100]].concat();
        let ends: Vec<End> = few
            .iter()
            .chain(&[0, 30, 9999])
            .map(|steps| End { steps: *steps, ..end([0.5; 2], 1.0) })
            .collect();
        let shades = gathered(&ends).shades();
        assert_eq!((shades[0], shades[199], shades[200], shades[202]), (0.0, 1.0, 0.0, 1.0));
        assert!((shades[201] - 3.1_f64.ln() / 10_f64.ln()).abs() < 1e-12, "{}", shades[201]);
        assert_eq!(gathered(&ends[..1]).shades(), [0.0]);
    }

    #[test]
    fn plateaus_that_touch_are_places_of_their_own() {
        let steps: Vec<End> =
            (0..1000).map(|k| end([f64::from(k) * 1e-3, 0.0], f64::from(k / 250))).collect();
        assert_eq!(gathered(&steps).list.iter().map(|place| place.runs).collect::<Vec<_>>(), [250; 4]);
    }

    #[test]
    fn ends_around_a_kink_are_one_place_though_their_values_differ() {
        let kink: Vec<End> = (-9..=9)
            .map(|k| f64::from(k) * 1e-4)
            .map(|x| End { point: [x, 0.0], cost: x.abs(), depth: 5e-3 - x.abs(), steps: 9, arrived: false })
            .collect();
        let places = gathered(&kink);
        assert_eq!((places.list.len(), places.list[0].runs, places.list[0].arrived), (1, 19, 0));
    }
}
