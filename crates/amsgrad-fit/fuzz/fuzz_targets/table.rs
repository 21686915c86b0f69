//! Any bytes: read as a table in every format, written and read again.
//!
//!     cargo +nightly fuzz run table -- -dict=table.dict

#![no_main]

use std::fmt::Write as _;
use std::io::Cursor;

use amsgrad_fit::{FitError, Format, Separator, Source, Table};
use libfuzzer_sys::fuzz_target;

fn read(bytes: Vec<u8>, format: &Format, labels: usize) -> Result<Table, FitError> {
    let source = Source::new("t", Cursor::new(bytes), format)?;
    let names = source.names().to_vec();
    assert!(!names.is_empty() && names.iter().all(|name| !name.is_empty()));
    let (labels, numbers) = names.split_at(labels.min(names.len()));
    let table = source.read(numbers, labels, &mut |_| {})?;
    assert!(table.rows() > 0 && table.names() == numbers);
    for name in numbers {
        let column = table.column(name).expect("it was asked for");
        assert!(column.len() == table.rows() && column.iter().all(|number| number.is_finite()));
    }
    Ok(table)
}

/// The table as CSV with all digits.
fn written(table: &Table) -> String {
    let mut text = table.names().join(",") + "\n";
    for row in 0..table.rows() {
        for (place, name) in table.names().iter().enumerate() {
            let number = table.column(name).map_or(f64::NAN, |column| column[row]);
            let before = if place == 0 { "" } else { "," };
            let _ = write!(text, "{before}{number:?}");
        }
        text.push('\n');
    }
    text
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let separators = [
        Separator::Recognized,
        Separator::Spaces,
        Separator::Character(b','),
        Separator::Character(b'|'),
    ];
    let format = Format {
        separator: separators[usize::from(choice & 3)],
        no_header: choice & 4 != 0,
        skip_missing: choice & 8 != 0,
    };
    match read(bytes.to_vec(), &format, usize::from(choice >> 4 & 1)) {
        Ok(table) if table.names().is_empty() => {}
        Ok(table) => {
            let again = read(written(&table).into_bytes(), &Format::default(), 0).expect("it was a table");
            assert_eq!(written(&again), written(&table));
        }
        // One line, whatever the bytes.
        Err(error) => assert!(!error.to_string().chars().any(char::is_control), "{error:?}"),
    }
});
