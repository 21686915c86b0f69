//! The sets that a run may be kept in besides a box.

use amsgrad::Constraint;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::refused::Refused;

/// The points within a radius of a center.
///
/// Parameters
/// ----------
/// center : array_like, shape (n,)
///     A finite point.
/// radius : float
///     Finite, 0 or more.
///
/// Examples
/// --------
/// >>> import amsgrad
/// >>> result = amsgrad.minimize("(x-3)^2 + (y-4)^2", [0, 0], constraints=amsgrad.Ball([0, 0], 1))
/// >>> [round(x, 6) for x in result.x.tolist()]
/// [0.6, 0.8]
#[pyclass(frozen, module = "amsgrad")]
pub(crate) struct Ball(amsgrad::Ball);

#[pymethods]
impl Ball {
    #[new]
    fn new(center: Vec<f64>, radius: f64) -> PyResult<Self> {
        amsgrad::Ball::new(center, radius).map(Self).refused()
    }

    /// The center.
    #[getter]
    fn center(&self) -> Vec<f64> {
        self.0.center().to_vec()
    }

    /// The radius.
    #[getter]
    fn radius(&self) -> f64 {
        self.0.radius()
    }

    fn __repr__(&self) -> String {
        format!("Ball({:?}, {:?})", self.0.center(), self.0.radius())
    }
}

/// The points whose coordinates are 0 or more and sum to a total.
///
/// Parameters
/// ----------
/// dimension : int
///     The number of coordinates.
/// total : float, default 1
///     What they sum to: finite, above 0.
///
/// Examples
/// --------
/// >>> import amsgrad
/// >>> result = amsgrad.minimize("x^2 + 3*y^2", [1, 0], constraints=amsgrad.Simplex(2))
/// >>> [round(x, 6) for x in result.x.tolist()]
/// [0.75, 0.25]
#[pyclass(frozen, module = "amsgrad")]
pub(crate) struct Simplex(amsgrad::Simplex);

#[pymethods]
impl Simplex {
    #[new]
    #[pyo3(signature = (dimension, total=1.0))]
    fn new(dimension: usize, total: f64) -> PyResult<Self> {
        amsgrad::Simplex::with_total(dimension, total).map(Self).refused()
    }

    /// The number of coordinates.
    #[getter]
    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    /// What the coordinates sum to.
    #[getter]
    fn total(&self) -> f64 {
        self.0.total()
    }

    fn __repr__(&self) -> String {
        format!("Simplex({}, {:?})", self.0.dimension(), self.0.total())
    }
}

/// Returns the one constraint of bounds and constraints.
pub(crate) fn constraint(
    bounds: Option<Vec<(f64, f64)>>,
    set: Option<&Bound<'_, PyAny>>,
) -> PyResult<Constraint> {
    let bounds = bounds.map(amsgrad::Bounds::new).transpose().refused()?;
    let Some(set) = set else { return Ok(bounds.map_or(Constraint::None, Constraint::from)) };
    let set = self::set(set)?;
    match bounds {
        Some(bounds) => Ok(amsgrad::Intersection::new(bounds, set).refused()?.into()),
        None => Ok(set),
    }
}

fn set(set: &Bound<'_, PyAny>) -> PyResult<Constraint> {
    if let Ok(ball) = set.cast::<Ball>() {
        return Ok(ball.get().0.clone().into());
    }
    if let Ok(simplex) = set.cast::<Simplex>() {
        return Ok(simplex.get().0.clone().into());
    }
    Err(PyValueError::new_err(
        "constraints holds neither a Ball nor a Simplex; allowed: one of these. For general constraints use \
         scipy.optimize.minimize(method='SLSQP')",
    ))
}
