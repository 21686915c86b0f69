//! Tables in files: separators, headers, comments, compression.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;
use flate2::bufread::MultiGzDecoder;

use crate::FitError;
use crate::table::{Labels, Table};

mod cell;
mod counted;
mod header;
mod rows;
mod separator;

use cell::{Cell, text};
use counted::Counted;
use rows::Rows;
pub use separator::Separator;

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// What stands between two cells.
    pub separator: Separator,
    /// Whether the first row already holds data; the columns are then `c1`, `c2`, ...
    pub no_header: bool,
    /// Whether rows with a missing cell are left out and counted; otherwise they are errors.
    pub skip_missing: bool,
}

/// A table about to be read: its columns are known, its rows are not yet read.
///
/// ```
/// use amsgrad_fit::{Format, Source};
/// let source = Source::new("data", "# decay\nt y\n0 5.5\n1 3.3\n".as_bytes(), &Format::default())?;
/// assert_eq!(source.names(), ["t", "y"]);
/// assert_eq!(source.read_all()?.column("y"), Some(&[5.5, 3.3][..]));
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Debug)]
pub struct Source {
    file: String,
    names: Vec<String>,
    rows: Rows,
    record: ByteRecord,
    /// Whether `record` holds the first row of data.
    pending: bool,
    skip_missing: bool,
    read: Arc<AtomicU64>,
    size: Option<u64>,
}

impl Source {
    /// Opens a file; `-` is standard input. Files compressed with gzip are recognized by their first bytes.
    ///
    /// # Errors
    /// The file cannot be read, is empty, or its header is wrong.
    pub fn open(path: impl AsRef<Path>, format: &Format) -> Result<Self, FitError> {
        let path = path.as_ref();
        if path.as_os_str() == "-" {
            return Self::new("standard input", io::stdin(), format);
        }
        let name = path.display().to_string();
        let failed = |source| FitError::Read { file: name.clone(), source };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let mut source = Self::new(name.clone(), file, format)?;
        source.size = Some(metadata.len());
        Ok(source)
    }

    /// Reads from anything; `file` names it in errors.
    ///
    /// # Errors
    /// As for [`open`](Source::open).
    pub fn new(
        file: impl Into<String>,
        input: impl Read + Send + 'static,
        format: &Format,
    ) -> Result<Self, FitError> {
        let file = file.into();
        let read = Arc::new(AtomicU64::new(0));
        let failed = |source| FitError::Read { file: file.clone(), source };
        let wrong = |line, what: String| FitError::Data { file: file.clone(), line, column: None, what };

        let mut raw = BufReader::with_capacity(1 << 16, Counted::new(input, Arc::clone(&read)));
        let packed = raw.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
        let mut text: Box<dyn BufRead + Send> = if packed {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(raw)))
        } else {
            Box::new(raw)
        };
        let (line, first) = header::first_line(&mut text).map_err(failed)?;
        if first.is_empty() {
            return Err(wrong(None, "holds no rows".into()));
        }
        let separator = header::recognized(&first, format.separator);
        let crlf = first.ends_with(b"\r\n");
        let mut rows = Rows::new(Cursor::new(first).chain(text), separator, line - 1, crlf);
        let mut record = ByteRecord::new();
        let begins = match rows.next(&mut record).map_err(failed)? {
            Some(begins) if !record.is_empty() => begins,
            // A quote alone opens a cell that never comes.
            _ => return Err(wrong(Some(line), "holds no cells".into())),
        };
        let names = if format.no_header {
            (1..=record.len()).map(|number| format!("c{number}")).collect()
        } else {
            header::names(&record).map_err(|(column, what)| FitError::Data {
                file: file.clone(),
                line: Some(begins),
                column,
                what,
            })?
        };
        let (pending, skip_missing) = (format.no_header, format.skip_missing);
        Ok(Self { file, names, rows, record, pending, skip_missing, read, size: None })
    }

    /// Returns the names of the columns, as formulas can use them: `dose (mg)` in the header is `dose_mg`.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Refuses `setting` where it names a column that the table does not have.
    ///
    /// ```
    /// use amsgrad_fit::{Format, Source};
    /// let source = Source::new("t.csv", "dose,y\n1,2\n".as_bytes(), &Format::default())?;
    /// let error = source.require("weights", "dos").unwrap_err();
    /// assert_eq!(error.to_string(), "weights: 'dos' is no column; did you mean 'dose'?");
    /// # Ok::<(), amsgrad_fit::FitError>(())
    /// ```
    ///
    /// # Errors
    /// There is no such column.
    pub fn require(&self, setting: &'static str, name: &str) -> Result<(), FitError> {
        if self.names.iter().any(|known| known == name) {
            return Ok(());
        }
        Err(FitError::setting(setting, crate::names::no_column(name, &self.names)))
    }

    /// Returns the size of the file in bytes, where there is a file.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Reads every column as numbers.
    ///
    /// # Errors
    /// As for [`read`](Source::read).
    pub fn read_all(self) -> Result<Table, FitError> {
        let names = self.names.clone();
        self.read(&names, &[], &mut |_| {})
    }

    /// Reads some columns as numbers and some as labels; other columns are not looked at. `progress` is told now and
    /// then how many bytes of the file have been read.
    ///
    /// # Errors
    /// A row has too few or too many cells; a cell is missing or not a finite number; there is no row, or no such
    /// column.
    pub fn read(
        mut self,
        numbers: &[String],
        labels: &[String],
        progress: &mut dyn FnMut(u64),
    ) -> Result<Table, FitError> {
        const TOGETHER: usize = 1 << 16;
        let places = |names: &[String]| -> Result<Vec<usize>, FitError> {
            names.iter().map(|name| self.place(name)).collect()
        };
        let (numbers, labels) = (places(numbers)?, places(labels)?);
        let mut table = Table {
            file: self.file.clone(),
            names: numbers.iter().map(|place| self.names[*place].clone()).collect(),
            columns: vec![Vec::new(); numbers.len()],
            labels: labels.iter().map(|place| Labels::named(&self.names[*place])).collect(),
            ..Table::default()
        };
        let mut known = vec![HashMap::new(); labels.len()];
        let mut row = vec![0.0; numbers.len()];
        let mut line = 1;
        'rows: loop {
            if !core::mem::take(&mut self.pending) {
                match self.rows.next(&mut self.record) {
                    Ok(Some(next)) => line = next,
                    Ok(None) => break,
                    Err(source) => return Err(FitError::Read { file: self.file, source }),
                }
            }
            if self.record.len() != self.names.len() {
                let (found, expected) = (self.record.len(), self.names.len());
                let what = format!("has {found} cell{}; the first row has {expected}", plural(found));
                return Err(table.error(Some(line), None, what));
            }
            for (number, place) in row.iter_mut().zip(&numbers) {
                match cell::parse(&self.record[*place]) {
                    Cell::Number(value) => *number = value,
                    Cell::Missing if self.skip_missing => {
                        table.skipped += 1;
                        continue 'rows;
                    }
                    other => {
                        let what = other.told(&self.record[*place]);
                        let column = Some((place + 1, self.names[*place].clone()));
                        return Err(table.error(Some(line), column, what));
                    }
                }
            }
            for (column, number) in table.columns.iter_mut().zip(&row) {
                column.push(*number);
            }
            for ((labels, known), place) in table.labels.iter_mut().zip(&mut known).zip(&labels) {
                labels.push(text(&self.record[*place]), known);
            }
            table.lines.note(table.rows, line);
            table.rows += 1;
            if table.rows.is_multiple_of(TOGETHER) {
                progress(self.read.load(Ordering::Relaxed));
            }
        }
        if table.rows == 0 {
            let what = match table.skipped {
                0 => "holds a header but no rows".to_owned(),
                skipped => format!("every one of its {skipped} rows has a missing cell"),
            };
            return Err(table.error(None, None, what));
        }
        Ok(table)
    }

    fn place(&self, name: &str) -> Result<usize, FitError> {
        self.names.iter().position(|known| known == name).ok_or_else(|| FitError::Data {
            file: self.file.clone(),
            line: None,
            column: None,
            what: crate::names::no_column(name, &self.names),
        })
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
