//! Answers that are kept, and questions that are under way.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;
use tokio::time::Instant;

use super::answer::Answer;
use super::{IntrospectionErrorKind, Outcome};

/// The SHA-256 of a token: the token itself is not kept.
pub(super) type TokenDigest = [u8; 32];
/// What those who wait hold.
pub(super) type Question = watch::Receiver<Option<Outcome>>;
/// What the one who asks holds.
pub(super) type Asker = watch::Sender<Option<Outcome>>;

/// The most questions at once.
const MAX_QUESTIONS: usize = 256;

/// Both, so that whoever looks at one and then the other sees no gap.
pub(super) struct Table {
    capacity: usize,
    answers: HashMap<TokenDigest, Kept>,
    /// The answers in the order in which they came, at most `capacity`; one that was replaced stands twice.
    order: VecDeque<(TokenDigest, Instant)>,
    questions: HashMap<TokenDigest, Question>,
}

struct Kept {
    answer: Arc<Answer>,
    until: Instant,
}

impl Table {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, answers: HashMap::new(), order: VecDeque::new(), questions: HashMap::new() }
    }

    /// The answer about a token, if one is kept and the token has not expired since.
    pub(super) fn answer(&self, token: &TokenDigest, wall: SystemTime, now: Instant) -> Option<Arc<Answer>> {
        let kept = self.answers.get(token)?;
        let is_good = now < kept.until && !kept.answer.time_left(wall).is_zero();
        is_good.then(|| Arc::clone(&kept.answer))
    }

    /// The question about a token; with the means to answer it if it is a new one.
    pub(super) fn join_or_begin(
        &mut self,
        token: TokenDigest,
    ) -> Result<(Question, Option<Asker>), IntrospectionErrorKind> {
        if let Some(question) = self.questions.get(&token) {
            return Ok((question.clone(), None));
        }
        if self.questions.len() >= MAX_QUESTIONS {
            return Err(IntrospectionErrorKind::TooManyQuestions);
        }
        let (asker, question) = watch::channel(None);
        self.questions.insert(token, question.clone());
        Ok((question, Some(asker)))
    }

    /// Ends a question, and keeps the answer until a time if there is one to keep. A question that was forgotten
    /// meanwhile leaves nothing.
    pub(super) fn end(&mut self, token: TokenDigest, asker: &Asker, kept: Option<(Arc<Answer>, Instant)>) {
        if !self.questions.get(&token).is_some_and(|question| question.same_channel(&asker.subscribe())) {
            return;
        }
        self.questions.remove(&token);
        if let Some((answer, until)) = kept {
            self.make_room(Instant::now());
            self.order.push_back((token, until));
            self.answers.insert(token, Kept { answer, until });
        }
    }

    /// Forgets the answers, and lets nobody join a question from before.
    pub(super) fn clear(&mut self) {
        self.answers.clear();
        self.order.clear();
        self.questions.clear();
    }

    /// Drops what is over at the front, and the oldest if there is no place left.
    fn make_room(&mut self, now: Instant) {
        while let Some((token, until)) = self.order.front() {
            if *until > now && self.order.len() < self.capacity {
                return;
            }
            if self.answers.get(token).is_some_and(|kept| kept.until == *until) {
                self.answers.remove(token);
            }
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn token(number: u8) -> TokenDigest {
        [number; 32]
    }

    fn keep(table: &mut Table, number: u8, until: Instant) {
        let (_, asker) = table.join_or_begin(token(number)).unwrap();
        table.end(token(number), &asker.unwrap(), Some((Arc::default(), until)));
    }

    fn kept(table: &Table, number: u8, now: Instant) -> bool {
        table.answer(&token(number), SystemTime::UNIX_EPOCH, now).is_some()
    }

    #[test]
    fn drops_the_oldest_answer_where_there_is_no_place() {
        let now = Instant::now();
        let mut table = Table::new(2);
        for number in 1..=3 {
            keep(&mut table, number, now + Duration::from_mins(1));
        }
        assert_eq!([1, 2, 3].map(|number| kept(&table, number, now)), [false, true, true]);
        assert_eq!((table.answers.len(), table.order.len()), (2, 2));
    }

    #[test]
    fn an_answer_is_over_at_its_time() {
        let now = Instant::now();
        let mut table = Table::new(2);
        keep(&mut table, 1, now + Duration::from_mins(1));
        assert!(kept(&table, 1, now + Duration::from_millis(59_999)));
        assert!(!kept(&table, 1, now + Duration::from_mins(1)));
    }

    #[test]
    fn replacing_one_answer_again_and_again_takes_no_more_memory() {
        let now = Instant::now();
        let mut table = Table::new(4);
        for seconds in 0..1_000 {
            keep(&mut table, 1, now + Duration::from_secs(60 + seconds));
        }
        assert!(table.order.len() <= 4 && table.answers.len() == 1);
        assert!(kept(&table, 1, now), "the last one is still there");
    }

    #[test]
    fn an_answer_that_was_replaced_outlives_the_place_of_its_first() {
        let now = Instant::now();
        let mut table = Table::new(3);
        keep(&mut table, 1, now + Duration::from_mins(1));
        keep(&mut table, 1, now + Duration::from_secs(90));
        keep(&mut table, 2, now + Duration::from_secs(90));
        keep(&mut table, 3, now + Duration::from_secs(90));
        assert_eq!([1, 2, 3].map(|number| kept(&table, number, now)), [true; 3]);
    }

    #[test]
    fn answers_that_are_over_leave_before_there_is_no_place() {
        let now = Instant::now();
        let mut table = Table::new(10);
        keep(&mut table, 1, now);
        keep(&mut table, 2, now);
        keep(&mut table, 3, now + Duration::from_mins(1));
        assert_eq!((table.answers.len(), table.order.len()), (1, 1));
    }

    #[test]
    fn refuses_the_first_question_too_many_and_has_room_when_one_ends() {
        let mut table = Table::new(1);
        let number = |number: usize| {
            let mut token = token(0);
            token[..8].copy_from_slice(&number.to_be_bytes());
            token
        };
        let askers: Vec<_> = (0..MAX_QUESTIONS).map(|n| table.join_or_begin(number(n)).unwrap().1.unwrap()).collect();
        assert_eq!(table.join_or_begin(number(MAX_QUESTIONS)).unwrap_err(), IntrospectionErrorKind::TooManyQuestions);
        assert!(table.join_or_begin(number(0)).unwrap().1.is_none(), "joining one needs no place");
        table.end(number(0), &askers[0], None);
        assert!(table.join_or_begin(number(MAX_QUESTIONS)).unwrap().1.is_some());
    }

    #[test]
    fn a_question_that_was_forgotten_leaves_no_answer_and_ends_no_newer_one() {
        let now = Instant::now();
        let until = now + Duration::from_mins(1);
        let mut table = Table::new(2);
        let early = table.join_or_begin(token(1)).unwrap().1.unwrap();
        table.clear();
        let (_, late) = table.join_or_begin(token(1)).unwrap();
        table.end(token(1), &early, Some((Arc::default(), until)));
        assert!(!kept(&table, 1, now));
        assert!(table.join_or_begin(token(1)).unwrap().1.is_none(), "the newer one goes on");
        table.end(token(1), &late.unwrap(), Some((Arc::default(), until)));
        assert!(kept(&table, 1, now));
    }
}
