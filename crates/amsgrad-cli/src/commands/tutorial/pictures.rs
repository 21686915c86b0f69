//! The tutorial's three pictures.

use std::fs;
use std::path::Path;

use amsgrad_plot::{Colors, Field, Figure, Format, Levels, PlotError, Scale, Style, Trajectory, typeset};

use super::problem::{DOMAIN, objective};
use crate::failure::Failure;
use crate::minimize::pictures::Wanted;
use crate::output;

/// Points along each side. The tutorial samples every 0.1 and stops one short of the upper bound; this samples the whole
/// domain, both ends included.
const SAMPLES: usize = 201;

/// Makes `folder` if need be, so that one that cannot be had is told before the run.
pub(super) fn prepare(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::input("--plots", format!("{}: {error}", folder.display())))
}

/// Writes surface, contour and path into `folder`.
pub(super) fn write(folder: &Path, format: Format, colors: Colors, path: &[[f64; 2]]) -> Result<(), Failure> {
    let figures = draw(colors, path).map_err(|error| Failure::input("--plots", error))?;
    for (name, figure) in figures {
        let file = folder.join(format!("{name}.{format}"));
        Wanted::new("--plots", &file)?.write(Ok(figure))?;
        output::note(&format!("wrote {}", file.display()));
    }
    Ok(())
}

fn draw(colors: Colors, path: &[[f64; 2]]) -> Result<[(&'static str, Figure); 3], PlotError> {
    let value = |x: f64, y: f64| objective(&[x, y], &mut [0.0; 2]);
    let field = Field::sample(DOMAIN, DOMAIN, SAMPLES, SAMPLES, value)?;
    let style = |title: &str| Style { title: title.to_owned(), colors, ..Style::default() };
    let formula = typeset("f(x, y) = x^2 + y^2");
    let run = format!("AMSGrad on {formula}");
    Ok([
        ("surface", amsgrad_plot::surface(&field, Scale::Linear, None, &style(&formula))?),
        ("contour", amsgrad_plot::contour(&field, Levels::default(), &style(&formula))?),
        ("path", amsgrad_plot::path(&field, Levels::default(), Trajectory::new(path), &style(&run))?),
    ])
}
