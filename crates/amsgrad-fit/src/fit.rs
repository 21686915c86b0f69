//! A fit from model, data and settings to parameters with their errors.

use core::cell::OnceCell;

use amsgrad::LearningRate;
use rayon::prelude::*;

use crate::FitError;
use crate::Loss;
use crate::cost::Cost;
use crate::data::Data;
use crate::descend::{Descent, Problem};
use crate::found::Found;
use crate::keep::{self, Keep, Nothing};
use crate::model::Model;
use crate::objective::{Goal, Objective};
use crate::outcome::Status;
use crate::report::{Evaluations, Outcome};
use crate::scale::scales;
use crate::settings::{FirstOrder, Method, Settings};
use crate::space::Space;
use crate::start;
use crate::statistics::{Uncertainty, median, residuals, uncertainty};

mod many;

/// Steps of AMSGrad before a finish, and of a descent or of AMSGrad alone where no limit is set.
const APPROACH: u64 = 300;
const DESCENT: u64 = 500;
const ALONE: u64 = 20_000;

/// A model with settings that fit it, ready for data.
///
/// ```
/// use amsgrad_fit::{Fit, Model, Settings, Table};
///
/// let t: Vec<f64> = (0..10).map(f64::from).collect();
/// let y: Vec<f64> = t.iter().map(|t| 5.0 * (-0.4 * t).exp() + 1.0).collect();
/// let table = Table::new([("t", t), ("y", y)])?;
/// let model = Model::parse("y ~ a*exp(-b*t) + c", table.names())?;
///
/// let outcome = Fit::new(&model, Settings::default())?.run(&table, &|| false)?;
/// assert!(outcome.status.is_converged());
/// let values: Vec<f64> = outcome.parameters.iter().map(|parameter| parameter.value).collect();
/// assert!((values[0] - 5.0).abs() < 1e-9 && (values[1] - 0.4).abs() < 1e-9 && (values[2] - 1.0).abs() < 1e-9);
/// # Ok::<(), amsgrad_fit::FitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    model: &'a Model,
    settings: Settings,
    space: Space,
    starts: Vec<Vec<f64>>,
    given: Vec<Option<f64>>,
}

impl<'a> Fit<'a> {
    /// Joins a model and settings.
    ///
    /// # Errors
    /// The settings name parameters that the model does not have, contradict each other, or do not suffice.
    pub fn new(model: &'a Model, settings: Settings) -> Result<Self, FitError> {
        let space = settings.space(model)?;
        let given = settings.given(model)?;
        if let Method::FirstOrder(method) = &settings.method {
            method.rule.validate()?;
            if let Some(LearningRate::Schedule(schedule)) = &method.learning_rate {
                schedule.validate_rate("learning_rate")?;
            }
        }
        let starts = start::settled(&settings, &given, model, &space)?;
        if settings.loss != Loss::Squares && !model.has_response() {
            return Err(FitError::setting("loss", "applies to residuals; a sum of terms has none"));
        }
        Ok(Self { model, settings, space, starts, given })
    }

    /// Returns the model.
    #[must_use]
    pub fn model(&self) -> &Model {
        self.model
    }

    /// Returns the settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns what the fit minimizes, over all rows of a table; the settings that shape it are `loss` and `noise`.
    ///
    /// # Errors
    /// The table lacks a column, or holds numbers that the settings cannot use.
    pub fn cost(&self, table: &crate::Table) -> Result<Cost, FitError> {
        let data = Data::new(self.model, &self.settings, table)?;
        Ok(Cost::new(self.model, self.settings.loss, data, table.rows()))
    }

    /// Fits the model to a table. The fit ends with the best parameters so far when `stop` answers true.
    ///
    /// # Errors
    /// The table lacks a column, holds numbers that the settings cannot use, or has fewer rows than the model has
    /// parameters.
    pub fn run(&self, table: &crate::Table, stop: &(dyn Fn() -> bool + Sync)) -> Result<Outcome, FitError> {
        self.run_kept(table, stop, &Nothing)
    }

    /// Fits the model to a table, and goes on from what is kept of an earlier fit by the same model and settings.
    ///
    /// Each start is kept as it ends. A run of a first-order rule from one start is kept on its way, at a learning rate that is
    /// given or by default.
    ///
    /// # Errors
    /// As for [`run`](Fit::run).
    pub fn run_kept(
        &self,
        table: &crate::Table,
        stop: &(dyn Fn() -> bool + Sync),
        keep: &dyn Keep,
    ) -> Result<Outcome, FitError> {
        let data = Data::new(self.model, &self.settings, table)?;
        self.over(&data, 0..table.rows(), stop, keep)
    }

    /// Fits the model to some consecutive rows.
    pub(crate) fn over(
        &self,
        data: &Data<'_>,
        rows: core::ops::Range<usize>,
        stop: &(dyn Fn() -> bool + Sync),
        keep: &dyn Keep,
    ) -> Result<Outcome, FitError> {
        let needed = self.space.sides.len() - self.space.simplices.len();
        if rows.len() < needed {
            let plural = if rows.len() == 1 { "" } else { "s" };
            let what = format!("{} row{plural} cannot determine {needed} parameters", rows.len());
            return Err(FitError::Model(what));
        }
        let objective = data.objective(self.model, self.settings.loss, rows);
        let found = if self.starts.is_empty() {
            keep::followed(keep, 0, &objective, stop, |objective| {
                let seed = self.settings.seed;
                let start = start::searched(objective, self.model, &self.space, &self.given, seed, stop);
                self.from(objective, start, stop, keep)
            })
        } else {
            let count = self.settings.starts.unwrap_or(1);
            let starts =
                start::followed(&objective, self.model, &self.space, count, self.starts.clone(), stop);
            // Only one that is alone is kept on its way.
            let on_the_way = if starts.len() == 1 { keep } else { &Nothing };
            let from = |(number, start): (usize, &Vec<f64>)| {
                keep::followed(keep, number, &objective, stop, |objective| {
                    self.from(objective, start.clone(), stop, on_the_way)
                })
            };
            let ends: Vec<Found> = starts.par_iter().enumerate().map(from).collect();
            ends.into_iter().reduce(Found::better).unwrap_or_else(|| unreachable_start(&self.space))
        };
        Ok(self.outcome(&objective, found))
    }

    /// The best end from one start. Absolute deviations have no curvature: they are the limit of soft losses whose scale
    /// shrinks to a millionth of the residuals.
    fn from(
        &self,
        objective: &Objective<'_>,
        start: Vec<f64>,
        stop: &(dyn Fn() -> bool + Sync),
        keep: &dyn Keep,
    ) -> Found {
        if matches!(self.settings.method, Method::FirstOrder(_)) {
            return self.smooth(objective, start, stop, keep);
        }
        if objective.loss() != Loss::Absolute {
            return self.among_many(objective, start, stop);
        }
        let mut found = self.among_many(&objective.at_loss(Loss::Squares), start, stop);
        let scale = median(&residuals(objective, &found.descent.point));
        for power in 0..=6 {
            let soft = Loss::SoftL1((scale * libm::pow(10.0, -f64::from(power))).max(f64::MIN_POSITIVE));
            let steps = found.descent.steps;
            found = self.smooth(&objective.at_loss(soft), found.descent.point, stop, &Nothing);
            found.descent.steps += steps;
        }
        found.descent.value = objective.value(&found.descent.point);
        found
    }

    /// The best end from one start, with all rows.
    fn smooth(
        &self,
        objective: &Objective<'_>,
        mut start: Vec<f64>,
        stop: &(dyn Fn() -> bool + Sync),
        keep: &dyn Keep,
    ) -> Found {
        self.space.project(&mut start);
        let flat = OnceCell::new();
        let sensitivity = |place: usize| {
            let Goal::Residuals { .. } = objective.goal else { return 1.0 };
            let triangle = flat.get_or_init(|| objective.triangle(&start, Loss::Squares).1);
            // The change of a parameter that changes the model by as much as the residuals.
            triangle.norm(start.len()) / triangle.norm(place)
        };
        let scale = scales(&self.space, &start, sensitivity);
        let limit = self.settings.steps.unwrap_or(DESCENT);
        let problem = Problem { objective, space: &self.space, scale: &scale, linear: &[], limit, stop };
        let found = |descent| Found { descent, scale: scale.clone() };
        if let Method::FirstOrder(method) = &self.settings.method {
            let without = if method.epochs.is_some() { u64::MAX } else { ALONE };
            let steps = self.settings.steps.unwrap_or(without);
            return found(problem.first_order(method, self.settings.seed, start, steps, keep));
        }
        let is_end = |descent: &Descent| {
            descent.status == Status::Stopped
                || (descent.status.is_converged() && self.settles(objective, descent))
        };
        let direct = problem.descend(start.clone());
        let ends = is_end(&direct);
        let mut best = found(direct);
        if ends {
            return best;
        }
        if !self.model.linear().is_empty() {
            let separate = Problem { linear: self.model.linear(), ..problem }.descend(start.clone());
            let ends = is_end(&separate);
            best = best.better(found(separate));
            if ends {
                return best;
            }
        }
        let approach = problem.first_order(
            &FirstOrder::default(),
            self.settings.seed,
            start,
            APPROACH.min(limit),
            &Nothing,
        );
        if approach.status == Status::Stopped {
            return best.better(found(approach));
        }
        let second = problem.descend(approach.point);
        best.better(found(Descent { steps: approach.steps + second.steps, ..second }))
    }

    /// Whether a descent ended where the data determine every parameter, rather than where the model has become
    /// insensitive to some.
    fn settles(&self, objective: &Objective<'_>, descent: &Descent) -> bool {
        let Goal::Residuals { .. } = objective.goal else { return true };
        let triangle = descent.triangle(objective);
        let residual = triangle.norm(descent.point.len());
        // A parameter that would have to change a hundredfold to matter has run away.
        descent.point.iter().enumerate().all(|(place, x)| {
            self.space.at_bound(&descent.point, place)
                || triangle.norm(place) * (x.abs() + 1e-300) * 100.0 > 1e-10 * residual
        })
    }

    fn outcome(&self, objective: &Objective<'_>, found: Found) -> Outcome {
        let descent = &found.descent;
        let counts =
            Evaluations::of(&objective.counts, descent.steps, self.settings.starts.unwrap_or(1) as u64);
        let uncertainty = self.uncertainty(objective, &found);
        Outcome::new(self.model, &self.settings, &self.space, objective, descent, &uncertainty, counts)
    }

    fn uncertainty(&self, objective: &Objective<'_>, found: &Found) -> Uncertainty {
        let known = self.settings.noise.is_known() || self.model.is_likelihood();
        if found.descent.status == Status::NotFinite {
            return Uncertainty::none(found.descent.point.len());
        }
        uncertainty(objective, &self.space, found, known)
    }
}

fn unreachable_start(space: &Space) -> Found {
    let count = space.sides.len();
    Found::new(vec![f64::NAN; count], f64::NAN, Status::NotFinite, 0, vec![1.0; count])
}
