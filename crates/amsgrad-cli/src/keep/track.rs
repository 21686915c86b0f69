//! Every step of a run that is kept, in a file beside it: what is printed, saved or drawn of all steps is made again from there.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::files::cause;
use crate::minimize::seen::Seen;

/// The numbers of a step before those of each coordinate: step, value, gradient norm, learning rate, beta1.
const HEAD: usize = 5;

/// The name of the file beside that of the run.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(".steps");
    path.with_file_name(name)
}

/// The file, open to be written on.
#[derive(Debug)]
pub(crate) struct Track {
    file: BufWriter<File>,
    dimension: usize,
    slots: Vec<&'static str>,
    /// Why a step could not be written; from there on none is.
    lost: Option<io::Error>,
}

impl Track {
    pub(crate) fn open(path: &Path, dimension: usize, slots: &[&'static str]) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(beside(path))?;
        Ok(Self { file: BufWriter::new(file), dimension, slots: slots.to_vec(), lost: None })
    }

    fn numbers(&self) -> usize {
        HEAD + self.dimension * (2 + self.slots.len())
    }

    /// Shows the first `shown` steps, and forgets those after them.
    pub(crate) fn replay(
        &mut self,
        shown: u64,
        look: &mut dyn FnMut(&Tracked<'_>) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let numbers = self.numbers();
        let told = |error: io::Error| cause(&error);
        let file = self.file.get_mut();
        let bytes = shown.saturating_mul(8 * numbers as u64);
        if file.metadata().map_err(told)?.len() < bytes {
            return Err(
                "the file of its steps, of the same name with .steps behind it, is not whole; begin anew"
                    .to_owned(),
            );
        }
        file.set_len(bytes).and_then(|()| file.rewind()).map_err(told)?;
        let mut reader = BufReader::new(&mut *file);
        let mut row = vec![0_u8; 8 * numbers];
        for _ in 0..shown {
            reader.read_exact(&mut row).map_err(told)?;
            let numbers: Vec<f64> =
                row.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
            let tracked = Tracked { numbers, dimension: self.dimension, slots: &self.slots };
            if look(&tracked).is_break() {
                break;
            }
        }
        file.seek(SeekFrom::Start(bytes)).map(drop).map_err(told)
    }

    /// Adds a step.
    pub(crate) fn push(&mut self, seen: &dyn Seen) {
        if self.lost.is_none() {
            self.lost = self.write(seen).err();
        }
    }

    fn write(&mut self, seen: &dyn Seen) -> io::Result<()> {
        let rate = |rate: Option<f64>| rate.unwrap_or(f64::NAN);
        let head = [
            seen.step() as f64,
            seen.value(),
            seen.gradient_norm(),
            rate(seen.learning_rate()),
            rate(seen.beta1()),
        ];
        let slots = self.slots.iter().map(|slot| seen.slot(slot).unwrap_or_default());
        let vectors: Vec<Vec<f64>> = [seen.point(), seen.gradient()].into_iter().chain(slots).collect();
        for number in head.iter().chain(vectors.iter().flatten()) {
            self.file.write_all(&number.to_le_bytes())?;
        }
        Ok(())
    }

    /// Makes sure that all steps so far are on the disk; else why not.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if let Some(error) = &self.lost {
            return Err(io::Error::new(error.kind(), error.to_string()));
        }
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}

/// A step read back.
#[derive(Debug)]
pub(crate) struct Tracked<'a> {
    numbers: Vec<f64>,
    dimension: usize,
    slots: &'a [&'static str],
}

impl Tracked<'_> {
    /// The vectors come one after the other: point, gradient, memory.
    fn vector(&self, place: usize) -> Vec<f64> {
        let first = HEAD + place * self.dimension;
        self.numbers.get(first..first + self.dimension).unwrap_or_default().to_vec()
    }

    fn rate(&self, place: usize) -> Option<f64> {
        Some(self.numbers[place]).filter(|rate| !rate.is_nan())
    }
}

impl Seen for Tracked<'_> {
    fn step(&self) -> u64 {
        self.numbers[0] as u64
    }
    fn point(&self) -> Vec<f64> {
        self.vector(0)
    }
    fn value(&self) -> f64 {
        self.numbers[1]
    }
    fn gradient(&self) -> Vec<f64> {
        self.vector(1)
    }
    fn gradient_norm(&self) -> f64 {
        self.numbers[2]
    }
    fn learning_rate(&self) -> Option<f64> {
        self.rate(3)
    }
    fn beta1(&self) -> Option<f64> {
        self.rate(4)
    }
    fn slot(&self, name: &str) -> Option<Vec<f64>> {
        self.slots.iter().position(|slot| *slot == name).map(|place| self.vector(2 + place))
    }
}
