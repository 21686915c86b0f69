//! Parts of a document that are too many to keep: written to a file without a name, read back when the document is
//! printed.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use serde::ser::{Error as _, Serialize, SerializeSeq as _, Serializer};
use serde_json::Value;

use crate::failure::Failure;

/// A list of any length that takes no memory.
#[derive(Debug)]
pub(crate) struct Spool(RefCell<BufWriter<File>>);

impl Spool {
    pub(crate) fn new() -> Result<Self, Failure> {
        tempfile::tempfile().map(|file| Self(BufWriter::new(file).into())).map_err(|error| failed(&error))
    }

    pub(crate) fn push(&mut self, entry: &Value) -> Result<(), Failure> {
        writeln!(self.0.get_mut(), "{entry}").map_err(|error| failed(&error))
    }

    fn rewound(&self) -> io::Result<File> {
        let mut file = self.0.borrow_mut();
        file.flush()?;
        let mut file = file.get_ref().try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}

impl Serialize for Spool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for line in BufReader::new(self.rewound().map_err(S::Error::custom)?).lines() {
            let line = line.map_err(S::Error::custom)?;
            list.serialize_element(&serde_json::from_str::<Value>(&line).map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}

fn failed(error: &io::Error) -> Failure {
    let folder = std::env::temp_dir();
    Failure::File(format!(
        "--json: {} cannot hold the steps meanwhile: {error}; set TMPDIR",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was_and_more_than_once() {
        let mut spool = Spool::new().unwrap();
        let entries = [serde_json::json!({ "b": [0.1, null], "a": 1e300 }), Value::Null];
        entries.iter().for_each(|entry| spool.push(entry).unwrap());
        for _ in 0..2 {
            assert_eq!(serde_json::to_value(&spool).unwrap(), Value::from(entries.to_vec()));
        }
    }
}
