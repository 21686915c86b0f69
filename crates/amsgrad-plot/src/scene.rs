//! What a figure is made of: a short list of shapes in pixels, y downwards, painted in order.
//!
//! Every figure becomes such a list and every format is written from it, so the formats agree.

use crate::colors::Rgb;

/// Which part of a text lies at the given place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A place in the figure, in pixels from the top left corner.
pub(crate) type Point = [f64; 2];

#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// A filled outline (non-zero winding).
    Fill { path: Path, color: Rgb },
    /// A line with round joins and caps; `dash` is the length of strokes and of gaps.
    Stroke { path: Path, color: Rgb, width: f64, dash: Option<[f64; 2]> },
    /// One shape around the origin, painted at many places.
    Markers { shape: Path, fill: Rgb, edge: Rgb, edge_width: f64, at: Vec<Point> },
    /// One line of text.
    Text(Text),
    /// Pixels stretched over a rectangle.
    Image { area: Rect, raster: Raster },
    /// Shapes that a vector format may show as pixels instead, where they are many. `area` has whole pixels
    /// for its edges; what reaches beyond may be cut.
    Dense { area: Rect, items: Vec<Item> },
}

impl Item {
    /// The same shape, moved.
    pub(crate) fn moved(self, by: Point) -> Item {
        let to = |[x, y]: Point| [x + by[0], y + by[1]];
        let rect = |area: Rect| Rect { left: area.left + by[0], top: area.top + by[1], ..area };
        match self {
            Item::Fill { path, color } => Item::Fill { path: path.mapped(to), color },
            Item::Stroke { path, color, width, dash } => {
                Item::Stroke { path: path.mapped(to), color, width, dash }
            }
            Item::Markers { shape, fill, edge, edge_width, at } => {
                Item::Markers { shape, fill, edge, edge_width, at: at.into_iter().map(to).collect() }
            }
            Item::Text(text) => Item::Text(Text { at: to(text.at), ..text }),
            Item::Image { area, raster } => Item::Image { area: rect(area), raster },
            Item::Dense { area, items } => {
                let items = items.into_iter().map(|item| item.moved(by)).collect();
                Item::Dense { area: rect(area), items }
            }
        }
    }
}

/// A line of text whose baseline passes through `at`, turned by `angle` (radians, anticlockwise)
/// around it, with its start, middle or end there.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) words: String,
    /// In pixels.
    pub(crate) size: f64,
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    pub(crate) angle: f64,
    pub(crate) color: Rgb,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment {
    Move(Point),
    Line(Point),
    /// Control point, end.
    Quadratic(Point, Point),
    /// Two control points, end.
    Cubic(Point, Point, Point),
    Close,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    pub(crate) segments: Vec<Segment>,
}

impl Path {
    /// Adds a line through `points`.
    pub(crate) fn line(&mut self, points: &[Point]) {
        for (index, &point) in points.iter().enumerate() {
            self.segments.push(if index == 0 { Segment::Move(point) } else { Segment::Line(point) });
        }
    }

    /// Adds a closed outline through `points`.
    pub(crate) fn outline(&mut self, points: &[Point]) {
        self.line(points);
        if !points.is_empty() {
            self.segments.push(Segment::Close);
        }
    }

    pub(crate) fn polyline(points: &[Point]) -> Path {
        let mut path = Path::default();
        path.line(points);
        path
    }

    pub(crate) fn polygon(points: &[Point]) -> Path {
        let mut path = Path::default();
        path.outline(points);
        path
    }

    pub(crate) fn circle(radius: f64) -> Path {
        // Four cubics, each within 0.03 % of a quarter circle.
        let (r, c) = (radius, radius * 0.552_284_75);
        Path {
            segments: vec![
                Segment::Move([r, 0.0]),
                Segment::Cubic([r, c], [c, r], [0.0, r]),
                Segment::Cubic([-c, r], [-r, c], [-r, 0.0]),
                Segment::Cubic([-r, -c], [-c, -r], [0.0, -r]),
                Segment::Cubic([c, -r], [r, -c], [r, 0.0]),
                Segment::Close,
            ],
        }
    }

    /// The path with every point sent through `place`.
    pub(crate) fn mapped(&self, place: impl Fn(Point) -> Point) -> Path {
        let segments = self.segments.iter().map(|&segment| match segment {
            Segment::Move(to) => Segment::Move(place(to)),
            Segment::Line(to) => Segment::Line(place(to)),
            Segment::Quadratic(control, to) => Segment::Quadratic(place(control), place(to)),
            Segment::Cubic(first, second, to) => Segment::Cubic(place(first), place(second), place(to)),
            Segment::Close => Segment::Close,
        });
        Path { segments: segments.collect() }
    }

    /// Every point named in the path, control points included: they bound it.
    pub(crate) fn points(&self) -> impl Iterator<Item = Point> {
        self.segments.iter().flat_map(|&segment| {
            let (points, count) = match segment {
                Segment::Move(to) | Segment::Line(to) => ([to; 3], 1),
                Segment::Quadratic(control, to) => ([control, to, to], 2),
                Segment::Cubic(first, second, to) => ([first, second, to], 3),
                Segment::Close => ([[0.0; 2]; 3], 0),
            };
            points.into_iter().take(count)
        })
    }
}

/// A rectangle with sides along the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) fn right(self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn path(self) -> Path {
        let (right, bottom) = (self.right(), self.bottom());
        Path::polygon(&[[self.left, self.top], [right, self.top], [right, bottom], [self.left, bottom]])
    }

    /// The place of a point given from 0 to 1 along x and, upwards, along y.
    pub(crate) fn at(self, [x, y]: Point) -> Point {
        [self.left + x * self.width, self.bottom() - y * self.height]
    }

    /// The smallest rectangle around the points.
    pub(crate) fn around(points: impl Iterator<Item = Point>) -> Option<Rect> {
        let ends = points.fold(None, |ends: Option<[Point; 2]>, [x, y]| match ends {
            None => Some([[x, y]; 2]),
            Some([low, high]) => Some([[low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)]]),
        });
        let [[left, top], [right, bottom]] = ends?;
        Some(Rect { left, top, width: right - left, height: bottom - top })
    }
}

/// Pixels: red, green, blue and opacity, a byte each, rows from the top, colors not multiplied by
/// the opacity.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
}
