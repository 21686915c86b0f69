//! Writes one figure of every kind, in every format, into the folder given as argument.
//!
//!     cargo run --release --example figures -- FOLDER

use std::path::PathBuf;

use amsgrad_plot::{
    Axes, Colors, Field, Figure, Format, Levels, PlotError, Scale, Series, Style, Trajectory, contour,
    curves, path, surface,
};

fn bowl(x: f64, y: f64) -> f64 {
    x * x + y * y
}

fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x)
}

fn figures() -> Result<Vec<(&'static str, Figure)>, PlotError> {
    let style = |title: &str| Style { title: title.to_owned(), ..Style::default() };
    let jet = |title: &str| Style { colors: Colors::Jet, ..style(title) };

    let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 101, 101, bowl)?;
    // A spiral towards the minimum.
    let spiral: Vec<[f64; 2]> = (0..100)
        .map(|step| {
            let (radius, angle) = (0.8 * 0.96_f64.powi(step), 0.15 * f64::from(step));
            [radius * angle.cos(), radius * angle.sin()]
        })
        .collect();
    let valley = Field::sample((-2.0, 2.0), (-1.0, 3.0), 201, 201, rosenbrock)?;
    let log = Levels { count: 40, scale: Scale::Log };
    let values: Vec<f64> = spiral.iter().map(|point| bowl(point[0], point[1])).collect();
    let norms: Vec<f64> = values.iter().map(|value| 2.0 * value.sqrt()).collect();
    let series = [Series::from_values("value", 0, &values), Series::from_values("gradient norm", 0, &norms)];
    let steps = Style { x_label: "step".to_owned(), y_label: String::new(), ..style("A run on x^2 + y^2") };
    let log_y = Axes { y: Scale::Log, ..Axes::default() };

    Ok(vec![
        ("curves", curves(&series, log_y, &steps)?),
        ("surface", surface(&field, &jet("x^2 + y^2"))?),
        ("surface_rosenbrock", surface(&valley, &style("(1-x)^2 + 100*(y-x^2)^2"))?),
        ("contour", contour(&field, 50, &jet("x^2 + y^2"))?),
        ("path", path(&field, 50, Trajectory::new(&spiral).best(99), &jet("A run on x^2 + y^2"))?),
        ("rosenbrock", contour(&valley, log, &style("(1-x)^2 + 100*(y-x^2)^2"))?),
    ])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("give a folder as argument")?);
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in figures()? {
        for format in Format::ALL {
            figure.write(folder.join(format!("{name}.{format}")), format)?;
        }
    }
    Ok(())
}
