//! Columns of numbers, and labels beside them.

use std::collections::HashMap;

use crate::FitError;
use crate::names::no_column;

/// A table in memory: named columns of numbers, and columns of labels that name groups.
///
/// ```
/// use amsgrad_fit::Table;
/// let table = Table::new([("t", vec![0.0, 1.0]), ("y", vec![2.0, 3.0])])?;
/// assert_eq!(table.rows(), 2);
/// assert_eq!(table.column("y"), Some(&[2.0, 3.0][..]));
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub(crate) file: String,
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Vec<f64>>,
    pub(crate) labels: Vec<Labels>,
    /// The line of the first row and of each later row whose line does not follow the one before.
    pub(crate) lines: Lines,
    pub(crate) skipped: u64,
    pub(crate) rows: usize,
}

/// A column of words, each distinct word stored once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Labels {
    pub(crate) name: String,
    pub(crate) words: Vec<String>,
    pub(crate) rows: Vec<u32>,
}

impl Labels {
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(crate) fn push(&mut self, word: String, known: &mut HashMap<String, u32>) {
        let next = known.len() as u32;
        let index = *known.entry(word).or_insert_with_key(|word| {
            self.words.push(word.clone());
            next
        });
        self.rows.push(index);
    }
}

/// Where the rows stand in the file, as stretches of consecutive lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lines(Vec<(usize, u64)>);

impl Lines {
    /// Notes that `row` stands on `line`.
    pub(crate) fn note(&mut self, row: usize, line: u64) {
        let expected = self.0.last().map(|(first, start)| start + (row - first) as u64);
        if expected != Some(line) {
            self.0.push((row, line));
        }
    }

    /// The line of a row, where the table came from a file.
    pub(crate) fn of(&self, row: usize) -> Option<u64> {
        let stretch = self.0.partition_point(|(first, _)| *first <= row).checked_sub(1)?;
        self.0.get(stretch).map(|(first, start)| start + (row - first) as u64)
    }
}

impl Table {
    /// Builds a table from named columns of equal length.
    ///
    /// # Errors
    /// A name occurs twice, lengths differ, or a number is not finite.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, Vec<f64>)>) -> Result<Self, FitError> {
        let mut table = Self { file: "table".into(), ..Self::default() };
        for (name, column) in columns {
            let name = name.into();
            let place = Some((table.names.len() + 1, name.clone()));
            if table.names.contains(&name) {
                return Err(table.error(None, place, "the name is used twice".into()));
            }
            if !table.columns.is_empty() && column.len() != table.rows {
                let what = format!("has {} rows; the columns before have {}", column.len(), table.rows);
                return Err(table.error(None, place, what));
            }
            if let Some(row) = column.iter().position(|number| !number.is_finite()) {
                return Err(table.error(None, place, format!("row {} is not a finite number", row + 1)));
            }
            table.rows = column.len();
            table.names.push(name);
            table.columns.push(column);
        }
        Ok(table)
    }

    /// Adds a column of labels, a word for each row, which tell the groups of [`Fit::groups`](crate::Fit::groups).
    ///
    /// ```
    /// use amsgrad_fit::Table;
    /// let table = Table::new([("y", vec![2.0, 3.0])])?.labels("site", ["north", "south"])?;
    /// assert!(table.labels("site", ["north"]).is_err());
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// There are not as many words as rows, or the labels have the name of others.
    pub fn labels<W: Into<String>>(
        mut self,
        name: &str,
        words: impl IntoIterator<Item = W>,
    ) -> Result<Self, FitError> {
        if self.labels.iter().any(|labels| labels.name == name) {
            return Err(self.error(None, None, format!("the labels '{name}' are given twice")));
        }
        let (mut labels, mut known) = (Labels::named(name), HashMap::new());
        words.into_iter().for_each(|word| labels.push(word.into(), &mut known));
        let (found, rows) = (labels.rows.len(), self.rows);
        if found != rows && !self.names.is_empty() {
            return Err(self.error(
                None,
                None,
                format!("'{name}' has {found} labels; the table has {rows} rows"),
            ));
        }
        self.rows = found;
        self.labels.push(labels);
        Ok(self)
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the number of rows left out because a cell was missing.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Returns the names of the columns of numbers.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the numbers of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        let place = self.names.iter().position(|known| known == name)?;
        self.columns.get(place).map(Vec::as_slice)
    }

    /// Returns a number that depends on every bit of names, numbers and labels, but not on the file they came from.
    ///
    /// ```
    /// use amsgrad_fit::Table;
    /// let of = |y: f64| Table::new([("y", vec![2.0, y])]).map(|table| table.fingerprint());
    /// assert_eq!(of(3.0)?, of(3.0)?);
    /// assert_ne!(of(3.0)?, of(3.0_f64.next_up())?);
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mix = |sum: u64, bits: u64| (sum.rotate_left(5) ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let word = |sum: u64, word: &String| {
            mix(word.bytes().fold(sum, |sum, byte| mix(sum, byte.into())), word.len() as u64)
        };
        let mut sum = self.names.iter().fold(self.rows as u64, word);
        for column in &self.columns {
            sum = column.iter().fold(sum, |sum, number| mix(sum, number.to_bits()));
        }
        for labels in &self.labels {
            sum = labels.words.iter().fold(word(sum, &labels.name), word);
            sum = labels.rows.iter().fold(sum, |sum, row| mix(sum, (*row).into()));
        }
        sum
    }

    /// The numbers of these columns.
    pub(crate) fn require<'n>(
        &self,
        names: impl IntoIterator<Item = &'n String>,
    ) -> Result<Vec<&[f64]>, FitError> {
        let column = |name: &String| {
            self.column(name).ok_or_else(|| self.error(None, None, no_column(name, &self.names)))
        };
        names.into_iter().map(column).collect()
    }

    /// Names the place of a row in the file.
    pub(crate) fn row_error(&self, row: usize, column: Option<&str>, what: String) -> FitError {
        let place = column.and_then(|name| {
            let place = self.names.iter().position(|known| known == name)?;
            Some((place + 1, name.to_owned()))
        });
        match self.lines.of(row) {
            Some(line) => self.error(Some(line), place, what),
            None => self.error(None, place, format!("row {}: {what}", row + 1)),
        }
    }

    pub(crate) fn error(&self, line: Option<u64>, column: Option<(usize, String)>, what: String) -> FitError {
        FitError::Data { file: self.file.clone(), line, column, what }
    }
}
