//! From graph to tape: constants folded, products fused into sums, like operations side by side.
//!
//! Operations are ordered by tile and level. A tile is what a few neighboring variables make possible, so that its
//! values are still in the cache when they are used. Within a level of a tile all operations are independent, and
//! those that are alike, as the terms of a written-out sum are, become one instruction over many slots.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::layout::Layout;
use super::{Reach, SHORTEST_RUN, SMALL, Step, Tape};
use crate::graph::{Graph, Id, Node};
use crate::op::Op;

/// A sum or product of at least this many terms is one instruction.
const SHORTEST_FOLD: usize = 8;
/// The number of variables of a tile.
const TILE: u32 = 64;
/// Number of like operations of a level that must share an operand for it to stay fixed in their run.
const SHARED: u32 = 4;

impl Tape {
    /// The tape that computes `roots`.
    pub(crate) fn new(graph: &Graph, roots: &[Id], dimension: usize) -> Self {
        let (graph, roots) = graph.lowered(roots);
        let mut builder = Builder {
            constants: folded(&graph),
            uses: vec![0; graph.len()],
            places: vec![Place::default(); graph.len()],
            layout: Layout::after(dimension as u32),
            steps: Vec::new(),
            begun: vec![false; graph.len()],
            graph,
        };
        builder.count_uses(&roots);
        let operations = builder.operations();
        let mut operations = builder.scheduled(operations);
        for level in operations.chunk_by_mut(|one, next| one.time == next.time) {
            builder.order(level);
            builder.emit(level);
        }
        builder.finished(&roots)
    }
}

/// The value of each constant node, computed by each type's own arithmetic as the tape would.
fn folded(graph: &Graph) -> Vec<Option<[f64; 2]>> {
    let mut constants: Vec<Option<[f64; 2]>> = vec![None; graph.len()];
    for id in (0..graph.len() as Id).filter(|&id| graph.is_constant(id)) {
        constants[id as usize] = match graph.node(id) {
            Node::Number(bits) => Some([f64::from_bits(bits), f64::from(f64::from_bits(bits) as f32)]),
            Node::Apply(op, operands) => {
                let [a, b, c] = operands.map(|operand| constants[operand as usize].unwrap_or_default());
                let single = op.apply(&(a[1] as f32), &(b[1] as f32), &(c[1] as f32));
                Some([op.apply(&a[0], &b[0], &c[0]), f64::from(single)])
            }
            _ => None,
        };
    }
    constants
}

/// Where a value lives: its slot, and the stretch that slot was given in.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    slot: u32,
    stretch: u32,
}

/// An operation to be placed.
#[derive(Clone, Debug)]
struct Operation {
    id: Id,
    op: Op,
    operands: [Id; 3],
    /// All terms where it is a [`Reach::Fold`].
    terms: Vec<Id>,
    time: Time,
    key: Key,
}

/// When an operation is executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Time {
    /// How many long sums it needs the result of, one after the other.
    phase: u32,
    /// Its largest variable, in tiles.
    tile: u32,
    /// How many operations of its tile it needs, one after the other.
    level: u32,
}

/// Like operations on neighboring operands sort next to one another by this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    op: u8,
    kinds: [Kind; 3],
    /// The operands that do not move.
    fixed: [Id; 3],
    /// How far the others are from the first of them.
    distances: [i64; 3],
    first: u32,
}

/// What an operand is in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    #[default]
    None,
    Constant,
    Shared,
    Moving,
}

struct Builder {
    graph: Graph,
    constants: Vec<Option<[f64; 2]>>,
    /// How many operands and results each node still is.
    uses: Vec<u32>,
    places: Vec<Place>,
    layout: Layout,
    steps: Vec<Step>,
    /// Whether the first part of a long sum is done.
    begun: Vec<bool>,
}

impl Builder {
    fn count_uses(&mut self, roots: &[Id]) {
        for id in (0..self.graph.len() as Id).filter(|&id| !self.graph.is_constant(id)) {
            for &operand in self.graph.node(id).operands() {
                self.uses[operand as usize] += 1;
            }
        }
        for &root in roots {
            self.uses[root as usize] += 1;
        }
    }

    /// The operations, operands first, with long sums and products drawn together and products drawn into the sum
    /// that alone uses them.
    fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut drawn_in = vec![false; self.graph.len()];
        for id in (0..self.graph.len() as Id).rev() {
            let Node::Apply(op, operands) = self.graph.node(id) else { continue };
            if self.graph.is_constant(id) || drawn_in[id as usize] {
                continue;
            }
            let (terms, time, key) = (Vec::new(), Time::default(), Key::default());
            let mut operation = Operation { id, op, operands, terms, time, key };
            if matches!(op, Op::Add | Op::Mul) && self.chain(&mut operation, &mut drawn_in) {
                operations.push(operation);
                continue;
            }
            let product = |id: Id| match self.graph.node(id) {
                Node::Apply(Op::Mul, [a, b, _]) if self.is_only_used_once(id) => Some((a, b)),
                _ => None,
            };
            let [a, b, _] = operands;
            let fused = match (op, product(a), product(b)) {
                (Op::Add, Some((first, second)), _) => Some((a, Op::MulAdd, [first, second, b])),
                (Op::Add, None, Some((first, second))) => Some((b, Op::MulAdd, [first, second, a])),
                (Op::Sub, Some((first, second)), _) => Some((a, Op::MulSub, [first, second, b])),
                (Op::Sub, None, Some((first, second))) => Some((b, Op::SubMul, [first, second, a])),
                _ => None,
            };
            if let Some((product, op, operands)) = fused {
                drawn_in[product as usize] = true;
                operation = Operation { op, operands, ..operation };
            }
            operations.push(operation);
        }
        operations.reverse();
        operations
    }

    /// The operations in the order of their time, long sums and products cut where a tile ends.
    fn scheduled(&self, operations: Vec<Operation>) -> Vec<Operation> {
        let mut times = vec![Time::default(); self.graph.len()];
        for id in 0..self.graph.len() as Id {
            if let Node::Variable(index) = self.graph.node(id) {
                times[id as usize].tile = index / TILE;
            }
        }
        let mut scheduled = Vec::with_capacity(operations.len());
        for mut operation in operations {
            if operation.terms.is_empty() {
                let time = after(operation.read().iter().map(|&operand| times[operand as usize]));
                times[operation.id as usize] = time;
                operation.time = time;
                scheduled.push(operation);
                continue;
            }
            // A part is what is known once a tile is done; the first has two terms at least.
            let mut time = Time::default();
            let mut rest = &operation.terms[..];
            while !rest.is_empty() {
                let first = if time.level == 0 { 2 } else { 1 };
                let known = after(rest[..first].iter().map(|&term| times[term as usize])).place();
                let later = rest[first..].iter().position(|&term| times[term as usize].place() > known);
                let (part, others) = rest.split_at(later.map_or(rest.len(), |later| later + first));
                time = after(part.iter().map(|&term| times[term as usize]).chain([time]));
                scheduled.push(Operation { terms: part.to_vec(), time, ..operation });
                rest = others;
            }
            times[operation.id as usize] = Time { phase: time.phase + 1, tile: 0, level: 0 };
        }
        // The parts of a long sum keep their order: each is later than the one before.
        scheduled.sort_by_key(|operation| operation.time);
        scheduled
    }

    fn is_only_used_once(&self, id: Id) -> bool {
        self.uses[id as usize] == 1 && !self.graph.is_constant(id)
    }

    /// Draws `((a + b) + c) + ...` into one operation where it is long.
    fn chain(&self, operation: &mut Operation, drawn_in: &mut [bool]) -> bool {
        let mut inner = Vec::new();
        let mut terms = vec![operation.operands[1]];
        let mut left = operation.operands[0];
        while let Node::Apply(op, [a, b, _]) = self.graph.node(left)
            && op == operation.op
            && self.is_only_used_once(left)
        {
            inner.push(left);
            terms.push(b);
            left = a;
        }
        terms.push(left);
        if terms.len() < SHORTEST_FOLD {
            return false;
        }
        for id in inner {
            drawn_in[id as usize] = true;
        }
        terms.reverse();
        operation.terms = terms;
        true
    }

    /// Sorts the operations of a level so that those of a run are neighbors in the order of their operands.
    fn order(&self, level: &mut [Operation]) {
        let mut shared: HashMap<(Op, usize, Id), u32, FxBuildHasher> = HashMap::default();
        if level.len() >= SHORTEST_RUN {
            for operation in &*level {
                for (position, &operand) in operation.read().iter().enumerate() {
                    *shared.entry((operation.op, position, operand)).or_default() += 1;
                }
            }
        }
        for operation in &mut *level {
            let mut key = Key { op: operation.op as u8, ..Key::default() };
            let mut first = None;
            for (position, &operand) in operation.operands[..operation.op.arity()].iter().enumerate() {
                let uses = shared.get(&(operation.op, position, operand)).copied().unwrap_or(0);
                if self.graph.is_constant(operand) {
                    key.kinds[position] = Kind::Constant;
                    key.fixed[position] = operand;
                } else if uses >= SHARED {
                    key.kinds[position] = Kind::Shared;
                    key.fixed[position] = operand;
                } else {
                    let slot = self.slot(operand);
                    let first = *first.get_or_insert(slot);
                    key.kinds[position] = Kind::Moving;
                    key.distances[position] = i64::from(slot) - i64::from(first);
                    key.first = first;
                }
            }
            operation.key = key;
        }
        level.sort_by_key(|operation| (!operation.terms.is_empty(), operation.key, operation.id));
    }

    fn emit(&mut self, level: &[Operation]) {
        let mut rest = level;
        while let Some(first) = rest.first() {
            let length = 1 + rest.windows(2).take_while(|pair| pair[1].follows(&pair[0])).count();
            let (run, later) = rest.split_at(length);
            if !first.terms.is_empty() {
                run.iter().for_each(|operation| self.emit_fold(operation));
            } else if length >= SHORTEST_RUN {
                self.emit_run(run);
            } else {
                run.chunks(1).for_each(|operation| self.emit_run(operation));
            }
            rest = later;
        }
    }

    /// One instruction for operations that follow one another, or for a single one.
    fn emit_run(&mut self, run: &[Operation]) {
        let (length, op) = (run.len() as u32, run[0].op);
        let reach = if length == 1 { Reach::One } else { Reach::Run };
        let mut step = Step { op, reach, strides: [0; 3], length, to: 0, operands: [0; 3] };
        for position in 0..op.arity() {
            let operand = run[0].operands[position];
            step.operands[position] = match run[0].key.kinds[position] {
                Kind::Constant => {
                    let constants: Vec<_> =
                        run.iter().map(|it| self.constant(it.operands[position])).collect();
                    let bits = |constant: &[f64; 2]| constant.map(f64::to_bits);
                    if constants.iter().all(|it| bits(it) == bits(&constants[0])) {
                        self.layout.constant(constants[0])
                    } else {
                        step.strides[position] = 1;
                        self.layout.constants(constants.into_iter())
                    }
                }
                kind => {
                    step.strides[position] = u8::from(kind == Kind::Moving && length > 1);
                    self.slot(operand)
                }
            };
        }
        step.to = self.layout.stretch(length);
        for (operation, slot) in run.iter().zip(step.to..) {
            self.places[operation.id as usize] = Place { slot, stretch: step.to };
        }
        for operation in run {
            self.release(operation.read());
        }
        self.steps.push(step);
    }

    /// One instruction for each stretch of terms that follow one another. The first part of a long sum gives it a
    /// place, the others go on from there.
    fn emit_fold(&mut self, operation: &Operation) {
        let mut places: Vec<u32> = operation.terms.iter().map(|&term| self.place(term)).collect();
        let begun = &mut self.begun[operation.id as usize];
        let to = if core::mem::replace(begun, true) {
            let to = self.places[operation.id as usize].slot;
            places.insert(0, to);
            to
        } else {
            let to = self.layout.stretch(1);
            self.places[operation.id as usize] = Place { slot: to, stretch: to };
            to
        };
        let mut start = places[0];
        let mut rest = &places[1..];
        while let Some(&first) = rest.first() {
            let length = 1 + rest.windows(2).take_while(|pair| pair[1] == pair[0] + 1).count();
            let reach = if length == 1 { Reach::One } else { Reach::Fold };
            let (op, operands) = (operation.op, [start, first, start]);
            self.steps.push(Step { op, reach, strides: [0; 3], length: length as u32, to, operands });
            start = to;
            rest = &rest[length..];
        }
        self.release(&operation.terms);
    }

    fn constant(&self, id: Id) -> [f64; 2] {
        self.constants[id as usize].unwrap_or_default()
    }

    /// The slot of a value that is not constant.
    fn slot(&self, id: Id) -> u32 {
        match self.graph.node(id) {
            Node::Variable(index) => index,
            _ => self.places[id as usize].slot,
        }
    }

    fn place(&mut self, id: Id) -> u32 {
        match self.constants[id as usize] {
            Some(constant) => self.layout.constant(constant),
            None => self.slot(id),
        }
    }

    /// Counts uses, and gives back what was used for the last time.
    fn release(&mut self, operands: &[Id]) {
        for &id in operands {
            let uses = &mut self.uses[id as usize];
            *uses = uses.saturating_sub(1);
            let computed = matches!(self.graph.node(id), Node::Apply(..)) && !self.graph.is_constant(id);
            if *uses == 0 && computed {
                self.layout.release(self.places[id as usize].stretch);
            }
        }
    }

    fn finished(mut self, roots: &[Id]) -> Tape {
        let places: Vec<u32> = roots.iter().map(|&root| self.place(root)).collect();
        let layout = &self.layout;
        for step in &mut self.steps {
            step.operands = step.operands.map(|place| layout.resolved(place));
        }
        let mut outputs: Vec<(u32, u32)> = Vec::new();
        for (index, slot) in places.into_iter().map(|place| layout.resolved(place)).enumerate() {
            match outputs.last_mut() {
                // The first result, the value, stays apart.
                Some((start, length)) if *start + *length == slot && index > 1 => *length += 1,
                _ => outputs.push((slot, 1)),
            }
        }
        let slots = layout.slots as usize;
        let constants = [0, 1].map(|kind| layout.constants.iter().map(|constant| constant[kind]).collect());
        let is_small =
            slots + layout.constants.len() <= SMALL && self.steps.iter().all(|step| step.reach == Reach::One);
        Tape { steps: self.steps, slots, constants, outputs, is_small }
    }
}

impl Time {
    fn place(&self) -> (u32, u32) {
        (self.phase, self.tile)
    }
}

/// The earliest time of an operation on what is computed at `operands`.
fn after(operands: impl Iterator<Item = Time>) -> Time {
    operands.fold(Time::default(), |time, operand| {
        let place = time.place().max(operand.place());
        let level = |time: Time| if time.place() == place { time.level } else { 0 };
        Time { phase: place.0, tile: place.1, level: level(time).max(level(operand) + 1) }
    })
}

impl Operation {
    /// The operands, or the terms of a long sum.
    fn read(&self) -> &[Id] {
        if self.terms.is_empty() { &self.operands[..self.op.arity()] } else { &self.terms }
    }

    /// Whether this operation continues the run that ends with `previous`.
    fn follows(&self, previous: &Self) -> bool {
        let (key, before) = (&self.key, &previous.key);
        self.terms.is_empty()
            && (key.op, key.kinds, key.distances) == (before.op, before.kinds, before.distances)
            && (0..3).all(|position| match key.kinds[position] {
                Kind::Shared => key.fixed[position] == before.fixed[position],
                _ => true,
            })
            && (!key.kinds.contains(&Kind::Moving) || key.first == before.first + 1)
    }
}
