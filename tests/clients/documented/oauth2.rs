//! The token endpoint of the Nexudus systems, driven by the crate `oauth2`.

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, ClientId, EndpointNotSet, EndpointSet, HttpRequest, RefreshToken, RequestTokenError,
    ResourceOwnerPassword, ResourceOwnerUsername, TokenResponse as _, TokenUrl, reqwest,
};
use systems::testing::Running;

use super::system::{JANE, PASSWORD, System, program};

type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.build().expect("a client")
}

fn client(server: &Running, id: &str) -> Client {
    let url = format!("http://{}/api/token", server.address);
    BasicClient::new(ClientId::new(id.to_owned())).set_token_uri(TokenUrl::new(url).expect("a URL"))
}

/// The grant, or the code of the refusal.
type Outcome = Result<BasicTokenResponse, String>;

fn outcome<E: std::error::Error>(
    result: Result<BasicTokenResponse, RequestTokenError<E, BasicErrorResponse>>,
) -> Outcome {
    result.map_err(|error| match error {
        RequestTokenError::ServerResponse(response) => response.error().to_string(),
        other => panic!("no answer of the standard's form: {other:?}"),
    })
}

async fn sign_in(client: &Client, user: &str, password: &str) -> Outcome {
    let user = ResourceOwnerUsername::new(user.to_owned());
    let password = ResourceOwnerPassword::new(password.to_owned());
    outcome(client.exchange_password(&user, &password).request_async(&http()).await)
}

/// Refreshes; `header` is sent as the header `client_id` too.
async fn refresh(client: &Client, token: &RefreshToken, header: Option<&str>) -> Outcome {
    let http = http();
    let with_header = |mut request: HttpRequest| {
        if let Some(id) = header {
            request.headers_mut().insert("client_id", id.parse().expect("a value"));
        }
        AsyncHttpClient::call(&http, request)
    };
    outcome(client.exchange_refresh_token(token).request_async(&with_header).await)
}

fn refresh_token(granted: &BasicTokenResponse) -> RefreshToken {
    granted.refresh_token().expect("one").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_and_refresh_grants_are_those_of_the_standard() {
    for (system, door) in [(System::Rest, "/api/sys/coworkers"), (System::Portal, "/api/public/billing/customer")] {
        let server = system.start(&program(), &[]);
        let (app, other) = (client(&server, "an-app"), client(&server, "another-app"));
        let granted = sign_in(&app, JANE, PASSWORD).await.expect("granted");
        let life = granted.expires_in().expect("a life").as_secs();
        assert!([604_799, 604_800].contains(&life), "{life}");
        let url = format!("http://{}{door}", server.address);
        let answer = http().get(url).bearer_auth(granted.access_token().secret()).send().await.expect("sent");
        assert_eq!(answer.status().as_u16(), 200, "{system:?}");

        let first = refresh_token(&granted);
        assert_eq!(refresh(&other, &first, None).await.expect_err("another client"), "invalid_grant");
        let renewed = refresh(&app, &first, Some("an-app")).await.expect("header and field agree");
        let second = refresh_token(&renewed);
        assert_ne!(first.secret(), second.secret());
        let differ = refresh(&app, &second, Some("another-app")).await;
        assert_eq!(differ.expect_err("header and field differ"), "invalid_request");
        let third = refresh_token(&refresh(&app, &second, None).await.expect("it is still good"));
        assert_eq!(refresh(&app, &first, None).await.expect_err("spent"), "invalid_grant");
        assert_eq!(refresh(&app, &third, None).await.expect_err("the chain is dead"), "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_have_codes_that_the_crate_reads() {
    for system in [System::Rest, System::Portal] {
        let server = system.start_demo(&program());
        let app = client(&server, "an-app");
        let rows = [
            ("nobody@example.com", PASSWORD, "invalid_grant"),
            ("twofa@example.com", "wrong", "invalid_grant"),
            ("twofa@example.com", PASSWORD, "two_factor_auth_check"),
            ("suspended@example.com", PASSWORD, "invalid_grant"),
        ];
        for (user, password, code) in rows {
            assert_eq!(sign_in(&app, user, password).await.expect_err("refused"), code, "{system:?} {user}");
        }
    }
}
