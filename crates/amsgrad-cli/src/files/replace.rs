//! A file replaced by another at once: at any moment, whatever happens, it is the old one or the new one, and whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes beside the file, to the disk, then renames. Where that fails the old file stays, and nothing beside it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &behind_links(path);
    let part = beside(path, ".amsgrad-part");
    let written = write(&part, bytes, path).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _nothing_to_remove = fs::remove_file(&part);
    }
    written?;
    sync_folder(path)
}

/// Returns a name beside a file. It is always the same, so that what a killed run leaves is used by the next, and one that
/// nobody gives a file.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let path = behind_links(path);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(ending);
    path.with_file_name(name)
}

fn behind_links(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn write(part: &Path, bytes: &[u8], old: &Path) -> io::Result<()> {
    let mut file = File::create(part)?;
    if let Ok(old) = fs::metadata(old) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes sure that the new name is on the disk too, where folders can be synced.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder) {
        Ok(folder) if cfg!(unix) => folder.sync_all(),
        _ => Ok(()),
    }
}
