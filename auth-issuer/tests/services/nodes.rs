//! What is of one process, where several serve.

use auth_issuer::{DigestKey, Nodes, PasswordVerifier, Throttle};

use super::support::{pool, store};

#[test]
fn what_is_of_one_process_is_refused_with_the_fix_where_there_are_several() {
    let store = store();
    let passwords = PasswordVerifier::new(store.clone(), pool());
    for (verdict, fix) in [
        (Nodes::Several.check_store(&store), "postgres://"),
        (Nodes::Several.check_throttle(&Throttle::in_memory()), "`Throttle::new`"),
        (Nodes::Several.check_throttle(&Throttle::new(store.clone(), key())), "`Throttle::new`"),
        (Nodes::Several.check_throttle(&Throttle::new(std::sync::Arc::new(store.clone()), key())), "`Throttle::new`"),
        (Nodes::Several.check_passwords(&passwords), "`with_throttle`"),
    ] {
        let error = verdict.expect_err("of one process").to_string();
        assert!(error.contains("Nodes::Several") && error.contains(fix), "{error}");
    }
}

fn key() -> DigestKey {
    DigestKey::new(&[7; 32]).expect("long enough")
}

#[test]
fn one_process_may_keep_everything_to_itself() {
    let store = store();
    assert_eq!(Nodes::default(), Nodes::One);
    assert!(Nodes::One.check_store(&store).is_ok());
    assert!(Nodes::One.check_throttle(&Throttle::in_memory()).is_ok());
    assert!(Nodes::One.check_passwords(&PasswordVerifier::new(store, pool())).is_ok());
    assert!(Nodes::Several.check_throttle(&Throttle::off()).is_ok(), "whoever turns it off counts elsewhere");
}
