//! A file that one run at a time replaces again and again: a lock beside it, since the file itself is another each time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::replace::beside;

/// The lock; its file goes with it. What a killed run leaves is taken by the next.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock on a file that is there or is to be; `None` where another run has it.
    pub(crate) fn take(path: &Path) -> io::Result<Option<Self>> {
        let path = beside(path, ".amsgrad-lock");
        loop {
            let file = File::options().write(true).create(true).truncate(false).open(&path)?;
            // Where a file system has no locks there is nothing to tell.
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                return Ok(None);
            }
            // The run that had it may have removed the file in between.
            if is_at(&file, &path) {
                return Ok(Some(Self { path, _file: file }));
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let number = |file: fs::Metadata| (file.dev(), file.ino());
    let there = fs::metadata(path).map(number).ok();
    there.is_some() && file.metadata().map(number).ok() == there
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let first = Lock::take(&path).unwrap();
        assert!(first.is_some() && Lock::take(&path).unwrap().is_none());
        assert!(Lock::take(&folder.path().join("other")).unwrap().is_some());
        drop(first);
        assert!(Lock::take(&path).unwrap().is_some());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}
