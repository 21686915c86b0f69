//! Writes one figure of every kind, in every format, into the folder given as argument.
//!
//!     cargo run --release --example figures -- FOLDER

use std::path::PathBuf;

use amsgrad_plot::{
    Axes, Basin, Colors, Field, Figure, Format, Levels, PlotError, Profile, Scale, Series, Style, Trajectory,
    basins, contour, curves, path, profile, surface,
};

fn bowl(x: f64, y: f64) -> f64 {
    x * x + y * y
}

fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x)
}

fn himmelblau(x: f64, y: f64) -> f64 {
    let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
    a * a + b * b
}

fn styled(title: &str) -> Style {
    Style { title: title.to_owned(), ..Style::default() }
}

fn bowls() -> Result<Vec<(&'static str, Figure)>, PlotError> {
    let jet = Style { colors: Colors::Jet, ..styled("x\u{b2} + y\u{b2}") };
    let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 101, 101, bowl)?;
    // A spiral towards the minimum.
    let spiral: Vec<[f64; 2]> = (0..100)
        .map(|step| {
            let (radius, angle) = (0.8 * 0.96_f64.powi(step), 0.15 * f64::from(step));
            [radius * angle.cos(), radius * angle.sin()]
        })
        .collect();
    let run = Trajectory::new(&spiral).best(99);
    let values: Vec<f64> =
        spiral.iter().enumerate().map(|(k, p)| bowl(p[0], p[1]) * (1.5 + (k as f64).sin())).collect();
    let least = values.iter().scan(f64::INFINITY, |least, &value| {
        *least = least.min(value);
        Some(*least)
    });
    let least: Vec<f64> = least.collect();
    let norms: Vec<f64> = values.iter().map(|value| 2.0 * value.sqrt()).collect();
    let series = [
        Series { faint: true, ..Series::from_values("value", 0, &values) },
        Series::from_values("best so far", 0, &least),
        Series::from_values("max |gradient|", 0, &norms),
    ];
    let steps =
        Style { x_label: "step".to_owned(), y_label: String::new(), ..styled("A run on x\u{b2} + y\u{b2}") };
    let log_y = Axes { y: Scale::Log, ..Axes::default() };
    Ok(vec![
        ("curves", curves(&series, log_y, &steps)?),
        ("surface", surface(&field, Scale::Linear, None, &jet)?),
        ("surface_path", surface(&field, Scale::Linear, Some(run), &jet)?),
        ("contour", contour(&field, 50, &jet)?),
        ("path", path(&field, 50, run, &Style { title: "A run on x\u{b2} + y\u{b2}".to_owned(), ..jet })?),
    ])
}

fn valleys() -> Result<Vec<(&'static str, Figure)>, PlotError> {
    let field = Field::sample((-2.0, 2.0), (-1.0, 3.0), 301, 301, rosenbrock)?;
    let log = Levels { count: 50, scale: Scale::Log, lines: true };
    let title = styled("Rosenbrock: (1 \u{2212} x)\u{b2} + 100\u{b7}(y \u{2212} x\u{b2})\u{b2}");
    let hills = Field::sample((-5.0, 5.0), (-5.0, 5.0), 301, 301, himmelblau)?;
    let minima = [[3.0, 2.0], [-2.805, 3.131], [-3.779, -3.283], [3.584, -1.848]];
    let nearest = |x: f64, y: f64| {
        let away = minima.map(|[a, b]: [f64; 2]| (x - a).hypot(y - b));
        let least = away.iter().copied().fold(f64::INFINITY, f64::min);
        if least > 5.0 { f64::NAN } else { away.iter().position(|&away| away == least).unwrap_or(0) as f64 }
    };
    let numbers = Field::sample((-5.0, 5.0), (-5.0, 5.0), 400, 400, nearest)?;
    let places = minima.map(|point| Basin { point, value: 0.0, best: true });
    let column = |style: Style| Style { width: 3.3, height: 2.5, font_size: 8.0, ..style };
    Ok(vec![
        ("rosenbrock", contour(&field, log, &title)?),
        ("rosenbrock_surface", surface(&field, Scale::Log, None, &title)?),
        ("himmelblau", contour(&hills, log, &styled("Himmelblau"))?),
        ("himmelblau_column", contour(&hills, log, &column(styled("Himmelblau")))?),
        ("himmelblau_dark", contour(&hills, log, &Style { dark: true, ..styled("Himmelblau") })?),
        ("basins", basins(&numbers, &places, None, &styled("Himmelblau"))?),
    ])
}

fn lines() -> Result<Vec<(&'static str, Figure)>, PlotError> {
    let style = |title: &str| Style { y_label: "f(x)".to_owned(), ..styled(title) };
    let line = |low, high, f: fn(f64) -> f64| Profile::sample((low, high), Axes::default(), f);
    let run: Vec<[f64; 2]> = (0..30).map(|k| 3.5 * 0.9_f64.powi(k)).map(|x| [x, x.cos() * x]).collect();
    let wave = line(-1.0, 4.0, |x| x * x.cos())?;
    Ok(vec![
        ("profile", profile(&wave, Some(Trajectory::new(&run).best(4)), &style("x cos x"))?),
        ("tan", profile(&line(-5.0, 5.0, f64::tan)?, None, &style("tan x"))?),
        ("log", profile(&line(-1.0, 5.0, f64::ln)?, None, &style("log x"))?),
        ("narrow", profile(&line(1.0, 1.0 + f64::EPSILON, |x| x)?, None, &style("x"))?),
        ("wave", profile(&line(-10.0, 10.0, |x| x * (50.0 * x).sin())?, None, &style("x sin 50x"))?),
    ])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("give a folder as argument")?);
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in [bowls()?, valleys()?, lines()?].into_iter().flatten() {
        for format in Format::ALL {
            std::fs::write(folder.join(format!("{name}.{format}")), figure.render(format)?)?;
        }
    }
    Ok(())
}
