//! Errors: what is said, where it points, what is suggested; and input made to break the parser.

use amsgrad_formula::{Formula, Limits, Options};

fn error(text: &str, options: &Options) -> String {
    match Formula::parse(text, options) {
        Ok(formula) => panic!("{text} was understood as {formula}"),
        Err(error) => {
            let span = error.span().map(|span| text.get(span).unwrap_or("no text").to_owned());
            format!("{error} [{}]", span.unwrap_or_default())
        }
    }
}

#[test]
fn errors_name_the_place_and_a_way_out() {
    for (text, expected) in [
        ("", "the formula ends too early at column 1, expected a number, a name or `(` []"),
        ("1 +", "the formula ends too early at column 4, expected a number, a name or `(` []"),
        (
            "2x",
            "unexpected `x` at column 2, expected an operator (a product needs its `*`); did you mean `2*x`? [x]",
        ),
        ("2 x", "unexpected `x` at column 3, expected an operator (a product needs its `*`) [x]"),
        (
            "(x)(y)",
            "unexpected `(` at column 4, expected an operator (a product needs its `*`); did you mean `)*(`? [(]",
        ),
        ("x(y)", "unknown function `x` at column 1; did you mean `x*(`? [x]"),
        ("sine(x)", "unknown function `sine` at column 1; did you mean `sin`? [sine]"),
        ("SQRT(x)", "unknown function `SQRT` at column 1; did you mean `sqrt`? [SQRT]"),
        ("qwertz(x)", "unknown function `qwertz` at column 1 [qwertz]"),
        ("sin", "`sin` is a function at column 1, expected `sin(x)` [sin]"),
        (
            "sin x",
            "unexpected `x` at column 5, expected an operator (a product needs its `*`); did you mean `sin(x)`? [x]",
        ),
        ("sin()", "`sin` does not take 0 arguments at column 1, expected `sin(x)` [sin()]"),
        ("1 + atan2(x)", "`atan2` does not take 1 argument at column 5, expected `atan2(y, x)` [atan2(x)]"),
        ("sin(x", "this `(` is never closed at column 4 [(]"),
        ("2*(x + (y - 1)", "this `(` is never closed at column 3 [(]"),
        ("x)", "this `)` closes nothing at column 2 [)]"),
        ("(x]", "this `]` closes nothing at column 3 []]"),
        ("x = 3", "unexpected `=` at column 3; did you mean `==`? [=]"),
        (
            "y = x^2",
            "a formula has no name at column 1, expected what follows the `=` alone; did you mean `x^2`? [y =]",
        ),
        (
            "f(x,y) = x^2",
            "a formula has no name at column 1, expected what follows the `=` alone; did you mean `x^2`? [f(x,y) =]",
        ),
        (
            "1 + sin^2(x + y)",
            "`sin` is a function and has no power of its own at column 5, expected the power after the call; did you mean `sin(x + y)^2`? [sin^2(x + y)]",
        ),
        (
            "sin^-1(x)",
            "`sin` is a function and has no power of its own at column 1, expected the power after the call; did you mean `asin(x)`? [sin^-1(x)]",
        ),
        (
            "log^-2(x)",
            "`log` is a function and has no power of its own at column 1, expected the power after the call; did you mean `log(x)^-2`? [log^-2(x)]",
        ),
        (
            "sin^2 x",
            "`sin` is a function and has no power of its own at column 1, expected the power after the call [sin^]",
        ),
        ("|x - 1|", "unexpected character `|` at column 1; did you mean `abs(x - 1)`? [|]"),
        ("x | y", "unexpected character `|` at column 3 [|]"),
        ("sum(i,1,1e18,x)", "written out, the formula has more than 1000000 operations at column 1 [sum]"),
        (
            "x[1e18]",
            "`x[1000000000000000000]` is outside the family at column 1, expected an index from 1 to 1000000 [x[1e18]]",
        ),
        ("sum(i, 1e17, 1e17, x)", "an index beyond 9.007199254740992e15 is not exact at column 1 [sum]"),
        ("dot(x, y)", "the length of the families is not known at column 1, expected a dimension [dot]"),
        (
            "dot(x, 1)",
            "the name of a family is missing at column 8, expected `dot(a, b)` of two families [1]",
        ),
        ("x\u{b2}", "unexpected character `\u{b2}` at column 2; did you mean `^2`? [\u{b2}]"),
        ("2\u{d7}x", "unexpected character `\u{d7}` at column 2; did you mean `*`? [\u{d7}]"),
        ("\u{2212}x", "unexpected character `\u{2212}` at column 1; did you mean `-`? [\u{2212}]"),
        ("x $ y", "unexpected character `$` at column 3 [$]"),
        ("5!", "unexpected `!` at column 2, expected an operator (a factorial is `gamma(n + 1)`) [!]"),
        ("x,y", "unexpected `,` at column 2, expected an operator [,]"),
        ("*x", "unexpected `*` at column 1, expected a number, a name or `(` [*]"),
        (
            "1e999",
            "the number `1e999` is too large at column 1, expected at most 1.7976931348623157e308, or `inf` [1e999]",
        ),
        (".", "a point without digits at column 1, expected a number [.]"),
        (
            "1.2.3",
            "unexpected `.3` at column 4, expected an operator (a product needs its `*`); did you mean `1.2*.3`? [.3]",
        ),
        ("x[0]", "`x[0]` is outside the family at column 1, expected an index from 1 to 1000000 [x[0]]"),
        ("x[1.5]", "1.5 is not a whole number at column 3, expected a whole number as index or bound [1.5]"),
        (
            "x[y]",
            "an index or bound must be known beforehand at column 3, expected a whole number, an index, a parameter or, where the dimension is given, `n` [y]",
        ),
        ("x[1,2]", "an element has one index at column 4, expected `]` [,]"),
        ("x[1", "this `[` is never closed at column 2 [[]"),
        ("x + x[1]", "`x` is a variable and has no elements at column 5; did you mean `x`? [x[1]]"),
        ("x[1] + x", "`x` is a family of variables at column 8; did you mean `x[1]`? [x]"),
        ("pi[1]", "`pi` is a number and has no elements at column 1 [pi[1]]"),
        ("sum(x)", "an argument is missing at column 6, expected `sum(i, first, last, expression)` [)]"),
        (
            "sum(1, 2, 3, 4)",
            "the name of an index is missing at column 5, expected `sum(i, first, last, expression)` [1]",
        ),
        (
            "sum(i, 1, n, x)",
            "an index or bound must be known beforehand at column 11, expected a whole number, an index, a parameter or, where the dimension is given, `n` [n]",
        ),
        (
            "sum(i, 1, 2, x, y)",
            "one argument too many at column 15, expected `sum(i, first, last, expression)` [,]",
        ),
        (
            "prod(i, 0.5, 2, x)",
            "0.5 is not a whole number at column 9, expected a whole number as index or bound [0.5]",
        ),
        (
            "x +\n y z",
            "unexpected `z` at line 2, column 4, expected an operator (a product needs its `*`) [z]",
        ),
    ] {
        assert_eq!(error(text, &Options::new()), expected);
    }
}

#[test]
fn options_are_checked_too() {
    let options = || Options::new();
    for (text, options, expected) in [
        (
            "x + yy",
            options().variables(["x", "yyy"]),
            "unknown variable `yy` at column 5; did you mean `yyy`? [yy]",
        ),
        (
            "x + q",
            options().variables(["x", "y"]),
            "unknown variable `q` at column 5, expected one of x, y [q]",
        ),
        (
            "x[4]",
            options().dimension(3),
            "`x[4]` is outside the family at column 1, expected an index from 1 to 3 [x[4]]",
        ),
        (
            "x[n+1]",
            options().dimension(3),
            "`x[4]` is outside the family at column 1, expected an index from 1 to 3 [x[n+1]]",
        ),
        (
            "x[3]",
            options().variables(["x[1]", "x[2]"]),
            "`x[3]` is not among the variables at column 1, expected one of x[1], x[2] [x[3]]",
        ),
        ("x", options().variables(["x", "x"]), "`x` is declared twice []"),
        ("x", options().variables(["x", "x[1]"]), "`x` is declared twice []"),
        (
            "x",
            options().variables(["2x"]),
            "`2x` cannot be the name of a variable, expected letters, digits and `_`, not a digit first []",
        ),
        (
            "x",
            options().parameter("a b", 1.0),
            "`a b` cannot be the name of a parameter, expected letters, digits and `_`, not a digit first []",
        ),
        ("x", options().variables(["x"]).parameter("x", 1.0), "`x` is declared twice []"),
        ("a", options().parameter("a", 1.0).parameter("a", 2.0), "`a` is declared twice []"),
        ("a", options().parameter("a", f64::NAN), "the parameter `a` is not a number []"),
        ("x", options().dimension(0), "the dimension 0 is not from 1 to 1000000 []"),
        (
            "f(x, y)",
            options().define("f(x) = x"),
            "`f` does not take 2 arguments at column 1, expected `f(x)` [f(x, y)]",
        ),
        ("1 + f", options().define("f(x, y) = x"), "`f` is a function at column 5, expected `f(x, y)` [f]"),
        ("g(x)", options().define("gg(x) = x"), "unknown function `g` at column 1; did you mean `g*(`? [g]"),
    ] {
        assert_eq!(error(text, &options), expected);
    }
}

#[test]
fn limits_hold_whatever_is_given() {
    let repeated = |piece: &str, times: usize| piece.repeat(times);
    let deep = "nested more than 256 levels deep";
    for text in [
        repeated("(", 500_000),
        repeated("-", 1_000_000),
        repeated("+!", 500_000),
        format!("{}x", repeated("x^", 500_000)),
        repeated("sin(", 200_000),
        repeated("x[", 300_000),
        repeated("sum(i,1,2,", 100_000),
        repeated("if(x<", 100_000),
        repeated("not ", 200_000),
    ] {
        assert!(error(&text, &Options::new()).starts_with(deep), "{}", &text[..10]);
    }
    let long = error(&repeated("x", 1 << 21), &Options::new());
    assert_eq!(long, "the formula is 2097152 bytes long, the limit is 1048576 []");
    for text in [
        "sum(i,1,1e9,sum(j,1,1e9,1))".to_owned(),
        "x + sum(i, 1, 1e15, 0)".to_owned(),
        "prod(i, -1e15, 1e15, x)".to_owned(),
    ] {
        let message = error(&text, &Options::new());
        assert!(
            message.starts_with("written out, the formula has more than 1000000 operations"),
            "{message}"
        );
    }
    let tight = Options::new().limits(Limits { depth: 3, size: 5, length: 12 });
    assert!(Formula::parse("((x))", &tight).is_ok());
    assert!(error("(((x)))", &tight).starts_with("nested more than 3 levels deep"));
    assert!(error("1+1+1+1", &tight).starts_with("written out, the formula has more than 5 operations"));
    assert!(error("1234567890123", &tight).starts_with("the formula is 13 bytes long"));
}

#[test]
fn long_and_shared_formulas_are_handled_in_time() {
    // A left spine a hundred thousand deep, and a comparison chain whose text would double at each level.
    let long = format!("x{}", "-x".repeat(100_000));
    let formula: Formula = long.parse().unwrap();
    assert_eq!(formula.value(&[1.0], &mut Vec::new()), -99_999.0);
    assert_eq!(formula.to_string().len(), 1 + 4 * 100_000);
    let mut doubling = "x".to_owned();
    for _ in 0..100 {
        doubling = format!("(0<={doubling}<=1)");
    }
    let formula: Formula = doubling.parse().unwrap();
    assert_eq!(formula.value(&[0.5], &mut Vec::new()), 1.0);
    assert!(formula.to_string().ends_with("..."));
    let nested = format!("{}x{}", "exp(sin(".repeat(60), "))".repeat(60));
    let formula: Formula = nested.parse().unwrap();
    assert!(formula.gradient().map(|partial| partial.to_string()).all(|text| !text.is_empty()));
}

#[test]
fn texts_are_bounded() {
    let long: Formula = format!("sum(i, 1, 100000, {})", "V".repeat(50_000)).parse().unwrap();
    assert!(long.to_string().len() < 10_000_000);
    let product: Formula = "prod(i, 1, 5000, x[i])".parse().unwrap();
    let texts: Vec<String> = product.gradient().map(|partial| partial.to_string()).collect();
    assert!(texts.iter().map(String::len).sum::<usize>() < 20_000_000);
    assert!(texts.iter().all(|text| text.len() < 5_000 && text.contains("...")));
}

#[test]
fn the_place_is_underlined() {
    let pointed = |text: &str| Formula::parse(text, &Options::new()).unwrap_err().pointed();
    assert!(pointed("x + y z").ends_with("\n  |\n  | x + y z\n  |       ^\n"));
    assert!(pointed("x +").ends_with("\n  |\n  | x +\n  |    ^\n"));
    assert!(pointed("a\n+ (b").ends_with("\n  |\n  | + (b\n  |   ^\n"));
    let long = format!("{}$", "x + ".repeat(100));
    let lines: Vec<String> = pointed(&long).lines().map(str::to_owned).collect();
    assert!(lines[2].starts_with("  | ...") && lines[2].len() < 80 && lines[3].trim_end().ends_with('^'));
}

#[test]
fn definitions_are_checked_where_they_are_wrong() {
    for (definition, expected) in [
        ("f", "the arguments are missing at column 2, expected a definition such as `f(x, y) = x^2 + y`"),
        ("f(x)", "the `=` is missing at column 5, expected a definition such as `f(x, y) = x^2 + y`"),
        ("f(x) =", "the formula ends too early at column 7, expected a number, a name or `(`"),
        (
            "f() = 1",
            "the name of an argument is missing at column 3, expected a definition such as `f(x, y) = x^2 + y`",
        ),
        ("f(x, x) = 1", "`x` is declared twice at column 6"),
        ("sin(x) = x", "`sin` is a function already at column 1"),
        ("f(x) = f(x - 1)", "unknown function `f` at column 8; did you mean `f*(`?"),
        ("f(x) = x[1]", "`x` is a number and has no elements at column 8"),
        ("f(x) = x $", "unexpected character `$` at column 10"),
    ] {
        let options = Options::new().define("g(x) = x").define(definition);
        let error = Formula::parse("f(1) + x", &options).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.formula(), definition);
    }
    // Each definition doubles the formula.
    let mut options = Options::new().define("f0(x) = x + 1");
    for i in 0..60 {
        options = options.define(format!("f{}(x) = f{i}(x) + f{i}(x)", i + 1));
    }
    assert!(
        error("f60(x)", &options).starts_with("written out, the formula has more than 1000000 operations")
    );
}
