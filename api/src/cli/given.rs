//! Files that commands are given; `-` is standard input.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::failure::Failure;

/// A file that is there, as it can be read again and again.
pub(super) struct Given {
    path: PathBuf,
    /// What standard input said.
    input: Option<NamedTempFile>,
    /// How many bytes it has.
    pub(super) bytes: u64,
}

impl Given {
    /// The file at a path, or standard input to its end.
    ///
    /// # Errors
    /// What is wrong with it: exit code 2.
    pub(super) fn at(path: &Path) -> Result<Self, Failure> {
        let cannot = |error: io::Error| unreadable(path, &error);
        let is_input = path == Path::new("-");
        let input = is_input.then(spooled).transpose().map_err(cannot)?;
        let found = input.as_ref().map_or(path, |input| input.path()).metadata().map_err(cannot)?;
        if !found.is_file() {
            return Err(cannot(io::Error::other("it is no file")));
        }
        Ok(Self { path: path.to_owned(), input, bytes: found.len() })
    }

    /// Where it is read.
    pub(super) fn path(&self) -> &Path {
        self.input.as_ref().map_or(&self.path, |input| input.path())
    }

    /// Its name, where it has one.
    pub(super) fn name(&self) -> Option<&OsStr> {
        self.path.file_name().filter(|_| self.input.is_none())
    }
}

/// Standard input as a file, which can be read again.
fn spooled() -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

/// Opens a file.
///
/// # Errors
/// Why it cannot be opened: exit code 2.
pub(super) fn opened(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| unreadable(path, &error))
}

/// What is said of a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(&format!("{} cannot be read: {error}", path.display()))
}
