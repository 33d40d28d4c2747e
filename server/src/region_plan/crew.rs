//! The threads that make a plan: they tell how far they are, and can be stopped.

use domain::matching::region::{Crew, N_STAGES, Stopped};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::watch;

/// More threads than these a plan does not take: others want the processors too.
const THREADS_MAX: usize = 4;

/// The threads of one plan. Clones share how far they are.
#[derive(Debug, Clone)]
pub(super) struct Threads {
    n_threads: usize,
    is_stopped: Arc<AtomicBool>,
    /// Turns true when the server is told to stop.
    stopping: watch::Receiver<bool>,
    n_all: Arc<AtomicUsize>,
    n_done: Arc<AtomicUsize>,
}

impl Threads {
    pub(super) fn new(stopping: watch::Receiver<bool>) -> Self {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        Self { n_threads, is_stopped: Arc::default(), stopping, n_all: Arc::default(), n_done: Arc::default() }
    }

    /// Says how many items there are.
    pub(super) fn begin(&self, n_items: usize) {
        self.n_all.store(n_items * N_STAGES, Ordering::Relaxed);
    }

    /// Ends the work after the jobs at hand.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed) || *self.stopping.borrow()
    }

    /// How far the work is, in thousandths. What comes after the last stage has no measure of its own.
    pub(super) fn done_permille(&self) -> u16 {
        let (done, all) = (self.n_done.load(Ordering::Relaxed), self.n_all.load(Ordering::Relaxed));
        u16::try_from(done * 1000 / all.max(1)).unwrap_or(u16::MAX).min(990)
    }
}

impl Crew for Threads {
    fn each(&self, n: usize, job: &(dyn Fn(usize) + Sync)) -> Result<(), Stopped> {
        let next = AtomicUsize::new(0);
        let work = || {
            while !self.is_stopped() {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= n {
                    break;
                }
                job(at);
                self.n_done.fetch_add(1, Ordering::Relaxed);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.n_threads.min(n) {
                scope.spawn(work);
            }
            work();
        });
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn every_job_is_done_once() {
        let (_sender, stopping) = watch::channel(false);
        let crew = Threads { n_threads: 4, ..Threads::new(stopping) };
        crew.begin(100);
        let done = Mutex::new(vec![0; 100]);
        assert_eq!(crew.each(100, &|at| done.lock().expect("whole")[at] += 1), Ok(()));
        assert_eq!(done.into_inner().expect("whole"), vec![1; 100]);
        assert_eq!(crew.done_permille(), 333, "one of three stages");
    }

    #[test]
    fn a_stopped_crew_does_no_more() {
        let (sender, stopping) = watch::channel(false);
        let crew = Threads::new(stopping);
        let n_done = AtomicUsize::new(0);
        let job = |at: usize| {
            n_done.fetch_add(1, Ordering::Relaxed);
            if at == 3 {
                crew.stop();
            }
        };
        assert_eq!(crew.each(100_000, &job), Err(Stopped));
        assert!(n_done.into_inner() < 100_000);
        let next = Threads { is_stopped: Arc::default(), ..crew };
        sender.send_replace(true);
        assert_eq!(next.each(1, &|_| ()), Err(Stopped), "the server stops");
    }
}
