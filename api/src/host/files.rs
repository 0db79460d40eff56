//! Files that hold secrets: made for their user only, and looked at when they are used.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// Makes a new file that only its user can read and write.
///
/// # Errors
/// When it is there already, or cannot be made.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Logs a warning if others may use a file that holds secrets; one that is not there is no fault.
///
/// Its group may read it: that is how backups, and containers, are given files.
pub fn warn_if_open(path: &Path) {
    let Some(mode) = open_mode(path) else { return };
    let file = path.display();
    tracing::warn!(
        file = %file,
        "{file} can be read or written by others (mode {mode:04o}), and whoever reads it can take over accounts or \
         data: chmod 600 {file}"
    );
}

/// The mode of a file that others may use, or that its group may change.
#[must_use]
pub fn open_mode(path: &Path) -> Option<u32> {
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    (mode & 0o027 != 0).then_some(mode)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn new_files_are_private_and_open_ones_are_found() {
        let path = std::env::temp_dir().join(format!("concord_private_{}", std::process::id()));
        drop(create(&path).unwrap());
        let mode = |mode| {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            open_mode(&path)
        };

        let first = path.metadata().unwrap().permissions().mode() & 0o777;
        let found = [0o600, 0o640, 0o644, 0o604, 0o660, 0o606].map(mode);
        assert!(create(&path).is_err());
        fs::remove_file(&path).unwrap();

        assert_eq!(first, 0o600);
        assert_eq!(found, [None, None, Some(0o644), Some(0o604), Some(0o660), Some(0o606)]);
        assert_eq!(open_mode(&path), None);
    }
}
