//! Files written whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file that takes its name only when it is finished.
#[derive(Debug)]
pub(crate) struct Draft {
    argument: &'static str,
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Draft {
    /// To become `path`, as `argument` asks.
    pub(crate) fn new(argument: &'static str, path: &Path) -> Result<Self, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any new file, not private as temporary ones; the umask still applies.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let named =
            |error: io::Error| Failure::input(argument, format!("{}: {}", path.display(), cause(&error)));
        if path.is_dir() {
            return Err(Failure::input(
                argument,
                format!("{} is a folder; allowed: a file name", path.display()),
            ));
        }
        let file = BufWriter::new(builder.tempfile_in(folder).map_err(named)?);
        Ok(Self { argument, path: path.to_owned(), file })
    }

    /// Everything is written: the file takes its name.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { argument, path, file } = self;
        let persist = || {
            let file: NamedTempFile = file.into_inner().map_err(|error| error.into_error())?;
            File::sync_all(file.as_file())?;
            file.persist(&path)?;
            Ok::<(), io::Error>(())
        };
        persist().map_err(|error| Failure::input(argument, format!("{}: {}", path.display(), cause(&error))))
    }

    /// The error of a write that failed.
    pub(crate) fn failed(&self, error: &io::Error) -> Failure {
        Failure::input(self.argument, format!("{}: {error}", self.path.display()))
    }
}

/// The system's own reason, without the draft's random name that its maker puts around it.
fn cause(error: &io::Error) -> String {
    let told = error.to_string();
    told.split_once(" at path \"").map_or(told.as_str(), |(reason, _)| reason).to_owned()
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
