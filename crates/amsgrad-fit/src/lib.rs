//! Fits of typed models to tables of data.
//!
//! A [`Source`] reads a table, a [`Model`] says which names are data and which parameters, [`Settings`] hold loss, errors,
//! bounds and starts, and a [`Fit`] joins them. Its [`Outcome`] has the parameters with their errors.
//!
//! ```
//! use amsgrad_fit::{Fit, Format, Model, Settings, Source};
//!
//! let text = "t,y\n0,6.01\n1,4.36\n2,3.24\n3,2.51\n4,2.01\n5,1.67\n";
//! let table = Source::new("decay.csv", text.as_bytes(), &Format::default())?.read_all()?;
//! let model = Model::parse("y ~ a*exp(-b*t) + c", table.names())?;
//! let outcome = Fit::new(&model, Settings::default())?.run(&table, &|| false)?;
//!
//! let b = outcome.parameter("b").ok_or("no b")?;
//! assert!((b.value - 0.4).abs() < 0.01 && b.standard_error.is_some_and(|error| error < 0.01));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it works
//! Rows are evaluated 16 to a pack with the exact derivatives of the formula. For least squares, blocks of rows are
//! absorbed into a triangle by Householder reflections over a fixed tree, so steps keep the digits that normal
//! equations lose and have the same bits on any number of threads. Levenberg-Marquardt runs inside the bounds and
//! ends when the parameters change by less than their rounding; where it fails from a start, AMSGrad goes first.
//! Sums of other terms are minimized by Newton's method on the exact gradient. Of many rows a sample shows the way, and all
//! are needed for the last steps alone.

mod cost;
mod data;
mod descend;
mod error;
mod first_order;
mod fit;
mod found;
mod groups;
mod keep;
mod local;
mod loss;
mod model;
mod names;
mod objective;
mod outcome;
mod predictor;
mod reader;
mod report;
mod rows;
mod sample;
mod scale;
mod settings;
mod space;
mod spectrum;
mod start;
mod statistics;
mod student;
mod sum;
mod table;
mod triangle;

pub use cost::Cost;
pub use error::FitError;
pub use fit::Fit;
pub use groups::{Group, Groups};
pub use keep::{Begun, Keep, Kept};
pub use loss::Loss;
pub use model::Model;
pub use names::Names;
pub use outcome::Status;
pub use predictor::{Prediction, Predictor};
pub use reader::{Format, Separator, Source};
pub use report::{Estimate, Evaluations, Outcome};
pub use settings::{FirstOrder, Method, Noise, Settings};
pub use table::Table;
