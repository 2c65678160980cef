//! What one system hands out opens no door of another, and only those of its own that it is for.

use systems::testing::Running;

use super::system::{Credential, System, program};

/// Shows a credential at every door of a system that it is not for.
#[track_caller]
fn assert_refused(owner: System, credential: &Credential, other: System, server: &Running) {
    for door in other.doors(&credential.secret) {
        if owner == other && credential.opens.contains(&door.name) {
            continue;
        }
        let answer = server.send(&door.request);
        let shown = format!("the {} of {} at {} of {}", credential.kind, owner.name(), door.name, other.name());
        assert_eq!(answer.status, door.refused, "{shown}: {answer:?}");
        assert_eq!(answer.status == 401, !answer.all("www-authenticate").is_empty(), "{shown}: {answer:?}");
    }
}

/// Shows it where it belongs, so that the refusals are not for being bad.
#[track_caller]
fn assert_good(owner: System, credential: &Credential, server: &Running) {
    let Some(own) = credential.opens.first() else { return };
    let doors = owner.doors(&credential.secret);
    let door = doors.iter().find(|door| door.name == *own).expect("a door");
    let answer = server.send(&door.request);
    assert_eq!(answer.status, 200, "the {} of {} at {own}: {answer:?}", credential.kind, owner.name());
}

/// Everything against everything; says how many pairs of different systems there were.
fn all_against_all(more: &[&str]) -> usize {
    let servers = System::ALL.map(|system| (system, system.start(&program(), more)));
    let mut pairs = 0;
    for (owner, own_server) in &servers {
        let credentials = owner.credentials(own_server);
        for (other, server) in &servers {
            for credential in &credentials {
                assert_refused(*owner, credential, *other, server);
            }
            pairs += usize::from(owner != other);
        }
        for credential in &credentials {
            assert_good(*owner, credential, own_server);
        }
    }
    pairs
}

/// The people are the same everywhere, with the same ids and rights.
#[test]
fn tokens_and_keys_of_each_server_are_refused_by_the_other_four() {
    assert_eq!(all_against_all(&[]), 5 * 4);
}

/// Even where an operator has given them one directory of keys: issuer and audience tell them apart.
#[test]
fn tokens_are_refused_by_the_other_four_with_the_same_keys() {
    let directory = program();
    let keys = directory.directory().join("keys");
    assert_eq!(all_against_all(&["--keys", keys.to_str().expect("UTF-8")]), 5 * 4);
}

#[test]
fn no_door_opens_for_a_token_of_the_same_server_with_another_purpose() {
    for system in System::ALL {
        let server = system.start(&program(), &[]);
        for credential in system.credentials(&server) {
            assert_refused(system, &credential, system, &server);
            assert_good(system, &credential, &server);
        }
    }
}
