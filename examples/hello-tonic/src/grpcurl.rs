//! `grpcurl` lines with working credentials, one for each way into each method.

use std::net::SocketAddr;

use demo::Config;
use demo::accounts::{ALICE, ROOT};

/// The lines, for a service at that address.
pub(crate) fn lines(config: &Config, address: SocketAddr) -> Vec<String> {
    let bearer = |account| format!("-H 'authorization: Bearer {}' ", config.token(account));
    let basic = |account| format!("-H 'authorization: {}' ", demo::accounts::basic(account));
    let (alice, root) = (bearer(&ALICE), bearer(&ROOT));
    let key = format!("-H 'x-api-token: {}' ", config.api_key());
    let call = |proof: &str, data: &str, method: &str| {
        format!(
            "grpcurl -plaintext -proto examples/hello-tonic/proto/shop.proto {proof}{data}{address} demo.v1.Shop/{method}"
        )
    };
    vec![
        call("", "", "Health"),
        call(&alice, "", "Me"),
        call(&basic(&ALICE), "", "Me"),
        call(&key, "", "Me"),
        call(&alice, "", "ListItems"),
        call(&basic(&ALICE), "", "ListItems"),
        call(&key, "", "ListItems"),
        call(&root, "-d '{\"name\":\"lamp\"}' ", "CreateItem"),
        call(&root, "-d '{\"name\":\"lamp\"} {\"name\":\"chair\"}' ", "CreateItems"),
        call(&root, "", "Admin"),
        call(&basic(&ROOT), "", "Admin"),
        call("", "", "Maybe"),
        call(&alice, "", "Maybe"),
        call(&alice, "", "Either"),
        call(&root, "", "Hidden"),
    ]
}
