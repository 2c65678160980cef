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

    /// The number of the policy (`sched.h`).
    const SCHED_IDLE: &str = "5";

    /// The statistics of a thread (`proc_pid_stat(5)`), for others to read.
    pub(in super::super) struct Look(File);

    impl Priority {
        /// The calling thread, for others to look at, if they have to once it has this.
        pub(in super::super) fn look(self) -> Option<Look> {
            if self == Self::Last { File::open("/proc/thread-self/stat").ok().map(Look) } else { None }
        }

        /// Gives this to the calling thread, or [`Tenth`](Self::Tenth) if nobody sees whether it starves; says whether it
        /// stops for others always.
        pub(in super::super) fn take(self, is_seen: bool) -> bool {
            let is_last = self == Self::Last && is_seen && to_idle_policy();
            if !is_last {
                to_low_priority();
            }
            is_last
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
        /// The time of a core that the thread has had; `None` if it does not want more now, or has no last priority.
        pub(in super::super) fn processor_time(&self) -> Option<Duration> {
            let mut stat = [0; 1024];
            let read = self.0.read_at(&mut stat, 0).ok()?;
            if_it_could_starve(stat.get(..read)?)
        }
    }

    fn if_it_could_starve(stat: &[u8]) -> Option<Duration> {
        // The name in the second field may hold anything, and ends with the last parenthesis.
        let (_, after) = str::from_utf8(stat).ok()?.rsplit_once(')')?;
        let mut fields = after.split_ascii_whitespace();
        if fields.next()? != "R" {
            return None;
        }
        let (user, system): (u64, u64) = (fields.nth(10)?.parse().ok()?, fields.next()?.parse().ok()?);
        if fields.nth(25)? != SCHED_IDLE {
            return None;
        }
        let millis = user.checked_add(system)?.checked_mul(1000)?;
        Some(Duration::from_millis(millis.checked_div(rustix::param::clock_ticks_per_second())?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_a_thread_of_last_priority_that_wants_a_core_is_looked_at() {
            let stat = |name: &str, state: char, policy: u8| {
                let between = "20 0 1 0 100 200 300 400 1 1 0 0 0 0 0 0 1 0 0 -1 1 0 0";
                let fields = format!("1 2 3 4 5 6 7 8 9 10 12 13 14 15 {between} {policy} 0 0 0");
                if_it_could_starve(format!("7 ({name}) {state} {fields}").as_bytes())
            };
            assert_eq!(stat("auth-hash", 'R', 5), Some(Duration::from_millis(250)));
            assert_eq!(stat("a) S 1 (b", 'R', 5), Some(Duration::from_millis(250)));
            assert_eq!(stat("auth-hash", 'S', 5), None);
            assert_eq!(stat("auth-hash", 'R', 0), None);
            assert_eq!(if_it_could_starve(b"7 (auth-hash) R 1 2"), None);
            assert_eq!(if_it_could_starve(b""), None);
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
        pub(in super::super) fn look(self) -> Option<Look> {
            None
        }

        pub(in super::super) fn take(self, _is_seen: bool) -> bool {
            false
        }
    }

    impl Look {
        pub(in super::super) fn processor_time(&self) -> Option<Duration> {
            match self.0 {}
        }
    }
}
