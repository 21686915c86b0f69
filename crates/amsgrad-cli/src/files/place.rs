//! Where a finished file goes: a new name, an old file of which mode, owner, links and symlinks stay.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Symlinks followed one after the other, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// A name for a regular file.
#[derive(Debug)]
pub(crate) struct Place {
    /// Behind all symlinks.
    path: PathBuf,
    /// What is there already.
    old: Option<Box<Metadata>>,
}

/// The place that `path` names; `None` where a device or a pipe is there, which is written as the bytes come.
pub(super) fn of(path: &Path) -> io::Result<Option<Place>> {
    let system = |path: &Path| path.starts_with("/dev") || path.starts_with("/proc");
    let Ok(old) = fs::metadata(path) else {
        return Ok(Some(Place { path: behind_links(path)?, old: None }));
    };
    if !old.is_file() || system(path) {
        return Ok(None);
    }
    let path = fs::canonicalize(path)?;
    // Whoever may not write the file may not replace it either.
    File::options().write(true).open(&path)?;
    Ok(Some(Place { path, old: Some(Box::new(old)) }))
}

fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symlinks lead there"))
}

impl Place {
    /// A temporary file in the same folder, with the mode that the finished one is to have.
    pub(super) fn temporary(&self) -> io::Result<NamedTempFile> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any new file, not private as temporary ones; the umask still applies.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let beside = builder.tempfile_in(folder.unwrap_or(Path::new(".")));
        // A file may be there to be written in a folder that takes no others.
        let file = match beside {
            Err(_) if self.old.is_some() => builder.tempfile()?,
            beside => beside?,
        };
        if let Some(old) = &self.old {
            fs::set_permissions(file.path(), old.permissions())?;
        }
        Ok(file)
    }

    /// The finished file takes the place's name. An old file that has other names or another owner, or that cannot be
    /// replaced, is overwritten instead.
    pub(super) fn keep(self, mut file: NamedTempFile) -> io::Result<()> {
        file.as_file().sync_all()?;
        let new = file.as_file().metadata()?;
        if self.old.as_ref().is_none_or(|old| !is_shared(old, &new)) {
            file = match file.persist(&self.path) {
                Ok(_) => return super::replace::sync_folder(&self.path),
                Err(refused) if self.old.is_none() => return Err(refused.error),
                Err(refused) => refused.file,
            };
        }
        fs::copy(file.path(), &self.path)?;
        File::options().write(true).open(&self.path)?.sync_all()
    }
}

#[cfg(unix)]
fn is_shared(old: &Metadata, new: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    old.nlink() > 1 || (old.uid(), old.gid()) != (new.uid(), new.gid())
}

#[cfg(not(unix))]
fn is_shared(_: &Metadata, _: &Metadata) -> bool {
    false
}
