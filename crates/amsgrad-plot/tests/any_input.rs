//! Nothing panics, whatever is given.

use amsgrad_plot::{
    Axes, Colors, Field, Format, Levels, Scale, Series, Style, Trajectory, contour, curves, path, surface,
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
        width in 300_u32..700,
        height in 300_u32..700,
    ) -> Style {
        Style { title, x_label, y_label, z_label, colors, width, height }
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
        (count, scale) in (0_usize..300, scale()),
        (style, format) in (style(), format()),
    ) {
        let Ok(field) = Field::from_values(x, y, columns, rows, values[..columns * rows].to_vec()) else {
            return Ok(());
        };
        let levels = Levels { count, scale };
        let trajectory = match best {
            Some(best) => Trajectory::new(&points).best(best),
            None => Trajectory::new(&points),
        };
        let figures = [surface(&field, &style), contour(&field, levels, &style), path(&field, levels, trajectory, &style)];
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
}
