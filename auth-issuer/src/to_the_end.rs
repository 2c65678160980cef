//! What must not be left half done.

use std::future::Future;
use std::pin::Pin;

use auth_core::Reason;
use tokio::runtime::Handle;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use crate::audit::{Audit, AuditEvent};
use crate::unavailable::Unavailable;

/// Runs a task to its end even if the caller goes away: the future of a request is dropped when its connection ends or its
/// stream is reset, wherever it waits. A task that panics, or that the end of the runtime stops, is one whose outcome nobody
/// knows. Outside of a runtime of tokio it ends with the caller.
///
/// The task is boxed: what services and stores wait for is not part of the futures of those who call them, which programs
/// nest once more, and the compiler goes so deep and no deeper.
pub(crate) fn to_the_end<T, F>(task: F) -> impl Future<Output = Result<T, Unavailable>> + Send + use<T, F>
where
    F: Future<Output = Result<T, Unavailable>> + Send + 'static,
    T: Send + 'static,
{
    let task: Task<T> = Box::pin(task);
    async move {
        let Ok(runtime) = Handle::try_current() else { return task.await };
        match runtime.spawn(task.in_current_span().with_current_subscriber()).await {
            Ok(result) => result,
            Err(error) => Err(Unavailable::new(Reason::STORE, error)),
        }
    }
}

type Task<T> = Pin<Box<dyn Future<Output = Result<T, Unavailable>> + Send>>;

/// Makes a change in a store and tells it, [to the end](to_the_end) of both. `is_made` says of the answer of the store
/// whether there is anything to tell.
pub(crate) fn told<T, E, F>(
    change: F,
    is_made: fn(&T) -> bool,
    audit: &Audit,
    event: AuditEvent,
) -> impl Future<Output = Result<T, Unavailable>> + Send + use<T, E, F>
where
    F: Future<Output = Result<T, E>> + Send + 'static,
    E: Into<Unavailable> + Send + 'static,
    T: Send + 'static,
{
    let audit = audit.clone();
    to_the_end(async move {
        let answer = change.await.map_err(Into::into)?;
        if is_made(&answer) {
            audit.record(event).await?;
        }
        Ok(answer)
    })
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_task_outlives_who_began_it() {
        let (go, gone) = oneshot::channel::<()>();
        let (say, said) = oneshot::channel();
        let mut caller = Box::pin(to_the_end(async move {
            gone.await.expect("it is told");
            say.send("done").expect("heard");
            Ok(())
        }));
        assert!(caller.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(caller);
        go.send(()).expect("it waits");
        assert_eq!(said.await, Ok("done"));
    }

    #[tokio::test]
    async fn who_waits_has_the_result() {
        assert_eq!(to_the_end(async { Ok(7) }).await.expect("an answer"), 7);
        let failed = to_the_end(async { Err::<(), _>(Unavailable::new(Reason::STORE, "away")) }).await;
        assert_eq!(failed.expect_err("it failed").reason(), Reason::STORE);
        let panicked = to_the_end::<(), _>(async { panic!("a test") }).await;
        assert_eq!(panicked.expect_err("nobody knows").reason(), Reason::STORE);
    }

    #[test]
    fn without_a_runtime_it_runs_here() {
        let polled = pin!(to_the_end(async { Ok(7) })).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Ok(7))));
    }
}
