//! Whoever does the work of making a plan: one after the other here, several at once where the caller has threads.

use std::sync::OnceLock;

/// The work was told to stop before it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the plan was made")]
pub struct Stopped;

/// Does jobs that do not depend on each other. What a plan is does not depend on who does them, or in which order.
pub trait Crew {
    /// Does `job(0)` to `job(n - 1)`, each once.
    ///
    /// # Errors
    /// When told to stop: some jobs are done then and others not.
    fn each(&self, n: usize, job: &(dyn Fn(usize) + Sync)) -> Result<(), Stopped>;
}

/// One job after the other, never stopped.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Crew for Alone {
    fn each(&self, n: usize, job: &(dyn Fn(usize) + Sync)) -> Result<(), Stopped> {
        (0..n).for_each(job);
        Ok(())
    }
}

/// What each job gives, in order.
pub(super) fn map<T: Send + Sync>(
    crew: &dyn Crew,
    n: usize,
    job: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>, Stopped> {
    let done: Vec<OnceLock<T>> = (0..n).map(|_| OnceLock::new()).collect();
    crew.each(n, &|at| {
        // A job done twice gives the same.
        let _ = done[at].set(job(at));
    })?;
    done.into_iter().map(|slot| slot.into_inner().ok_or(Stopped)).collect()
}
