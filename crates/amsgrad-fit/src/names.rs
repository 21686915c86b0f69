//! What names stand for, and which were perhaps meant.

use amsgrad_formula::{Options, nearest};

/// Letters that may be wrong in a name that is asked about.
const SLIPS: usize = 2;

/// What the names in a model stand for. Those that are nowhere here are parameters or the language's own.
///
/// ```
/// use amsgrad_fit::{Model, Names};
///
/// let (columns, parameters) = (["t", "y"].map(String::from), ["tau".to_owned()]);
/// let definitions = ["decay(t) = exp(-t/tau)".to_owned()];
/// let names = Names { columns: &columns, parameters: &parameters, definitions: &definitions };
/// assert_eq!(Model::parse("y ~ n*decay(t)", names)?.parameters(), ["n", "tau"]);
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Names<'a> {
    /// The columns of the table.
    pub columns: &'a [String],
    /// Parameters even where they are constants of the language, such as `e` and `tau`. A name that the model does not
    /// have adds nothing: the fit refuses the setting that mentions it.
    pub parameters: &'a [String],
    /// Functions beside those of the language, such as `f(x) = a*x^2`.
    pub definitions: &'a [String],
}

impl<'a, S: AsRef<[String]> + ?Sized> From<&'a S> for Names<'a> {
    /// Columns alone.
    fn from(columns: &'a S) -> Self {
        Self { columns: columns.as_ref(), ..Self::default() }
    }
}

impl Names<'_> {
    /// The options of a formula over them.
    pub(crate) fn options(&self) -> Options {
        self.definitions.iter().fold(Options::new(), |options, definition| options.define(definition))
    }
}

/// The name most like `name`, if one is near enough to be meant.
pub(crate) fn meant<'n>(name: &str, known: &'n [String]) -> Option<&'n str> {
    nearest(name, known.iter().map(String::as_str), SLIPS)
}

/// The column that a parameter's name is a slip for: the same without its unit, as `dose` of `dose_mg`, the same letters
/// in another case, or one letter of at least three wrong.
pub(crate) fn slip<'n>(name: &str, columns: &[&'n str]) -> Option<&'n str> {
    let unit = |column: &&str| column.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    let without_unit = columns.iter().copied().find(unit);
    without_unit.or_else(|| nearest(name, columns.iter().copied(), usize::from(name.chars().count() >= 3)))
}

/// Says that a column does not exist, and which was perhaps meant.
pub(crate) fn no_column(name: &str, columns: &[String]) -> String {
    match meant(name, columns) {
        Some(near) => format!("'{name}' is no column; did you mean '{near}'?"),
        None if columns.len() > 12 => {
            format!("'{name}' is no column; the table has {} columns", columns.len())
        }
        None => format!("'{name}' is no column; there are {}", columns.join(", ")),
    }
}
