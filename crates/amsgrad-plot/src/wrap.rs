//! Text that is longer than its room: broken into lines where that reads well, and cut.

use crate::text::Typesetter;

const ELLIPSIS: char = '\u{2026}';

/// Longer texts are cut before anything is measured; no figure has room for more.
const MOST_CHARACTERS: usize = 2000;

impl Typesetter {
    /// Returns `text` in one line, cut with an ellipsis where it would be wider than `room`.
    pub(crate) fn shortened(&self, text: &str, size: f64, room: f64) -> String {
        self.wrapped(text, size, room, 1).concat()
    }

    /// Returns `text` in at most `most` lines no wider than `room`: broken after spaces and operators
    /// where there are any, outside brackets rather than inside, and cut with an ellipsis where the
    /// lines do not suffice.
    pub(crate) fn wrapped(&self, text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
        let mut rest = cleaned(text);
        let mut lines = Vec::new();
        while !rest.is_empty() && lines.len() < most {
            if self.width_of(&rest, size) <= room {
                lines.push(rest.drain(..).collect());
                break;
            }
            let last = lines.len() + 1 == most;
            let room = if last { room - self.width_of(&[ELLIPSIS], size) } else { room };
            let mut fit = 0;
            let mut width = 0.0;
            while fit < rest.len() {
                width += self.width_of(&rest[fit..=fit], size);
                if width > room {
                    break;
                }
                fit += 1;
            }
            if !last {
                fit = break_before(&rest, fit);
            }
            let mut line: String = rest.drain(..fit).collect();
            line.truncate(line.trim_end().len());
            if last {
                line.push(ELLIPSIS);
            }
            lines.push(line.trim().to_owned());
        }
        lines
    }

    /// Returns the title's lines and size: smaller, then in two lines, where it is longer than the room.
    pub(crate) fn title(&self, text: &str, size: f64, room: f64) -> (Vec<String>, f64) {
        for (part, most) in [(1.0, 1), (0.85, 1), (0.85, 2)] {
            let lines = self.wrapped(text, part * size, room, most);
            if !lines.iter().any(|line| line.ends_with(ELLIPSIS)) {
                return (lines, part * size);
            }
        }
        (self.wrapped(text, 0.7 * size, room, 2), 0.7 * size)
    }

    fn width_of(&self, characters: &[char], size: f64) -> f64 {
        self.width(&characters.iter().collect::<String>(), size)
    }
}

/// Finds where a line of at most `fit` characters ends best: in its later half, in as few brackets as
/// possible, after a space rather than after a sign, and as late as possible.
fn break_before(characters: &[char], fit: usize) -> usize {
    let mut depth = 0_i64;
    let mut best: Option<(i64, bool, usize)> = None;
    for (index, &character) in characters.iter().enumerate().take(fit) {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        let breaks = " +-*/,;=)\u{2212}\u{b7}".contains(character);
        let rank = (depth, character != ' ');
        if breaks && index >= fit / 2 && best.is_none_or(|(depth, sign, _)| rank <= (depth, sign)) {
            best = Some((rank.0, rank.1, index + 1));
        }
    }
    best.map_or(fit.max(1), |(.., end)| end)
}

/// Control characters become spaces, and a text too long for any figure ends in an ellipsis.
fn cleaned(text: &str) -> Vec<char> {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    let mut characters: Vec<char> = text.trim().chars().take(MOST_CHARACTERS + 1).map(plain).collect();
    if characters.len() > MOST_CHARACTERS {
        characters[MOST_CHARACTERS] = ELLIPSIS;
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let text = Typesetter::new().unwrap();
        let formula = "x + y*".repeat(500);
        let lines = text.wrapped(&formula, 30.0, 600.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with(ELLIPSIS));
        assert!(lines.iter().all(|line| text.width(line, 30.0) <= 600.0));
        assert_eq!(text.shortened("short", 30.0, 600.0), "short");
        assert_eq!(text.wrapped("", 30.0, 600.0, 2), Vec::<String>::new());
        assert_eq!(text.shortened("a\nb", 30.0, 600.0), "a b");
        assert_eq!(text.shortened("anything", 30.0, 0.0), "\u{2026}");
    }

    #[test]
    fn lines_break_between_brackets() {
        let text = Typesetter::new().unwrap();
        let formula = "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2";
        assert_eq!(
            text.title(formula, 40.0, 800.0).0,
            ["(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 +", "(2.625 - x + x*y^3)^2"]
        );
        assert_eq!(text.title("x^2", 40.0, 800.0), (vec!["x^2".to_owned()], 40.0));
    }
}
