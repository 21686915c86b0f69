//! What the names of a formula stand for, and the order of its variables.

use core::f64::consts;
use core::ops::Range;
use std::collections::HashMap;

use crate::code::Symbol;
use crate::error::FormulaError;
use crate::function;
use crate::graph::{Graph, Id};
use crate::lexer::{is_name, shortened};
use crate::options::Options;

pub(crate) const CONSTANTS: [(&str, f64); 6] = [
    ("pi", consts::PI),
    ("e", consts::E),
    ("tau", consts::TAU),
    ("inf", f64::INFINITY),
    ("\u{3c0}", consts::PI),
    ("\u{3c4}", consts::TAU),
];

/// Returns the constant that a name differs from by capital letters only: what is written `PI` is a variable, and may have
/// been meant for `pi`.
///
/// ```
/// use amsgrad_formula::resembled_constant;
/// assert_eq!((resembled_constant("PI"), resembled_constant("pi"), resembled_constant("E")), (Some("pi"), None, Some("e")));
/// ```
pub fn resembled_constant(name: &str) -> Option<&'static str> {
    let (constant, _) = CONSTANTS.iter().find(|(constant, _)| constant.eq_ignore_ascii_case(name))?;
    (*constant != name).then_some(constant)
}

/// Returns the value of a constant of the language, such as that of `tau`; [`Options::variables`] and
/// [`Options::by_appearance`] make a variable of its name.
///
/// ```
/// use amsgrad_formula::constant;
/// assert_eq!((constant("e"), constant("x")), (Some(core::f64::consts::E), None));
/// ```
pub fn constant(name: &str) -> Option<f64> {
    CONSTANTS.iter().find(|(constant, _)| *constant == name).map(|(_, value)| *value)
}

/// The variables that come first where no order is given.
const FIRST: [&str; 4] = ["x", "y", "z", "w"];

/// Letters that may be wrong in a name that is asked about.
pub(crate) const SLIPS: usize = 2;

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning {
    /// Not used yet.
    Unknown,
    /// A parameter, a constant, the dimension or the index of a sum.
    Value(Id),
    /// A variable or a family of them: its place among the [`Group`]s.
    Group(usize),
}

/// One name of the list of variables: a variable, or a family once it is indexed.
#[derive(Debug)]
struct Group {
    name: String,
    members: Members,
}

#[derive(Debug)]
enum Members {
    Undecided,
    One(Option<u32>),
    /// The variable of each element used.
    Family(Vec<Option<u32>>),
}

/// The names of one formula.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    options: &'a Options,
    symbols: &'a [&'a str],
    meanings: Vec<Meaning>,
    groups: Vec<Group>,
    /// Elements listed one by one, such as `x[2]`, and the families they belong to.
    listed: HashMap<String, usize>,
    /// How many variables were met, each numbered when first met.
    met: u32,
}

/// The variables in their order, and the place of each by the number it was met with.
pub(crate) struct Order {
    pub(crate) variables: Vec<String>,
    pub(crate) places: Vec<u32>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(
        symbols: &'a [&'a str],
        options: &'a Options,
        graph: &mut Graph,
    ) -> Result<Self, FormulaError> {
        let mut names = Self {
            options,
            symbols,
            meanings: Vec::new(),
            groups: Vec::new(),
            listed: HashMap::new(),
            met: 0,
        };
        let mut known = names.declared()?;
        for (name, value) in &options.parameters {
            if known.contains_key(name.as_str()) {
                return Err(FormulaError::new(format!("`{name}` is declared twice")));
            }
            if !is_name(name) {
                return Err(not_a_name("parameter", name));
            }
            if value.is_nan() {
                return Err(FormulaError::new(format!("the parameter `{name}` is not a number")));
            }
            known.insert(name, Meaning::Value(graph.number(*value)));
        }
        match options.dimension {
            Some(dimension) if dimension < 1 || dimension > options.limits.bounded().size => {
                let most = options.limits.bounded().size;
                return Err(FormulaError::new(format!("the dimension {dimension} is not from 1 to {most}")));
            }
            Some(dimension) => {
                known.entry("n").or_insert(Meaning::Value(graph.number(dimension as f64)));
            }
            None => {}
        }
        let appears = |name: &str| options.appearing.iter().flatten().any(|free| free == name);
        for (name, value) in CONSTANTS.into_iter().filter(|(name, _)| !appears(name)) {
            known.entry(name).or_insert(Meaning::Value(graph.number(value)));
        }
        let meaning = |name: &&str| known.get(name).copied().unwrap_or(Meaning::Unknown);
        names.meanings = symbols.iter().map(meaning).collect();
        Ok(names)
    }

    /// The listed variables.
    fn declared(&mut self) -> Result<HashMap<&'a str, Meaning>, FormulaError> {
        let mut known = HashMap::new();
        for name in self.options.variables.iter().flatten() {
            let base = element(name).unwrap_or(name);
            if !is_name(base) {
                return Err(not_a_name("variable", name));
            }
            let place = self.groups.len();
            let twice = match element(name) {
                Some(base) => {
                    self.listed.entry(base.into()).or_insert(place);
                    self.listed.insert(name.clone(), place).is_some()
                }
                None => known.insert(name.as_str(), Meaning::Group(place)).is_some(),
            };
            if twice {
                return Err(FormulaError::new(format!("`{name}` is declared twice")));
            }
            self.groups.push(Group { name: name.clone(), members: Members::Undecided });
        }
        match self.listed.keys().find(|base| known.contains_key(base.as_str())) {
            Some(name) => Err(FormulaError::new(format!("`{name}` is declared twice"))),
            None => Ok(known),
        }
    }

    /// The length of every family.
    pub(crate) fn dimension(&self, span: Range<usize>, graph: &mut Graph) -> Result<Id, FormulaError> {
        match self.options.dimension {
            Some(dimension) => Ok(graph.number(dimension as f64)),
            None => {
                Err(FormulaError::at(span, "the length of the families is not known").expected("a dimension"))
            }
        }
    }

    pub(crate) fn meaning(&mut self, symbol: Symbol) -> &mut Meaning {
        &mut self.meanings[symbol]
    }

    /// A name that is not indexed.
    pub(crate) fn name(
        &mut self,
        symbol: Symbol,
        span: Range<usize>,
        graph: &mut Graph,
    ) -> Result<Id, FormulaError> {
        let name = self.symbols[symbol];
        let group = match self.meanings[symbol] {
            Meaning::Value(id) => return Ok(id),
            Meaning::Group(group) => group,
            Meaning::Unknown => self.meet(symbol, span.clone())?,
        };
        let variable = match &mut self.groups[group].members {
            Members::Family(_) => {
                return Err(FormulaError::at(span, format!("`{name}` is a family of variables"))
                    .suggest(Some(format!("{name}[1]"))));
            }
            Members::One(Some(variable)) => *variable,
            members => {
                *members = Members::One(Some(self.met));
                self.met += 1;
                self.met - 1
            }
        };
        Ok(graph.variable(variable))
    }

    /// An element of a family.
    pub(crate) fn element(
        &mut self,
        symbol: Symbol,
        index: f64,
        span: Range<usize>,
        graph: &mut Graph,
    ) -> Result<Id, FormulaError> {
        let name = self.symbols[symbol];
        let size = self.options.limits.bounded().size;
        let group = match self.meanings[symbol] {
            Meaning::Group(group) => group,
            Meaning::Value(_) => {
                return Err(FormulaError::at(span, format!("`{name}` is a number and has no elements")));
            }
            Meaning::Unknown => match self.listed.get(&format!("{name}[{index}]")) {
                Some(&group) => return Ok(self.single(group, graph)),
                None if self.listed.contains_key(name) => {
                    let message = format!("`{name}[{index}]` is not among the variables");
                    return Err(FormulaError::at(span, message).expected(self.variables_listed()));
                }
                None => self.meet(symbol, span.clone())?,
            },
        };
        let last = self.options.dimension.unwrap_or(size);
        if !(1.0..=last as f64).contains(&index) {
            let message = format!("`{name}[{index}]` is outside the family");
            let error = FormulaError::at(span, message);
            return Err(match self.options.dimension {
                Some(dimension) => error.expected(format!("an index from 1 to {dimension}")),
                None => error.expected(format!("an index from 1 to {size}")),
            });
        }
        let group = &mut self.groups[group];
        if matches!(group.members, Members::Undecided) {
            group.members = Members::Family(vec![None; self.options.dimension.unwrap_or(0)]);
        }
        let Members::Family(elements) = &mut group.members else {
            let message = format!("`{name}` is a variable and has no elements");
            return Err(FormulaError::at(span, message).suggest(Some(name)));
        };
        let place = index as usize - 1;
        if elements.len() <= place {
            elements.resize(place + 1, None);
        }
        let met = &mut self.met;
        let variable = *elements[place].get_or_insert_with(|| {
            *met += 1;
            *met - 1
        });
        Ok(graph.variable(variable))
    }

    /// A listed element.
    fn single(&mut self, group: usize, graph: &mut Graph) -> Id {
        let members = &mut self.groups[group].members;
        let variable = match members {
            Members::One(Some(variable)) => *variable,
            _ => {
                *members = Members::One(Some(self.met));
                self.met += 1;
                self.met - 1
            }
        };
        graph.variable(variable)
    }

    /// A name met for the first time: a new variable where no list was given.
    fn meet(&mut self, symbol: Symbol, span: Range<usize>) -> Result<usize, FormulaError> {
        let name = self.symbols[symbol];
        if matches!(name, "sum" | "prod" | "dot") || function::find(name).is_some() {
            let usage = function::find(name)
                .map_or(if name == "dot" { "dot(a, b)" } else { "sum(i, first, last, expression)" }, |it| {
                    it.usage()
                });
            return Err(
                FormulaError::at(span, format!("`{name}` is a function")).expected(format!("`{usage}`"))
            );
        }
        if self.options.variables.is_some() {
            let known = self.options.variables.iter().flatten().map(String::as_str);
            let parameters = self.options.parameters.iter().map(|(name, _)| name.as_str());
            let constants = CONSTANTS.iter().map(|(name, _)| *name);
            let near = nearest(name, known.chain(parameters).chain(constants), SLIPS);
            let error = FormulaError::at(span, format!("unknown variable `{}`", shortened(name)));
            return Err(match near {
                Some(near) => error.suggest(Some(near)),
                None => error.expected(self.variables_listed()),
            });
        }
        self.meanings[symbol] = Meaning::Group(self.groups.len());
        self.groups.push(Group { name: name.into(), members: Members::Undecided });
        Ok(self.groups.len() - 1)
    }

    fn variables_listed(&self) -> String {
        let names: Vec<&str> = self.options.variables.iter().flatten().map(String::as_str).collect();
        match names[..] {
            [] => "no variable".into(),
            [name] => name.into(),
            [first, .., last] if names.len() > 8 => format!("one of {first}, ..., {last}"),
            _ => format!("one of {}", names.join(", ")),
        }
    }

    /// The order of all variables.
    pub(crate) fn order(mut self) -> Order {
        if self.options.variables.is_none() && self.options.appearing.is_none() {
            let rank = |group: &Group| FIRST.iter().position(|it| *it == group.name).unwrap_or(FIRST.len());
            self.groups.sort_by_key(rank);
        }
        let mut order = Order { variables: Vec::new(), places: vec![0; self.met as usize] };
        for group in self.groups {
            let members: &[Option<u32>] = match &group.members {
                Members::Undecided => &[None],
                Members::One(variable) => core::slice::from_ref(variable),
                Members::Family(elements) => elements,
            };
            for (place, variable) in members.iter().enumerate() {
                if let Some(variable) = variable {
                    order.places[*variable as usize] = order.variables.len() as u32;
                }
                order.variables.push(match group.members {
                    Members::Family(_) => format!("{}[{}]", group.name, place + 1),
                    _ => group.name.clone(),
                });
            }
        }
        order
    }
}

/// The family of an element such as `x[2]`.
fn element(name: &str) -> Option<&str> {
    let (base, index) = name.strip_suffix(']')?.split_once('[')?;
    let index: u32 = index.parse().ok()?;
    (index > 0 && name.len() == base.len() + 2 + index.to_string().len()).then_some(base)
}

fn not_a_name(what: &str, name: &str) -> FormulaError {
    FormulaError::new(format!("`{}` cannot be the name of a {what}", shortened(name)))
        .expected("letters, digits and `_`, not a digit first")
}

/// Returns the name most like `name`, if one is near enough to be meant: at most `wrong` letters are, and at most half of
/// them, whatever the case.
///
/// ```
/// use amsgrad_formula::nearest;
/// let columns = ["time", "Dose", "y"];
/// assert_eq!(nearest("tiem", columns, 2), Some("time"));
/// assert_eq!((nearest("dose", columns, 0), nearest("z", columns, 2)), (Some("Dose"), None));
/// ```
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>, wrong: usize) -> Option<&'n str> {
    let length = name.chars().count();
    if length > 40 {
        return None;
    }
    let lower = name.to_lowercase();
    let distance = |known: &str| strsim::osa_distance(&lower, &known.to_lowercase());
    let known = known.into_iter().map(|known| (distance(known), known));
    let (distance, near) = known.min_by_key(|(distance, _)| *distance)?;
    (distance <= (length / 2).min(wrong) && distance < near.chars().count()).then_some(near)
}
