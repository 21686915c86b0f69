//! Named vectors in a file that PyTorch and others read: the safetensors format (feature `safetensors`).

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::number::Real;

/// The key of the file's metadata that holds all notes.
const NOTES: &str = "amsgrad";

/// Named vectors with notes on them, as a safetensors file holds them.
///
/// ```
/// use amsgrad::tensors::Tensors;
///
/// let mut tensors = Tensors::default();
/// tensors.insert("exp_avg", &[0.1, 0.2]);
/// tensors.note("problem", "x^2 + y^2");
/// let read = Tensors::from_bytes(&tensors.to_bytes()?)?;
/// assert_eq!(read.reals::<f64>("exp_avg")?, [0.1, 0.2]);
/// assert_eq!(read.noted("problem"), Some("x^2 + y^2"));
/// # Ok::<(), amsgrad::tensors::TensorError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensors {
    tensors: BTreeMap<String, Tensor>,
    notes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Tensor {
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// Why tensors cannot be read or written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The bytes are no safetensors file.
    #[error("no safetensors file: {0}")]
    Format(String),
    /// A tensor is missing.
    #[error("there is no tensor '{name}'")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A tensor holds numbers of another type.
    #[error("'{name}' holds {found}; allowed: {expected}")]
    Type {
        /// Its name.
        name: String,
        /// What it holds.
        found: String,
        /// What is read from it.
        expected: String,
    },
    /// A tensor has another length.
    #[error("'{name}' holds {found} numbers; allowed: {expected}")]
    Length {
        /// Its name.
        name: String,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The file is of another version.
    #[error("a checkpoint of version {found}; allowed: {expected}")]
    Version {
        /// The version it has.
        found: String,
        /// What is read.
        expected: &'static str,
    },
    /// Numbers that no run leaves behind.
    #[error("'{name}' holds numbers that do not fit together")]
    Value {
        /// Its name.
        name: String,
    },
    /// A note is missing, or says what it cannot.
    #[error("the note '{name}' is missing or wrong")]
    Note {
        /// Its name.
        name: String,
    },
}

impl Tensors {
    /// Adds a vector, in place of one of the same name.
    pub fn insert<T: Real>(&mut self, name: impl Into<String>, values: &[T]) {
        self.insert_shaped(name, &[values.len()], values);
    }

    /// Adds a number, a tensor without dimensions.
    pub fn insert_number<T: Real>(&mut self, name: impl Into<String>, value: T) {
        self.insert_shaped(name, &[], &[value]);
    }

    fn insert_shaped<T: Real>(&mut self, name: impl Into<String>, shape: &[usize], values: &[T]) {
        let (kind, bytes) = match T::NAME {
            "f32" => (Dtype::F32, values.iter().flat_map(|x| (x.to_f64() as f32).to_le_bytes()).collect()),
            _ => (Dtype::F64, values.iter().flat_map(|x| x.to_f64().to_le_bytes()).collect()),
        };
        self.tensors.insert(name.into(), Tensor { kind, shape: shape.to_vec(), bytes });
    }

    /// Adds whole numbers.
    pub fn insert_counts(&mut self, name: impl Into<String>, counts: &[u64]) {
        let bytes = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
        self.tensors.insert(name.into(), Tensor { kind: Dtype::U64, shape: vec![counts.len()], bytes });
    }

    /// Adds a note.
    pub fn note(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.notes.insert(name.into(), text.into());
    }

    /// Returns the note of this name.
    #[must_use]
    pub fn noted(&self, name: &str) -> Option<&str> {
        self.notes.get(name).map(String::as_str)
    }

    /// Returns whether there is a tensor of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    fn tensor(&self, name: &str) -> Result<&Tensor, TensorError> {
        self.tensors.get(name).ok_or_else(|| TensorError::Missing { name: name.to_owned() })
    }

    /// Returns the numbers of a tensor. In `f32` they are read as `f64` too, which is exact.
    ///
    /// # Errors
    /// There is no such tensor, or it holds numbers of another type.
    pub fn reals<T: Real>(&self, name: &str) -> Result<Vec<T>, TensorError> {
        let tensor = self.tensor(name)?;
        match (tensor.kind, T::NAME) {
            (Dtype::F32, _) => {
                Ok(numbers(&tensor.bytes, |bytes| T::from_f64(f32::from_le_bytes(bytes).into())))
            }
            (Dtype::F64, "f64") => Ok(numbers(&tensor.bytes, |bytes| T::from_f64(f64::from_le_bytes(bytes)))),
            (kind, expected) => {
                let (found, expected) = (kind.to_string(), expected.to_uppercase());
                Err(TensorError::Type { name: name.to_owned(), found, expected })
            }
        }
    }

    /// Returns the numbers of a tensor that has to hold `length` of them.
    ///
    /// # Errors
    /// As for [`reals`](Tensors::reals), and where their number is another.
    pub fn reals_of<T: Real>(&self, name: &str, length: usize) -> Result<Vec<T>, TensorError> {
        let values = self.reals(name)?;
        of_length(name, length, values)
    }

    /// Returns the whole numbers of a tensor that has to hold `length` of them.
    ///
    /// # Errors
    /// There is no such tensor, it holds other numbers, or not this many.
    pub fn counts(&self, name: &str, length: usize) -> Result<Vec<u64>, TensorError> {
        let tensor = self.tensor(name)?;
        if tensor.kind != Dtype::U64 {
            let (found, expected) = (tensor.kind.to_string(), "U64".to_owned());
            return Err(TensorError::Type { name: name.to_owned(), found, expected });
        }
        of_length(name, length, numbers(&tensor.bytes, u64::from_le_bytes))
    }

    /// Returns the one number of a tensor, whatever its type.
    ///
    /// # Errors
    /// There is no such tensor, or it does not hold one number.
    pub fn number(&self, name: &str) -> Result<f64, TensorError> {
        let tensor = self.tensor(name)?;
        let values = match tensor.kind {
            Dtype::I64 => numbers(&tensor.bytes, |bytes| i64::from_le_bytes(bytes) as f64),
            Dtype::I32 => numbers(&tensor.bytes, |bytes| i32::from_le_bytes(bytes).into()),
            Dtype::U64 => numbers(&tensor.bytes, |bytes| u64::from_le_bytes(bytes) as f64),
            _ => self.reals::<f64>(name)?,
        };
        Ok(of_length(name, 1, values)?[0])
    }

    /// Returns the bytes of the file. The same tensors and notes give the same bytes.
    ///
    /// # Errors
    /// The names and notes are longer than the format allows.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TensorError> {
        let format = |error: &dyn core::fmt::Display| TensorError::Format(error.to_string());
        let mut views = Vec::new();
        for (name, tensor) in &self.tensors {
            let view = TensorView::new(tensor.kind, tensor.shape.clone(), &tensor.bytes);
            views.push((name, view.map_err(|error| format(&error))?));
        }
        let notes = serde_json::to_string(&self.notes).map_err(|error| format(&error))?;
        serialize(views, Some(HashMap::from([(NOTES.to_owned(), notes)]))).map_err(|error| format(&error))
    }

    /// Reads the bytes of a file; one by another program has no notes.
    ///
    /// # Errors
    /// The bytes are no safetensors file, or not whole.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TensorError> {
        let format = |error: &dyn core::fmt::Display| TensorError::Format(error.to_string());
        let file = SafeTensors::deserialize(bytes).map_err(|error| format(&error))?;
        let (_, about) = SafeTensors::read_metadata(bytes).map_err(|error| format(&error))?;
        let notes = about.metadata().as_ref().and_then(|notes| notes.get(NOTES));
        let notes = notes.map_or(Ok(BTreeMap::new()), |notes| serde_json::from_str(notes));
        let tensor = |(name, view): (&str, TensorView<'_>)| {
            let (kind, shape, bytes) = (view.dtype(), view.shape().to_vec(), view.data().to_vec());
            (name.to_owned(), Tensor { kind, shape, bytes })
        };
        Ok(Self { tensors: file.iter().map(tensor).collect(), notes: notes.map_err(|error| format(&error))? })
    }
}

fn numbers<const N: usize, A>(bytes: &[u8], number: impl Fn([u8; N]) -> A) -> Vec<A> {
    bytes.as_chunks().0.iter().map(|bytes| number(*bytes)).collect()
}

fn of_length<A>(name: &str, expected: usize, values: Vec<A>) -> Result<Vec<A>, TensorError> {
    match values.len() {
        found if found == expected => Ok(values),
        found => Err(TensorError::Length { name: name.to_owned(), expected, found }),
    }
}
