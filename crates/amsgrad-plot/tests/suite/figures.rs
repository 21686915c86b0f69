//! What users rely on in finished figures, measured on their pixels and bytes.

use amsgrad_plot::{
    Axes, Basin, Colors, Field, Figure, Format, Levels, PlotError, Profile, Scale, Series, Style, Trajectory,
    basins, contour, curves, path, profile, surface,
};

const WHITE: [u8; 3] = [255; 3];

struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    fn of(figure: &Figure) -> Pixels {
        let bytes = figure.render(Format::Png).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
        Pixels { width: info.width as usize, height: info.height as usize, rgb }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let start = 3 * (y * self.width + x);
        [self.rgb[start], self.rgb[start + 1], self.rgb[start + 2]]
    }

    /// The longest stretch of colored pixels through the middle, across and upwards: left, right, top, bottom.
    fn colored_area(&self) -> [usize; 4] {
        let colored = |color: [u8; 3]| color.iter().max().unwrap() - color.iter().min().unwrap() > 60;
        let longest = |along: &[bool]| {
            let (mut best, mut start) = (0..0, 0);
            for (index, &inside) in along.iter().enumerate() {
                if !inside {
                    start = index + 1;
                } else if index + 1 - start > best.len() {
                    best = start..index + 1;
                }
            }
            best
        };
        let y = self.height / 2;
        let across = longest(&(0..self.width).map(|x| colored(self.at(x, y))).collect::<Vec<_>>());
        let x = (across.start + across.end) / 2;
        let upwards = longest(&(0..self.height).map(|y| colored(self.at(x, y))).collect::<Vec<_>>());
        [across.start, across.end, upwards.start, upwards.end]
    }

    fn border_is_white(&self, depth: usize) -> bool {
        (0..self.height).all(|y| {
            (0..self.width).all(|x| {
                let inside = x >= depth && x + depth < self.width && y >= depth && y + depth < self.height;
                inside || self.at(x, y) == WHITE
            })
        })
    }
}

fn bowl(samples: usize) -> Field {
    Field::sample((-1.0, 1.0), (-1.0, 1.0), samples, samples, |x, y| x * x + y * y).unwrap()
}

fn jet() -> Style {
    Style { colors: Colors::Jet, ..Style::default() }
}

fn small() -> Style {
    Style { width: 4.0, height: 3.0, dpi: 100, ..jet() }
}

fn one_of_each(style: &Style) -> Vec<(&'static str, Figure)> {
    let field = bowl(101);
    let points: Vec<[f64; 2]> =
        (0..100).map(|k| 0.95_f64.powi(k)).map(|r| [-0.166 * r, 0.4406 * r * r]).collect();
    let series =
        [Series::from_values("value", 0, &[1.0, 0.1, 0.01]), Series::new("", [[0.0, 0.5], [2.0, 0.02]])];
    let places = [Basin { point: [0.0, 0.0], value: 0.0, best: true }];
    let line = Profile::sample((-1.0, 1.0), Axes::default(), |x| x * x).unwrap();
    let on_line: Vec<[f64; 2]> = points.iter().map(|[x, _]| [*x, x * x]).collect();
    let run = Trajectory::new(&points).best(99);
    vec![
        ("basins", basins(&field, &places, None, style).unwrap()),
        ("profile", profile(&line, Some(Trajectory::new(&on_line)), style).unwrap()),
        ("surface with a path", surface(&field, Scale::Linear, Some(run), style).unwrap()),
        ("contour with lines", contour(&field, Levels { lines: true, ..Levels::default() }, style).unwrap()),
        ("surface", surface(&field, Scale::Linear, None, style).unwrap()),
        ("contour", contour(&field, 50, style).unwrap()),
        ("path", path(&field, 50, Trajectory::new(&points).best(99), style).unwrap()),
        ("curves", curves(&series, Axes { y: Scale::Log, ..Axes::default() }, style).unwrap()),
    ]
}

#[test]
fn every_figure_has_the_size_asked_for_and_a_free_border() {
    for (width, height, font_size) in
        [(6.4, 4.8, 10.0), (1.5, 1.5, 4.0), (3.3, 2.5, 8.0), (9.0, 4.0, 20.0), (4.0, 9.0, 12.0)]
    {
        let title = "(1-x)^2 + 100*(y-x^2)^2 + ".repeat(20);
        let style = Style {
            title,
            y_label: "a label that is much too long for the figure ".repeat(5),
            x_label: "and another one ".repeat(20),
            z_label: "z ".repeat(200),
            width,
            height,
            font_size,
            dpi: 100,
            ..jet()
        };
        for (name, figure) in one_of_each(&style) {
            let pixels = Pixels::of(&figure);
            let expected = [width, height].map(|inches: f64| (inches * 100.0).round() as usize);
            assert_eq!([pixels.width, pixels.height], expected);
            assert!(pixels.border_is_white(2), "{name} at {width} x {height}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_and_vectors_stay_small() {
    for ((name, one), (_, two)) in one_of_each(&jet()).into_iter().zip(one_of_each(&jet())) {
        for format in Format::ALL {
            let bytes = one.render(format).unwrap();
            assert!(bytes == two.render(format).unwrap(), "{name} as {format}");
            assert!(bytes.len() < 1_000_000, "{name} as {format}: {} bytes", bytes.len());
        }
    }
    let svg = contour(&bowl(101), 50, &jet()).unwrap().render(Format::Svg).unwrap();
    assert!(svg.len() < 200_000, "{}", svg.len());
}

#[test]
fn no_seam_shows_between_bands() {
    // Vertical bands, then slanting ones: from left to right the colors climb the map in order.
    for slope in [0.0, 0.7] {
        let field = Field::sample((0.0, 1.0), (0.0, 1.0), 101, 101, |x, y| x + slope * y).unwrap();
        let pixels = Pixels::of(&contour(&field, 20, &jet()).unwrap());
        let [left, right, top, bottom] = pixels.colored_area();
        assert!(right - left > 800 && bottom - top > 800);
        let bands: Vec<[u8; 3]> = (0..20).map(|band| Colors::Jet.at(f64::from(band) / 19.0)).collect();
        for y in (top + 5..bottom - 5).step_by(7) {
            let mut band = 0;
            for x in left + 5..right - 5 {
                let color = pixels.at(x, y);
                // Either a band's own color, or between it and the next band's.
                let between = |band: usize| {
                    let (low, high) = (bands[band], bands[(band + 1).min(19)]);
                    (0..3).all(|c| {
                        color[c].saturating_add(1) >= low[c].min(high[c])
                            && color[c] <= low[c].max(high[c]).saturating_add(1)
                    })
                };
                while !between(band) {
                    band += 1;
                    assert!(band < 20, "{color:?} at {x}, {y} is no color of bands from there on");
                }
            }
        }
    }
}

#[test]
fn a_unit_of_x_is_as_long_as_one_of_y() {
    for (x, y, ratio) in
        [((-1.0, 1.0), (-1.0, 1.0), 1.0), ((0.0, 3.0), (0.0, 2.0), 1.5), ((0.0, 3.0), (0.0, 4.0), 0.75)]
    {
        let field = Field::sample(x, y, 20, 20, |x, y| x + y).unwrap();
        let [left, right, top, bottom] = Pixels::of(&contour(&field, 20, &jet()).unwrap()).colored_area();
        let found = (right - left) as f64 / (bottom - top) as f64;
        assert!((found / ratio - 1.0).abs() < 0.01, "{found} for {ratio}");
    }
}

#[test]
fn points_and_lines_are_white_where_they_belong_and_cut_at_the_edge() {
    let field = Field::sample((0.0, 1.0), (0.0, 1.0), 20, 20, |x, y| x + y).unwrap();
    let draw = |points: &[[f64; 2]]| Pixels::of(&path(&field, 20, Trajectory::new(points), &jet()).unwrap());
    let [left, right, top, bottom] = draw(&[[0.01, 0.01]]).colored_area();
    let points = [
        [0.1, 0.9],
        [0.25, 0.25],
        [0.75, 0.25],
        [7.0, 0.25],
        [f64::NAN, 0.0],
        [-9.0, 0.8],
        [0.6, 0.8],
        [0.6, 0.6],
    ];
    let pixels = draw(&points);
    // The lightest pixel within one of the place: a line's middle may lie between pixels.
    let at = |x: f64, y: f64| {
        let column = (left as f64 + x * (right - left) as f64).round() as usize;
        let row = (bottom as f64 - y * (bottom - top) as f64).round() as usize;
        let near =
            (row - 1..=row + 1).flat_map(|row| (column - 1..=column + 1).map(move |column| (column, row)));
        near.map(|(column, row)| pixels.at(column, row))
            .max_by_key(|color| color.map(u32::from).iter().sum::<u32>())
    };
    let white = [(0.1, 0.9), (0.25, 0.25), (0.5, 0.25), (0.9, 0.25), (0.01, 0.8), (0.6, 0.7)];
    assert!(white.iter().all(|&(x, y)| at(x, y) == Some(WHITE)));
    let colored = [(0.5, 0.5), (0.7, 0.7), (0.25, 0.15), (0.9, 0.8), (0.9, 0.3)];
    assert!(colored.iter().all(|&(x, y)| at(x, y) != Some(WHITE)));
    // Nothing is drawn between the frame and the color bar, where the cut line would go on.
    assert!((right + 8..right + 40).all(|x| pixels.at(x, bottom - (bottom - top) / 4) == WHITE));
}

#[test]
fn samples_that_are_not_finite_stay_blank() {
    let hole = |x: f64, y: f64| if x.abs() < 0.5 && y.abs() < 0.5 { f64::NAN } else { x };
    let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 41, 41, hole).unwrap();
    let pixels = Pixels::of(&contour(&field, 10, &jet()).unwrap());
    let full = Field::sample((-1.0, 1.0), (-1.0, 1.0), 41, 41, |x, _| x).unwrap();
    let [left, right, top, bottom] = Pixels::of(&contour(&full, 10, &jet()).unwrap()).colored_area();
    assert_eq!(pixels.at((left + right) / 2, (top + bottom) / 2), WHITE);
    assert_ne!(pixels.at(left + 20, (top + bottom) / 2), WHITE);
}

#[test]
fn unusual_ranges_are_drawn() {
    let style = small();
    let sizes = [0.0, 5e-324, 1e-300, 1.0, 1e150, 1e300, f64::MAX / 4.0];
    for size in sizes {
        for offset in [0.0, 1.0, -1e6] {
            let field = Field::sample((-1.0, 1.0), (-1.0, 1.0), 9, 9, |x, y| size * x * y + offset).unwrap();
            contour(&field, 50, &style).unwrap().render(Format::Png).unwrap();
            surface(&field, Scale::Linear, None, &style).unwrap().render(Format::Png).unwrap();
            let log = Levels { count: 5, scale: Scale::Log, lines: true };
            match contour(&field, log, &style) {
                Ok(figure) => assert!(!figure.render(Format::Png).unwrap().is_empty()),
                Err(error) => assert!(matches!(error, PlotError::NothingToDraw { .. }), "{error}"),
            }
        }
    }
    for (low, high) in [(-1e300, 1e300), (1e-300, 2e-300), (0.0, 5e-324), (1e15, 1e15 + 1.0)] {
        let field = Field::sample((low, high), (low, high), 9, 9, |x, _| x).unwrap();
        contour(&field, 50, &style).unwrap().render(Format::Svg).unwrap();
        surface(&field, Scale::Linear, None, &style).unwrap().render(Format::Pdf).unwrap();
    }
}

#[test]
fn long_paths_stay_small() {
    let mut state = 1_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 3001) as f64 / 1000.0 - 1.5
    };
    let points: Vec<[f64; 2]> = (0..100_000).map(|_| [random(), random()]).collect();
    let style = Style { dpi: 125, ..jet() };
    let figure = path(&bowl(21), 20, Trajectory::new(&points), &style).unwrap();
    for format in Format::ALL {
        assert!(figure.render(format).unwrap().len() < 2_000_000);
    }
}

#[test]
fn levels_and_best_points_out_of_range_are_errors() {
    let (field, style) = (bowl(3), Style::default());
    let message = |levels: usize| contour(&field, levels, &style).unwrap_err().to_string();
    assert_eq!(message(0), "0 contour bands: allowed are 1 to 256");
    assert_eq!(message(257), "257 contour bands: allowed are 1 to 256");
    assert!(path(&field, 5, Trajectory::new(&[]), &style).is_err());
    assert!(surface(&field, Scale::Linear, None, &Style { width: 0.1, ..style }).is_err());
}

#[test]
fn a_long_domain_fills_the_page() {
    let field = Field::sample((0.0, 100.0), (0.0, 20.0), 50, 50, |x, y| x + y).unwrap();
    let pixels = Pixels::of(&contour(&field, 20, &jet()).unwrap());
    let [left, right, top, bottom] = pixels.colored_area();
    assert!((right - left) * (bottom - top) * 2 > pixels.width * pixels.height);
}

#[test]
fn text_is_text_in_vectors() {
    let style = Style { title: "x\u{b2} < 1 & so on".to_owned(), x_label: "millimetres".to_owned(), ..jet() };
    for (name, figure) in one_of_each(&style) {
        let svg = String::from_utf8(figure.render(Format::Svg).unwrap()).unwrap();
        assert!(svg.contains(">x\u{b2} &lt; 1 &amp; so on</text>"), "{name}");
        assert!(svg.contains(">millimetres</text>"), "{name}");
        let pdf = figure.render(Format::Pdf).unwrap();
        let holds = |words: &[u8]| pdf.windows(words.len()).any(|window| window == words);
        assert!(holds(b"/ToUnicode") && holds(b"/FontFile2") && holds(b"NotoSans"), "{name}");
    }
}

#[test]
fn vectors_have_the_size_asked_for() {
    let style = Style { width: 3.3, height: 2.5, font_size: 8.0, ..jet() };
    let figure = contour(&bowl(21), 10, &style).unwrap();
    let svg = String::from_utf8(figure.render(Format::Svg).unwrap()).unwrap();
    assert!(svg.contains("width=\"3.3in\" height=\"2.5in\""));
    let pdf = figure.render(Format::Pdf).unwrap();
    let page = String::from_utf8_lossy(&pdf);
    assert!(page.contains("/MediaBox [0 0 237.6 180]"));
}

#[test]
fn grounds_are_dark_or_left_out() {
    let figure = |style: &Style| contour(&bowl(21), 10, style).unwrap();
    let dark = Pixels::of(&figure(&Style { dark: true, ..small() }));
    assert!(dark.at(0, 0).iter().all(|channel| *channel < 0x20));
    let clear = figure(&Style { transparent: true, ..small() });
    let bytes = clear.render(Format::Png).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
    assert_eq!(reader.next_frame(&mut rgba).unwrap().color_type, png::ColorType::Rgba);
    assert_eq!(rgba[3], 0);
    assert!(rgba.chunks(4).any(|pixel| pixel[3] == 255));
    let svg = String::from_utf8(clear.render(Format::Svg).unwrap()).unwrap();
    assert!(!svg.contains("<rect width=\"100%\""));
}

#[test]
fn values_stand_on_their_lines() {
    let field = Field::sample((-5.0, 5.0), (-5.0, 5.0), 101, 101, |x, y| x * x + y * y).unwrap();
    let levels = Levels { lines: true, ..Levels::default() };
    let svg = |levels| {
        String::from_utf8(contour(&field, levels, &jet()).unwrap().render(Format::Svg).unwrap()).unwrap()
    };
    // Once at the color bar, once or more on a line.
    let count = |svg: &str| svg.matches(">20</text>").count();
    assert_eq!(count(&svg(Levels::default())), 1);
    assert!(count(&svg(levels)) > 1);
}

#[test]
fn a_long_zigzag_is_no_block_and_is_drawn_in_linear_time() {
    let field = bowl(101);
    let draw = |count: u32| {
        let at = |k: u32| {
            [0.9 - 1.8 * f64::from(k) / f64::from(count), if k.is_multiple_of(2) { 0.6 } else { -0.6 }]
        };
        let points: Vec<[f64; 2]> = (0..count).map(at).collect();
        let run = Trajectory::new(&points);
        let started = std::time::Instant::now();
        let figures = [
            path(&field, 20, run, &jet()).unwrap(),
            surface(&field, Scale::Linear, Some(run), &jet()).unwrap(),
        ];
        figures.iter().for_each(|figure| assert!(figure.render(Format::Svg).unwrap().len() < 1_500_000));
        let [path, _] = figures;
        (path, started.elapsed().as_secs_f64())
    };
    let ((_, short), (long, time)) = (draw(4000), draw(40_000));
    // Time that grows with the square of the points would be a hundred times as long.
    assert!(time < 30.0 * short, "{short} s and {time} s");
    let pixels = Pixels::of(&long);
    let (left, right) = (pixels.width / 4, pixels.width / 2);
    let colored = (left..right).filter(|&x| {
        let color = pixels.at(x, pixels.height / 3);
        color.iter().max().unwrap() - color.iter().min().unwrap() > 60
    });
    assert!(colored.count() * 4 > right - left, "the ground shows between the lines");
}

#[test]
fn errors_and_figures_cross_threads() {
    fn check<T: Send + Sync>() {}
    check::<PlotError>();
    check::<Figure>();
}
