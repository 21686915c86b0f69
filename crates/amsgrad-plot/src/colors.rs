//! Color maps: a number from 0 to 1 becomes a color.

use std::fmt;

mod parse;

/// Red, green and blue, 0 to 255 each, in sRGB.
pub(crate) type Rgb = [u8; 3];

pub(crate) const BLACK: Rgb = [0, 0, 0];
pub(crate) const WHITE: Rgb = [255, 255, 255];

/// A color map.
///
/// ```
/// use amsgrad_plot::Colors;
///
/// assert_eq!(Colors::Viridis.at(0.0), [0x44, 0x01, 0x54]);
/// assert_eq!("turbo".parse::<Colors>()?, Colors::Turbo);
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Colors {
    /// Dark blue over cyan and yellow to dark red: the rainbow many tutorials use. Its lightness
    /// rises and falls, so it shows edges that are not in the data.
    Jet,
    /// Dark violet over green to yellow: lightness rises evenly, and color-blind readers can
    /// follow it. The default.
    #[default]
    Viridis,
    /// A rainbow like jet with smooth lightness.
    Turbo,
}

impl Colors {
    /// Every color map, in the order they are listed to people.
    pub const ALL: [Colors; 3] = [Colors::Jet, Colors::Viridis, Colors::Turbo];

    /// Returns the map's name.
    pub fn name(self) -> &'static str {
        match self {
            Colors::Jet => "jet",
            Colors::Viridis => "viridis",
            Colors::Turbo => "turbo",
        }
    }

    /// Returns the color at `t`: red, green and blue. Outside 0 to 1 the nearer end counts; NaN is 0.
    pub fn at(self, t: f64) -> [u8; 3] {
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        match self {
            Colors::Jet => JET.map(|knots| byte(255.0 * piecewise_linear(knots, t))),
            Colors::Viridis => between(&VIRIDIS, t),
            Colors::Turbo => between(&TURBO, t),
        }
    }

    pub(crate) fn names() -> String {
        Colors::ALL.map(Colors::name).join(", ")
    }
}

impl fmt::Display for Colors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn byte(value: f64) -> u8 {
    value.round() as u8
}

fn piecewise_linear(knots: &[(f64, f64)], t: f64) -> f64 {
    for pair in knots.windows(2) {
        let ((t0, v0), (t1, v1)) = (pair[0], pair[1]);
        if t <= t1 {
            return v0 + (v1 - v0) * ((t - t0) / (t1 - t0));
        }
    }
    knots.last().map_or(0.0, |knot| knot.1)
}

fn between(table: &[u32; 52], t: f64) -> Rgb {
    let place = t * (table.len() - 1) as f64;
    let index = (place as usize).min(table.len() - 2);
    let fraction = place - index as f64;
    [16, 8, 0].map(|shift| {
        let channel = |color: u32| f64::from((color >> shift) & 0xff);
        let (low, high) = (channel(table[index]), channel(table[index + 1]));
        byte(low + (high - low) * fraction)
    })
}

/// MATLAB's jet as matplotlib defines it: knots of red, green and blue.
const JET: [&[(f64, f64)]; 3] = [
    &[(0.0, 0.0), (0.35, 0.0), (0.66, 1.0), (0.89, 1.0), (1.0, 0.5)],
    &[(0.0, 0.0), (0.125, 0.0), (0.375, 1.0), (0.64, 1.0), (0.91, 0.0), (1.0, 0.0)],
    &[(0.0, 0.5), (0.11, 1.0), (0.34, 1.0), (0.65, 0.0), (1.0, 0.0)],
];

// Viridis (van der Walt and Smith 2015, CC0) and turbo (Mikhailov 2019) are published as 256
// colors. Every fifth is kept; in between, straight lines are within 1.2/255 of the published ones.
const VIRIDIS: [u32; 52] = [
    0x440154, 0x46085c, 0x471063, 0x481769, 0x481d6f, 0x482475, 0x472a7a, 0x46307e, 0x453781, 0x433d84,
    0x414287, 0x3f4889, 0x3d4e8a, 0x3a538b, 0x38598c, 0x355e8d, 0x33638d, 0x31688e, 0x2e6d8e, 0x2c718e,
    0x2a768e, 0x297b8e, 0x27808e, 0x25848e, 0x23898e, 0x218e8d, 0x20928c, 0x1f978b, 0x1e9c89, 0x1fa188,
    0x21a585, 0x24aa83, 0x28ae80, 0x2eb37c, 0x35b779, 0x3dbc74, 0x46c06f, 0x50c46a, 0x5ac864, 0x65cb5e,
    0x70cf57, 0x7cd250, 0x89d548, 0x95d840, 0xa2da37, 0xb0dd2f, 0xbddf26, 0xcae11f, 0xd8e219, 0xe5e419,
    0xf1e51d, 0xfde725,
];

const TURBO: [u32; 52] = [
    0x30123b, 0x36215f, 0x3b2f80, 0x3f3e9c, 0x424bb5, 0x4559cb, 0x4666dd, 0x4773eb, 0x4680f6, 0x458cfd,
    0x4099ff, 0x38a5fb, 0x2fb2f4, 0x27bee9, 0x1fc9dd, 0x1ad4d0, 0x18ddc2, 0x1ae4b6, 0x22ebaa, 0x2ff19b,
    0x3ff68a, 0x52fa7a, 0x65fd69, 0x79fe59, 0x8bff4b, 0x9cfe40, 0xa9fb39, 0xb7f735, 0xc3f134, 0xd0ea34,
    0xdbe236, 0xe5d938, 0xeecf3a, 0xf5c53a, 0xfaba39, 0xfdae35, 0xfea130, 0xfe932a, 0xfc8423, 0xf9751d,
    0xf46617, 0xef5811, 0xe84b0c, 0xe14109, 0xd83706, 0xce2d04, 0xc32503, 0xb71d02, 0xa91601, 0x9b0f01,
    0x8b0902, 0x7a0403,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_equal_the_published_ones_at_ends_quarters_and_middle() {
        // matplotlib 3.11: matplotlib.colors.to_hex(matplotlib.colormaps[name](t))
        let published = [
            (Colors::Jet, [0x000080, 0x0080ff, 0x7dff7a, 0xff9400, 0x800000]),
            (Colors::Viridis, [0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725]),
            (Colors::Turbo, [0x30123b, 0x28bceb, 0xa4fc3c, 0xfb7e21, 0x7a0403]),
        ];
        for (colors, expected) in published {
            for (index, expected) in expected.into_iter().enumerate() {
                let found = colors.at(index as f64 / 4.0);
                for (channel, shift) in [16, 8, 0].into_iter().enumerate() {
                    let expected: i32 = (expected >> shift) & 0xff;
                    // The published maps have 256 steps, so t is only exact to 1/256.
                    let allowed = if index == 0 || index == 4 { 0 } else { 4 };
                    let error = (i32::from(found[channel]) - expected).abs();
                    assert!(error <= allowed, "{colors} at {index}/4: {found:?}, {expected:#x}");
                }
            }
        }
    }

    #[test]
    fn anything_outside_takes_the_nearer_end() {
        for colors in Colors::ALL {
            assert_eq!(colors.at(-1.0), colors.at(0.0));
            assert_eq!(colors.at(f64::INFINITY), colors.at(1.0));
            assert_eq!(colors.at(f64::NAN), colors.at(0.0));
        }
    }

    #[test]
    fn names_parse_back() {
        for colors in Colors::ALL {
            assert_eq!(colors.to_string().parse::<Colors>().unwrap(), colors);
        }
        let message = "rainbow".parse::<Colors>().unwrap_err().to_string();
        assert_eq!(message, "unknown color map `rainbow`: allowed are jet, viridis, turbo");
    }
}
