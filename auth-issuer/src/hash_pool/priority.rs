//! The priority of a thread that computes hashes, and what it gets by it.
//!
//! Linux keeps both for each thread (`sched(7)`). Elsewhere there is one priority for the whole process, which stays as it is.
//!
//! At nice 10 alone a request would wait for some milliseconds: a thread that wakes up interrupts another of the same policy
//! only once that one has had its slice, and after that the kernel looks at it with the next tick. One of `SCHED_IDLE` is
//! interrupted always, and its core counts as free.

use std::time::Duration;

/// How a thread of the pool competes for a core. It keeps this for good: a process without privileges may lower a priority
/// and never raise it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Priority {
    /// Whoever wants the core has it at once, and a hash has what is left: `SCHED_IDLE`.
    Last,
    /// For a machine of which nothing is left: a tenth of the weight of others (nice 10). At nice 19 it would be a seventieth.
    Tenth,
}

#[cfg(any(target_os = "android", target_os = "linux"))]
pub(super) use linux::Look;
#[cfg(all(test, target_os = "linux"))]
pub(super) use linux::NICE;

#[cfg(any(target_os = "android", target_os = "linux"))]
mod linux {
    use std::fs::File;
    use std::os::unix::fs::FileExt as _;
    use std::sync::Once;

    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id, thread_schedule_policy,
    };

    use super::{Duration, Priority};

    /// A tenth of the weight of others, where the policy is the common one.
    pub(in super::super) const NICE: i32 = 10;

    /// The statistics of a thread (`proc_pid_stat(5)`), for others to read.
    pub(in super::super) struct Look(File);

    impl Priority {
        /// Gives this to the calling thread. If others have to look whether it starves, they can.
        pub(in super::super) fn take(self) -> Option<Look> {
            if self == Self::Last
                && let Ok(stat) = File::open("/proc/thread-self/stat")
                && to_idle_policy()
            {
                return Some(Look(stat));
            }
            to_low_priority();
            None
        }
    }

    fn to_idle_policy() -> bool {
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let set = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
        // It sets a nice value too, which may be forbidden, and means nothing under this policy.
        set.is_ok() || thread_schedule_policy() == Ok(idle)
    }

    fn to_low_priority() {
        static TOLD: Once = Once::new();
        if let Err(error) = rustix::process::setpriority_process(None, NICE) {
            // A sandbox may forbid it. The hash is as good.
            TOLD.call_once(|| {
                tracing::warn!(cause = %error, auth.reason = "hash_priority", "password hashes cannot yield to other work of this process");
            });
        }
    }

    impl Look {
        /// The time of a core that the thread has had; `None` if it does not want more now.
        pub(in super::super) fn processor_time(&self) -> Option<Duration> {
            let mut stat = [0; 1024];
            let read = self.0.read_at(&mut stat, 0).ok()?;
            if_runnable(stat.get(..read)?)
        }
    }

    fn if_runnable(stat: &[u8]) -> Option<Duration> {
        // The name in the second field may hold anything, and ends with the last parenthesis.
        let (_, after) = str::from_utf8(stat).ok()?.rsplit_once(')')?;
        let mut fields = after.split_ascii_whitespace();
        if fields.next()? != "R" {
            return None;
        }
        let (user, system): (u64, u64) = (fields.nth(10)?.parse().ok()?, fields.next()?.parse().ok()?);
        let millis = user.checked_add(system)?.checked_mul(1000)?;
        Some(Duration::from_millis(millis.checked_div(rustix::param::clock_ticks_per_second())?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_a_thread_that_wants_a_core_is_looked_at() {
            let stat = |name: &str, state: char| {
                format!("7 ({name}) {state} 1 2 3 4 5 6 7 8 9 10 12 13 14 15 20 0 1 0 100").into_bytes()
            };
            assert_eq!(if_runnable(&stat("auth-hash", 'R')), Some(Duration::from_millis(250)));
            assert_eq!(if_runnable(&stat("a) S 1 (b", 'R')), Some(Duration::from_millis(250)));
            assert_eq!(if_runnable(&stat("auth-hash", 'S')), None);
            assert_eq!(if_runnable(b"7 (auth-hash) R 1 2"), None);
            assert_eq!(if_runnable(b""), None);
        }
    }
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
pub(super) use elsewhere::Look;

#[cfg(not(any(target_os = "android", target_os = "linux")))]
mod elsewhere {
    use std::convert::Infallible;

    use super::{Duration, Priority};

    pub(in super::super) struct Look(Infallible);

    impl Priority {
        pub(in super::super) fn take(self) -> Option<Look> {
            None
        }
    }

    impl Look {
        pub(in super::super) fn processor_time(&self) -> Option<Duration> {
            match self.0 {}
        }
    }
}
