//! Work that takes long or waits for the disk, off the threads that serve connections.

use crate::problem::Problem;

/// Runs `work` on the blocking pool.
pub(crate) async fn on_pool<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Problem::internal("The command ended unexpectedly.")),
    }
}
