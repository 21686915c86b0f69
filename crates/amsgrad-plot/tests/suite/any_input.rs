//! Nothing panics, whatever is given.

use amsgrad_plot::{
    Axes, Basin, Colors, Field, Format, Levels, Profile, Scale, Series, Style, Trajectory, basins, contour,
    curves, path, profile, surface,
};
use proptest::prelude::*;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0,
        2 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 5e-324]),
    ]
}

fn side() -> impl Strategy<Value = (f64, f64)> {
    prop_oneof![3 => Just((-1.0, 1.0)), 1 => (number(), number())]
}

fn scale() -> impl Strategy<Value = Scale> {
    prop_oneof![Just(Scale::Linear), Just(Scale::Log)]
}

prop_compose! {
    fn style()(
        title in ".{0,80}",
        x_label in ".{0,30}",
        y_label in ".{0,30}",
        z_label in "\\PC{0,30}",
        colors in prop::sample::select(Colors::ALL.to_vec()),
        (width, height, font_size) in (1.0_f64..8.0, 1.0_f64..8.0, 3.0_f64..12.0),
        dpi in 60_u32..150,
        (dark, transparent) in any::<(bool, bool)>(),
    ) -> Style {
        Style { title, x_label, y_label, z_label, colors, width, height, dpi, font_size, dark, transparent }
    }
}

fn format() -> impl Strategy<Value = Format> {
    prop::sample::select(Format::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn fields_become_figures_or_errors(
        (x, y) in (side(), side()),
        (columns, rows) in (2_usize..9, 2_usize..9),
        values in prop::collection::vec(number(), 64),
        points in prop::collection::vec([number(), number()], 0..40),
        best in prop::option::of(0_usize..40),
        (count, scale, lines) in (0_usize..300, scale(), any::<bool>()),
        (style, format) in (style(), format()),
    ) {
        let Ok(field) = Field::from_values(x, y, columns, rows, values[..columns * rows].to_vec()) else {
            return Ok(());
        };
        let levels = Levels { count, scale, lines };
        let trajectory = match best {
            Some(best) => Trajectory::new(&points).best(best),
            None => Trajectory::new(&points),
        };
        let places: Vec<Basin> = points.iter().map(|&point| Basin { point, value: point[0], best: point[1] > 0.0 }).collect();
        let figures = [
            surface(&field, scale, Some(trajectory), &style),
            contour(&field, levels, &style),
            path(&field, levels, trajectory, &style),
            basins(&field, &places, Some(&field), &style),
        ];
        for figure in figures {
            match figure {
                Ok(figure) => prop_assert!(!figure.render(format).unwrap().is_empty()),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn series_become_figures_or_errors(
        lines in prop::collection::vec((".{0,40}", prop::collection::vec([number(), number()], 0..60)), 0..20),
        (x, y) in (scale(), scale()),
        (style, format) in (style(), format()),
    ) {
        let series: Vec<Series> = lines.into_iter().map(|(name, points)| Series::new(name, points)).collect();
        match curves(&series, Axes { x, y }, &style) {
            Ok(figure) => prop_assert!(!figure.render(format).unwrap().is_empty()),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn functions_become_figures_or_errors(
        x in side(),
        values in prop::collection::vec(number(), 1..20),
        points in prop::collection::vec([number(), number()], 0..40),
        (x_scale, y_scale) in (scale(), scale()),
        (style, format) in (style(), format()),
    ) {
        let mut count = 0;
        let f = |x: f64| {
            count += 1;
            // Steps, noise and what grows.
            values[(x.to_bits() >> 40) as usize % values.len()] * if count % 3 == 0 { x } else { 1.0 }
        };
        let line = Profile::sample(x, Axes { x: x_scale, y: y_scale }, f);
        match line.and_then(|line| profile(&line, Some(Trajectory::new(&points)), &style)) {
            Ok(figure) => prop_assert!(!figure.render(format).unwrap().is_empty()),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
