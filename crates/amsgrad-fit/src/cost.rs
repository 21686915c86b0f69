//! The cost of a model over a table, to be minimized by other means than a fit.

use amsgrad::{Elementary, Real as _, VectorizedObjective};

use crate::data::Data;
use crate::loss::Loss;
use crate::model::Model;

/// What a fit minimizes: the cost of all rows, with its exact gradient, as an objective over the parameters.
///
/// [`Fit::cost`](crate::Fit::cost) makes it. It is computed in `f64`, rounded to the type that runs, and has the same bits on
/// any number of threads.
///
/// ```
/// use amsgrad::{Adam, Minimizer};
/// use amsgrad_fit::{Fit, Model, Settings, Table};
///
/// let table = Table::new([("x", vec![0.0, 1.0, 2.0, 3.0]), ("y", vec![1.1, 2.9, 5.2, 6.8])])?;
/// let model = Model::parse("y ~ a*x + b", table.names())?;
/// let fit = Fit::new(&model, Settings::default())?;
///
/// let adam = Minimizer::new(fit.cost(&table)?)
///     .rule(Adam::default())
///     .learning_rate(0.1)
///     .gradient_tolerance(1e-9)
///     .start([0.0, 0.0])
///     .steps(5000)
///     .run::<f64>()?;
/// let direct = fit.run(&table, &|| false)?;
/// assert!((adam.best.value - direct.cost).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cost {
    model: Model,
    loss: Loss,
    data: Data<'static>,
    rows: usize,
}

impl Cost {
    pub(crate) fn new(model: &Model, loss: Loss, data: Data<'_>, rows: usize) -> Self {
        Self { model: model.clone(), loss, data: data.into_owned(), rows }
    }

    /// Returns the model, whose parameters are the variables.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }
}

impl VectorizedObjective for Cost {
    fn dimension(&self) -> usize {
        self.model.parameters().len()
    }

    /// Evaluates the points of a pack one after the other: packs are made of rows.
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        let objective = self.data.objective(&self.model, self.loss, 0..self.rows);
        let mut partials = vec![0.0; point.len() * N::WIDTH];
        let mut parameters = vec![0.0; point.len()];
        let value = N::from_fn(|element| {
            parameters.iter_mut().zip(point).for_each(|(number, x)| *number = x.element(element).to_f64());
            let partials = &mut partials[element * point.len()..][..point.len()];
            N::Real::from_f64(objective.value_and_gradient(&parameters, partials))
        });
        for (place, component) in gradient.iter_mut().enumerate() {
            *component = N::from_fn(|element| N::Real::from_f64(partials[element * point.len() + place]));
        }
        value
    }
}
