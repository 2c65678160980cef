//! Counters of failed attempts: the arithmetic of [`Counter`] in SQL.

use std::time::SystemTime;

use auth_core::StoreError;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::convert::{millis, time_of};
use super::statements::statements;
use super::value::Row;
use super::{Engine, SqlStore};
use crate::throttle::{Counter, CounterKey, LEASE, Reserved, Rule, Settled, ThrottleStore};
use crate::time::later;

/// Failures and attempts in flight as they are at the time `$2`.
macro_rules! failures {
    () => {
        "(CASE WHEN t.window_ends_at <= $2 THEN 0 ELSE t.failures END)"
    };
}
macro_rules! in_flight {
    () => {
        "(CASE WHEN t.lease_ends_at <= $2 THEN 0 ELSE t.in_flight END)"
    };
}
/// One attempt less in flight.
macro_rules! settled {
    () => {
        concat!("(CASE WHEN ", in_flight!(), " > 0 THEN ", in_flight!(), " - 1 ELSE 0 END)")
    };
}

statements! {
    // A row that does not admit is not written: `$4` is the limit, `$5` the pace beyond it, if any.
    RESERVE = [
        "INSERT INTO auth_counters AS t \
         (id, failures, failure_limit, window_ends_at, in_flight, lease_ends_at, admitted_at, idle_at) \
         VALUES ($1, 0, $4, 0, 1, $3, $2, $3) ON CONFLICT (id) DO UPDATE SET \
         failures = ", failures!(), ", failure_limit = $4, in_flight = ", in_flight!(), " + 1, \
         lease_ends_at = $3, admitted_at = $2, \
         idle_at = CASE WHEN t.window_ends_at > $3 THEN t.window_ends_at ELSE $3 END \
         WHERE ", failures!(), " + ", in_flight!(), " < $4 \
         OR (", failures!(), " >= $4 AND t.admitted_at <= $2 - CAST($5 AS BIGINT))"
    ];
    FIND = [
        "SELECT failures, window_ends_at, in_flight, lease_ends_at, admitted_at FROM auth_counters WHERE id = $1"
    ];
    ABANDON = ["UPDATE auth_counters AS t SET in_flight = ", settled!(), " WHERE id = $1"];
    SUCCEED = ["UPDATE auth_counters AS t SET in_flight = ", settled!(), ", failures = 0 WHERE id = $1"];
    // `$3` is when a window ends that begins now.
    FAIL = [
        "INSERT INTO auth_counters AS t \
         (id, failures, failure_limit, window_ends_at, in_flight, lease_ends_at, admitted_at, idle_at) \
         VALUES ($1, 1, $4, $3, 0, 0, 0, $3) ON CONFLICT (id) DO UPDATE SET \
         failures = ", failures!(), " + 1, failure_limit = $4, in_flight = ", settled!(), ", \
         window_ends_at = CASE WHEN ", failures!(), " = 0 THEN $3 ELSE t.window_ends_at END, \
         idle_at = CASE WHEN ", failures!(), " = 0 AND $3 > t.lease_ends_at THEN $3 \
         WHEN t.window_ends_at > t.lease_ends_at THEN t.window_ends_at ELSE t.lease_ends_at END"
    ];
}

impl<E: Engine> ThrottleStore for SqlStore<E> {
    async fn reserve(&self, key: CounterKey, rule: Rule, now: SystemTime) -> Result<Reserved, StoreError> {
        // What refuses everybody needs no row.
        let fresh = Counter::default().reserve(&rule, now);
        if fresh != Reserved::Admitted {
            return Ok(fresh);
        }
        let id = id_of(&key);
        let pace = rule.then_one_per.map(millis);
        if self.write_one(RESERVE, values![id.as_str(), now, later(now, LEASE), rule.limit, pace]).await? {
            self.bound_counters_now_and_then(now).await;
            return Ok(Reserved::Admitted);
        }
        // Only to say why. If it would be admitted by now, it was a matter of those in flight.
        let Some(row) = self.read_one(FIND, values![id]).await? else { return Ok(Reserved::Busy) };
        Ok(match read(row)?.reserve(&rule, now) {
            Reserved::Admitted => Reserved::Busy,
            refused => refused,
        })
    }

    fn counts_in_process(&self) -> bool {
        false
    }

    async fn settle(&self, key: CounterKey, rule: Rule, settled: Settled, now: SystemTime) -> Result<(), StoreError> {
        let id = id_of(&key);
        match settled {
            Settled::Abandoned => self.write(ABANDON, values![id, now]).await?,
            Settled::Success => self.write(SUCCEED, values![id, now]).await?,
            Settled::Failure => self.write(FAIL, values![id, now, later(now, rule.window), rule.limit]).await?,
        };
        Ok(())
    }
}

fn id_of(key: &CounterKey) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes())
}

fn read(mut row: Row) -> Result<Counter, StoreError> {
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Counter {
        failures: count(row.number()?),
        window_ends_at: row.time()?,
        in_flight: count(row.number()?),
        lease_ends_at: time_of(row.integer()?),
        admitted_at: row.time()?,
    })
}
