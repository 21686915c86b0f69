//! Figures one after the other, as an animated PNG.

use crate::raster;
use crate::{Figure, Format, PlotError};

/// The pixels of a figure.
///
/// ```
/// use amsgrad_plot::{Axes, Series, Style, curves};
///
/// let style = Style { width: 2.0, height: 1.5, dpi: 100, font_size: 5.0, ..Style::default() };
/// let figure = curves(&[Series::from_values("", 0, &[3.0, 1.0])], Axes::default(), &style)?;
/// assert_eq!(figure.pixels()?.size(), [200, 150]);
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Pixels {
    /// Returns width and height.
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }
}

impl Figure {
    /// Returns the figure's pixels, for an [`Animation`].
    ///
    /// # Errors
    /// [`PlotError::Encode`] if there is no memory for them.
    pub fn pixels(&self) -> Result<Pixels, PlotError> {
        Ok(Pixels { width: self.width, height: self.height, rgba: raster::rgba(self)? })
    }
}

/// An animated PNG under way. Of each frame only what differs from the one before is kept.
///
/// ```
/// use amsgrad_plot::{Animation, Axes, Series, Style, curves};
///
/// let style = Style { width: 2.0, height: 1.5, dpi: 100, font_size: 5.0, ..Style::default() };
/// let full = Series { faint: true, ..Series::from_values("", 0, &[3.0, 1.0, 0.5]) };
/// let mut animation = Animation::new(3);
/// for steps in 1..=3 {
///     let so_far = Series::new("", full.points[..steps].to_vec());
///     animation.push(curves(&[full.clone(), so_far], Axes::default(), &style)?.pixels()?, 100)?;
/// }
/// assert!(animation.finish()?.starts_with(b"\x89PNG"));
/// # Ok::<(), amsgrad_plot::PlotError>(())
/// ```
#[derive(Debug)]
pub struct Animation {
    frames: u32,
    /// None before the first frame.
    last: Option<Pixels>,
    /// Where each frame lies, its pixels as they are compressed, and its time in milliseconds.
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    left: u32,
    top: u32,
    pixels: Pixels,
    milliseconds: u16,
}

impl Animation {
    /// Creates an animation that is to have this many frames.
    pub fn new(frames: u32) -> Animation {
        Animation { frames, last: None, parts: Vec::new() }
    }

    /// Adds a frame that is shown for a time.
    ///
    /// # Errors
    /// [`PlotError::Encode`] if the frame has another size than the first, or there are more than were to be.
    pub fn push(&mut self, frame: Pixels, milliseconds: u16) -> Result<(), PlotError> {
        if self.parts.len() as u64 >= u64::from(self.frames) {
            return Err(failed(format!("more than {} frames", self.frames)));
        }
        let part = match &self.last {
            None => Part { left: 0, top: 0, pixels: frame.clone(), milliseconds },
            Some(last) if last.size() != frame.size() => {
                let ([width, height], [found, high]) = (last.size(), frame.size());
                return Err(failed(format!(
                    "a frame of {found} x {high} pixels after one of {width} x {height}"
                )));
            }
            Some(last) => changed(last, &frame, milliseconds),
        };
        self.parts.push(part);
        self.last = Some(frame);
        Ok(())
    }

    /// Returns the bytes of the file, which plays without end.
    ///
    /// # Errors
    /// [`PlotError::Encode`] if there are fewer frames than were to be, or the encoder fails.
    pub fn finish(self) -> Result<Vec<u8>, PlotError> {
        let Some(last) = self.last.filter(|_| self.parts.len() as u64 == u64::from(self.frames)) else {
            return Err(failed(format!("{} frames where {} were to be", self.parts.len(), self.frames)));
        };
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, last.width, last.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        encoder.set_filter(png::Filter::NoFilter);
        let write = || -> Result<(), png::EncodingError> {
            encoder.set_animated(self.frames, 0)?;
            let mut writer = encoder.write_header()?;
            for (index, Part { left, top, pixels, milliseconds }) in self.parts.iter().enumerate() {
                writer.set_frame_delay(*milliseconds, 1000)?;
                if index > 0 {
                    // The frame before stays where this one is transparent.
                    writer.set_blend_op(png::BlendOp::Over)?;
                    writer.reset_frame_position()?;
                    writer.set_frame_dimension(pixels.width, pixels.height)?;
                    writer.set_frame_position(*left, *top)?;
                }
                writer.write_image_data(&pixels.rgba)?;
            }
            writer.finish()
        };
        write().map_err(|error| failed(error.to_string()))?;
        Ok(out)
    }
}

fn failed(reason: String) -> PlotError {
    PlotError::Encode { format: Format::Png, reason }
}

/// The smallest part around the pixels that changed, the others transparent; one pixel where none did.
fn changed(last: &Pixels, frame: &Pixels, milliseconds: u16) -> Part {
    let width = frame.width as usize;
    let pairs = last.rgba.chunks_exact(4).zip(frame.rgba.chunks_exact(4)).enumerate();
    let places = pairs.filter(|(_, (before, now))| before != now).map(|(at, _)| [at % width, at / width]);
    let ends = places.fold(None, |ends: Option<[[usize; 2]; 2]>, [x, y]| match ends {
        None => Some([[x, y], [x, y]]),
        Some([low, high]) => Some([[low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)]]),
    });
    let [[left, top], [right, bottom]] = ends.unwrap_or([[0, 0], [0, 0]]);
    let mut rgba = Vec::with_capacity((right + 1 - left) * (bottom + 1 - top) * 4);
    for row in top..=bottom {
        let row = 4 * (row * width + left)..4 * (row * width + right + 1);
        for (before, now) in last.rgba[row.clone()].chunks_exact(4).zip(frame.rgba[row].chunks_exact(4)) {
            rgba.extend_from_slice(if before == now { &[0; 4] } else { now });
        }
    }
    let (width, height) = ((right + 1 - left) as u32, (bottom + 1 - top) as u32);
    Part { left: left as u32, top: top as u32, pixels: Pixels { width, height, rgba }, milliseconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, dots: &[usize]) -> Pixels {
        let mut rgba = vec![255; (width * height * 4) as usize];
        dots.iter().for_each(|at| rgba[4 * at] = 7);
        Pixels { width, height, rgba }
    }

    /// Plays an animation back: all frames as they are seen.
    fn played(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let (width, count) =
            (reader.info().width as usize, reader.info().animation_control().unwrap().num_frames);
        let mut seen = vec![0; reader.output_buffer_size().unwrap()];
        let mut frames = Vec::new();
        for _ in 0..count {
            let mut part = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut part).unwrap();
            let control = *reader.info().frame_control().unwrap();
            for (row, line) in part[..info.buffer_size()].chunks_exact(4 * info.width as usize).enumerate() {
                for (column, pixel) in line.chunks_exact(4).enumerate() {
                    let at =
                        4 * ((control.y_offset as usize + row) * width + control.x_offset as usize + column);
                    if pixel[3] > 0 {
                        seen[at..at + 4].copy_from_slice(pixel);
                    }
                }
            }
            frames.push(seen.clone());
        }
        frames
    }

    #[test]
    fn it_plays_back_as_the_frames_were() {
        let frames = [
            flat(5, 4, &[]),
            flat(5, 4, &[7]),
            flat(5, 4, &[7, 13]),
            flat(5, 4, &[7, 13]),
            flat(5, 4, &[0, 19]),
        ];
        let mut animation = Animation::new(5);
        frames.iter().for_each(|frame| animation.push(frame.clone(), 40).unwrap());
        assert!(animation.push(flat(5, 4, &[]), 40).is_err());
        let seen = played(&animation.finish().unwrap());
        assert!(seen.iter().zip(&frames).all(|(seen, frame)| *seen == frame.rgba) && seen.len() == 5);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(Animation::new(1).finish().is_err());
        let mut short = Animation::new(2);
        short.push(flat(2, 2, &[]), 1).unwrap();
        assert!(short.push(flat(2, 3, &[]), 1).is_err() && short.finish().is_err());
    }
}
