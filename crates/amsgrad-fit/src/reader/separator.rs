//! What stands between cells.

/// What stands between two cells of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    /// The first of comma, semicolon and tab that the first row holds; white space if it holds none.
    #[default]
    Recognized,
    /// One character.
    Character(u8),
    /// Any run of spaces and tabs.
    Spaces,
}
