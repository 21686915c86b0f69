//! What a formula may be told besides its text.

/// The variables, parameters and dimension of a formula, and the limits it must keep.
///
/// ```
/// use amsgrad_formula::{Formula, Options};
///
/// let options = Options::new().dimension(3).parameter("a", 100.0);
/// let formula = Formula::parse("sum(i, 1, n-1, a*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)", &options)?;
/// assert_eq!(formula.variables(), ["x[1]", "x[2]", "x[3]"]);
/// # Ok::<(), amsgrad_formula::FormulaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    pub(crate) variables: Option<Vec<String>>,
    /// Names that are variables even where they are constants, where variables are ordered by appearance alone.
    pub(crate) appearing: Option<Vec<String>>,
    pub(crate) parameters: Vec<(String, f64)>,
    pub(crate) definitions: Vec<String>,
    pub(crate) dimension: Option<usize>,
    pub(crate) limits: Limits,
}

impl Options {
    /// No list of variables, no parameters, no dimension, the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// The variables and their order. A formula may use no others, and each of them counts, used or not.
    ///
    /// A name stands for a number or, where the formula indexes it, for a whole family `x[1]..x[n]`; single
    /// elements may be listed too, as `x[2]`. Without a list, the variables are those of the formula by first
    /// appearance, with x, y, z and w first.
    pub fn variables<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.variables = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Orders the variables by first appearance alone, without x, y, z and w first, and takes these names for variables
    /// where they appear, even where they are constants such as `tau`.
    ///
    /// ```
    /// use amsgrad_formula::{Formula, Options};
    ///
    /// let options = Options::new().by_appearance(["tau", "unused"]);
    /// assert_eq!(Formula::parse("a*exp(-x/tau) + pi", &options)?.variables(), ["a", "x", "tau"]);
    /// # Ok::<(), amsgrad_formula::FormulaError>(())
    /// ```
    pub fn by_appearance<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.appearing.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// A name that stands for a number. It may hide a constant such as `e`.
    pub fn parameter(mut self, name: impl Into<String>, value: f64) -> Self {
        self.parameters.push((name.into(), value));
        self
    }

    /// Defines a function, such as `f(x, y) = x^2 + y`. Its other names are those of the formula; it may call functions
    /// defined before it.
    ///
    /// ```
    /// use amsgrad_formula::{Formula, Options};
    ///
    /// let options = Options::new().define("square(t) = t*t").define("f(x) = square(x - a)");
    /// assert!(Formula::parse("f(x)", &options).is_err()); // the language has a function `square`
    ///
    /// let options = Options::new().define("bell(t) = exp(-t^2)").define("f(x) = bell(x - a)");
    /// let formula = Formula::parse("f(x) + f(2*x)", &options)?;
    /// assert_eq!(formula.to_string(), "exp(-(x - a)^2) + exp(-(2*x - a)^2)");
    /// # Ok::<(), amsgrad_formula::FormulaError>(())
    /// ```
    pub fn define(mut self, definition: impl Into<String>) -> Self {
        self.definitions.push(definition.into());
        self
    }

    /// The length of every indexed family, at least 1; `n` stands for it in the formula, unless `n` is declared
    /// as something else. Without it a family ends at the largest index used.
    pub fn dimension(mut self, dimension: usize) -> Self {
        self.dimension = Some(dimension);
        self
    }

    /// The limits a formula must keep.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// How much a formula may ask for. A formula beyond a limit is an error that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The length of the text in bytes; 1,048,576 by default, and never above 2^30.
    pub length: usize,
    /// How deep parentheses, calls, powers and signs may be nested; 256 by default, and never above 1,000.
    pub depth: usize,
    /// The number of operations, numbers and names once sums and products are written out; 1,000,000 by default,
    /// and never above 100,000,000. It also bounds the length of a family.
    pub size: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { length: 1 << 20, depth: 256, size: 1_000_000 }
    }
}

impl Limits {
    /// These limits under the bounds that hold for every formula: places are 32 bits, and the parser uses the
    /// machine's stack.
    pub(crate) fn bounded(&self) -> Self {
        Self {
            length: self.length.min(1 << 30),
            depth: self.depth.min(1_000),
            size: self.size.min(100_000_000),
        }
    }
}
