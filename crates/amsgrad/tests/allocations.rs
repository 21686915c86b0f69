//! Once a run or an optimizer is under way it asks for no memory.

#![allow(unsafe_code, reason = "an allocator that counts is an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use amsgrad::{AmsGrad, Ball, Bounds, Group, Intersection, Minimizer, Optimizer, Schedule, Simplex};

/// The system's allocator, counting.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations<O>(run: impl FnOnce() -> O) -> usize {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let result = run();
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    drop(result);
    after - before
}

fn sphere(x: &[f64], gradient: &mut [f64]) -> f64 {
    x.iter().zip(gradient).for_each(|(x, g)| *g = 2.0 * x);
    x.iter().map(|x| x * x).sum()
}

/// One test, for the count is the whole program's.
#[test]
fn nothing_is_allocated_after_the_start() {
    let rules = [
        AmsGrad::tutorial(),
        AmsGrad::new(Schedule::inverse_sqrt(0.01)).beta1(Schedule::exponential(0.9, 0.999)),
        AmsGrad::new(Schedule::cosine(0.1, 0.0, 300).warm_up(20)),
    ];
    for rule in rules {
        for dimension in [1, 2, 5, 100] {
            let minimizer = || Minimizer::new(sphere).rule(rule.clone()).start(vec![0.3; dimension]);
            let tested = || minimizer().gradient_tolerance(0.0).target(-1.0);
            let boxed = || tested().within(Bounds::cube(dimension, 0.1, 1.0).unwrap());
            let ball = || minimizer().within(Ball::new(vec![1.0; dimension], 0.5).unwrap());
            let simplex = || minimizer().within(Simplex::new(dimension).unwrap());
            let both = || {
                let bounds = Bounds::cube(dimension, 0.0, 1.0).unwrap();
                minimizer().within(Intersection::new(bounds, Simplex::new(dimension).unwrap()).unwrap())
            };
            let count = |steps: u64| {
                [
                    allocations(|| minimizer().steps(steps).run::<f64>().unwrap()),
                    allocations(|| tested().steps(steps).run::<f64>().unwrap()),
                    allocations(|| boxed().steps(steps).run::<f64>().unwrap()),
                    allocations(|| ball().steps(steps).run::<f64>().unwrap()),
                    allocations(|| both().steps(steps).run::<f64>().unwrap()),
                    allocations(|| simplex().steps(steps).run::<f64>().unwrap()),
                ]
            };
            assert_eq!(count(1), count(500), "{dimension} coordinates, {rule:?}");
        }
        let plain = Optimizer::new(rule);
        let clipped = plain.clone().gradient_scale(0.5).clip_value(1.0).clip_norm(1.0);
        let own = Group::new("own", 101..5007).learning_rate(Schedule::cosine(0.1, 0.0, 50).warm_up(10));
        let grouped = clipped.clone().group(own).group(Group::new("frozen", 0..7).frozen());
        for mut optimizer in [plain, clipped, grouped] {
            let (mut x, gradient) = (vec![0.5_f32; 10_000], vec![0.1; 10_000]);
            optimizer.step([(&mut x, &gradient)]).unwrap();
            let more = allocations(|| (0..100).for_each(|_| optimizer.step([(&mut x, &gradient)]).unwrap()));
            assert_eq!(more, 0);
        }
    }
}
