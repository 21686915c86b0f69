//! Tables as they are met, and anything else.

use std::io::Write as _;

use amsgrad_fit::{FitError, Format, Separator, Source, Table};
use proptest::prelude::*;

fn read(text: &str, format: &Format) -> Result<Table, FitError> {
    Source::new("t", text.to_owned().into_bytes().leak() as &[u8], format)?.read_all()
}

#[track_caller]
fn holds(text: &str, x: &[f64], y: &[f64]) {
    let table = read(text, &Format::default()).unwrap();
    assert_eq!((table.column("x"), table.column("y")), (Some(x), Some(y)), "{text:?}");
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    assert_eq!(read(text, &Format::default()).unwrap_err().to_string(), expected, "{text:?}");
}

#[test]
fn separators_are_recognized() {
    for text in [
        "x,y\n1,2\n3,4\n",
        "x;y\n1;2\n3;4",
        "x\ty\n1\t2\n3\t4\n",
        "  x   y\n 1   2\n\t3 4\n\n",
        "# a comment, with commas\nx y\n# another\n1 2\n3 4\n",
        "\u{feff}x,y\r\n1,2\r\n3,4\r\n",
        "\"x\",\"y\"\n\"1\",2\n\n  \n3,4\n",
        "x , y\n 1 , 2\n 3,4 \n",
        "x,y\n1,2\n#3,9\n3,4\n",
    ] {
        holds(text, &[1.0, 3.0], &[2.0, 4.0]);
    }
}

#[test]
fn tables_without_a_header_and_with_other_separators() {
    let format = Format { no_header: true, ..Format::default() };
    let table = read("1 2\n3 4\n", &format).unwrap();
    assert_eq!(table.names(), ["c1", "c2"]);
    assert_eq!(table.column("c2"), Some(&[2.0, 4.0][..]));
    let format = Format { separator: Separator::Character(b'|'), ..Format::default() };
    assert_eq!(read("2theta,dose (mg)\n1,2\n", &Format::default()).unwrap().names(), ["_2theta", "dose_mg"]);
    assert_eq!(read("a b|c\n1|2\n", &format).unwrap().names(), ["a_b", "c"]);
}

#[test]
fn gzip_is_recognized_by_its_first_bytes() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"x,y\n1,2\n").unwrap();
    let bytes: &'static [u8] = packed.finish().unwrap().leak();
    assert_eq!(Source::new("t", bytes, &Format::default()).unwrap().read_all().unwrap().rows(), 1);
    let cut = &bytes[..bytes.len() - 9];
    let result = Source::new("t", cut, &Format::default()).and_then(Source::read_all);
    assert!(matches!(result, Err(FitError::Read { .. })), "{result:?}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    refused("", "t: holds no rows");
    refused("# only\n\n", "t: holds no rows");
    refused("x,y\n", "t: holds a header but no rows");
    let commas = Format { separator: Separator::Character(b','), no_header: true, ..Format::default() };
    assert_eq!(read("\"", &commas).unwrap_err().to_string(), "t: line 1: holds no cells");
    refused("x,y\n1\n", "t: line 2: has 1 cell; the first row has 2");
    refused("x,y\n1,2\n3,4,5\n", "t: line 3: has 3 cells; the first row has 2");
    refused("x y\n1 2\n\n# c\n3\n", "t: line 5: has 1 cell; the first row has 2");
    refused("x,x\n1,2\n", "t: line 1, column 2 (x): the name is also that of column 1");
    refused("x,\n1,2\n", "t: line 1: the name of column 2 is empty");
    refused(
        "1,2\n3,4\n",
        "t: line 1: the first row holds numbers, not names; a table without a header needs --no-header",
    );
    refused("x,y\n1,abc\n", "t: line 2, column 2 (y): 'abc' is not a number");
    refused(
        "x;y\n1;2,5\n",
        "t: line 2, column 2 (y): '2,5' is not a number; a decimal point is needed, not a comma",
    );
    refused("x,y\n1,inf\n", "t: line 2, column 2 (y): 'inf' is not a finite number");
    refused("x,y\n1,1e999\n", "t: line 2, column 2 (y): '1e999' is not a finite number");
    let missing = "the cell is missing; --skip-missing leaves out such rows";
    for word in ["", "NA", "nan", " null "] {
        refused(&format!("x,y\n{word},2\n"), &format!("t: line 2, column 1 (x): {missing}"));
    }
    refused("x,y\n# c\n\n1,2\n# d\n7,q\n", "t: line 6, column 2 (y): 'q' is not a number");
    refused("x,y\r\n1,2\r\n\r\n7,q", "t: line 4, column 2 (y): 'q' is not a number");
    refused("x,\"y\nz\"\n1,q\n", "t: line 3, column 2 (y_z): 'q' is not a number");
}

#[test]
fn long_names_are_whole_but_in_messages() {
    let name = "x".repeat(100);
    let text = format!("{name}1,{name}2\n1,2\n3,q\n");
    let error = read(&text, &Format::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("t: line 3, column 2 ({}...): 'q' is not a number", "x".repeat(60))
    );
    let table = read(text.trim_end_matches("3,q\n"), &Format::default()).unwrap();
    assert_eq!(table.names(), [format!("{name}1"), format!("{name}2")]);
}

#[test]
fn rows_with_missing_cells_are_skipped_on_demand() {
    let format = Format { skip_missing: true, ..Format::default() };
    let table = read("x,y\n1,2\n,3\nNA,4\n5,6\n", &format).unwrap();
    assert_eq!((table.rows(), table.skipped()), (2, 2));
    let error = read("x,y\n,1\n", &format).unwrap_err();
    assert_eq!(error.to_string(), "t: every one of its 1 rows has a missing cell");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), no_header: bool, skip_missing: bool) {
        let format = Format { separator: Separator::Recognized, no_header, skip_missing };
        let bytes: &'static [u8] = bytes.leak();
        let _ = Source::new("t", bytes, &format).and_then(Source::read_all);
    }

    #[test]
    fn any_table_like_text_is_read_or_refused(text in "([xy0-9.,;# \"\t\r\n-]|NA|e){0,80}", no_header: bool) {
        let format = Format { no_header, ..Format::default() };
        if let Ok(table) = read(&text, &format) {
            prop_assert!(table.rows() > 0);
            for name in table.names() {
                prop_assert!(table.column(name).unwrap().iter().all(|number| number.is_finite()));
            }
        }
    }

    #[test]
    fn numbers_come_back_as_they_were_written(
        rows in prop::collection::vec((any::<f64>(), any::<f64>()), 1..50),
        separator in prop::sample::select(vec![",", ";", "\t", "  "]),
    ) {
        let finite = |x: f64| if x.is_finite() { x } else { 0.5 };
        let mut text = format!("x{separator}y\n");
        for (x, y) in &rows {
            text.push_str(&format!("{:?}{separator}{:?}\n", finite(*x), finite(*y)));
        }
        let table = read(&text, &Format::default()).unwrap();
        let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let x: Vec<f64> = rows.iter().map(|(x, _)| finite(*x)).collect();
        prop_assert_eq!(bits(table.column("x").unwrap()), bits(&x));
    }
}
