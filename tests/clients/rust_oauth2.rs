//! Driven by the crate `oauth2`.

use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::http::uri::Scheme;
use oauth2::{
    AccessToken, AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    IntrospectionUrl, RefreshToken, RequestTokenError, ResourceOwnerPassword, ResourceOwnerUsername, RevocationUrl,
    Scope, StandardRevocableToken, TokenIntrospectionResponse as _, TokenResponse as _, TokenUrl, reqwest,
};

use super::server::{AUDIENCE, ODD_SECRET, PASSWORD, Server};

type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointSet, EndpointSet, EndpointSet>;

fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.build().expect("a client")
}

fn client(server: &Server, id: &str) -> Client {
    let url = |path: &str| server.url(path);
    // The crate insists on https for revocation (RFC 7009 §2); the wire below has none.
    let revocation = url("/revoke").replace("http://", "https://");
    BasicClient::new(ClientId::new(id.to_owned()))
        .set_token_uri(TokenUrl::new(url("/token")).expect("a URL"))
        .set_introspection_url(IntrospectionUrl::new(url("/introspect")).expect("a URL"))
        .set_revocation_url(RevocationUrl::new(revocation).expect("a URL"))
}

fn confidential(server: &Server) -> Client {
    client(server, "rust").set_client_secret(ClientSecret::new(ODD_SECRET.to_owned()))
}

fn bob() -> (ResourceOwnerUsername, ResourceOwnerPassword) {
    (ResourceOwnerUsername::new("bob@example.com".to_owned()), ResourceOwnerPassword::new(PASSWORD.to_owned()))
}

async fn revoke(client: &Client, token: StandardRevocableToken) {
    let http = http();
    let without_tls = |mut request: HttpRequest| {
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(Scheme::HTTP);
        *request.uri_mut() = parts.try_into().expect("an address");
        AsyncHttpClient::call(&http, request)
    };
    client.revoke_token(token).expect("https").request_async(&without_tls).await.expect("withdrawn");
}

async fn is_active(client: &Client, token: &AccessToken) -> bool {
    client.introspect(token).request_async(&http()).await.expect("an answer").active()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_refresh_introspection_and_revocation() {
    let server = Server::start().await;
    for auth_type in [AuthType::BasicAuth, AuthType::RequestBody] {
        let client = confidential(&server).set_auth_type(auth_type);
        let (name, password) = bob();
        let tokens = client
            .exchange_password(&name, &password)
            .add_scope(Scope::new("read".to_owned()))
            .add_scope(Scope::new("write".to_owned()))
            .request_async(&http())
            .await
            .expect("granted");
        assert_eq!(tokens.expires_in().map(|life| life.as_secs()), Some(300));
        let me = http().get(server.url("/me")).bearer_auth(tokens.access_token().secret()).send().await.expect("sent");
        assert_eq!((me.status().as_u16(), me.text().await.expect("a text")), (200, "2".to_owned()));

        let told = client.introspect(tokens.access_token()).request_async(&http()).await.expect("an answer");
        assert!(told.active());
        assert_eq!((told.sub(), told.client_id().map(|id| id.as_str())), (Some("2"), Some("rust")));
        assert_eq!(told.aud().map(Vec::as_slice), Some([AUDIENCE.to_owned()].as_slice()));
        assert_eq!(told.iss(), Some(server.url("").as_str()));
        assert_eq!(told.scopes().map(Vec::len), Some(2));
        assert!(told.exp() > told.iat());

        let first = tokens.refresh_token().expect("one").clone();
        let renewed = client
            .exchange_refresh_token(&first)
            .add_scope(Scope::new("read".to_owned()))
            .request_async(&http())
            .await
            .expect("granted");
        let second = renewed.refresh_token().expect("one").clone();
        assert!(is_active(&client, &AccessToken::new(second.secret().clone())).await);

        revoke(&client, StandardRevocableToken::AccessToken(tokens.access_token().clone())).await;
        assert!(!is_active(&client, tokens.access_token()).await);
        let me = http().get(server.url("/me")).bearer_auth(tokens.access_token().secret()).send().await.expect("sent");
        assert_eq!(me.status().as_u16(), 401);
        assert!(is_active(&client, renewed.access_token()).await);

        revoke(&client, StandardRevocableToken::RefreshToken(second.clone())).await;
        revoke(&client, StandardRevocableToken::RefreshToken(RefreshToken::new("unknown".to_owned()))).await;
        assert_eq!(refused(client.exchange_refresh_token(&second).request_async(&http()).await), "invalid_grant");
    }
}

/// The code of a refusal, as the crate has read it.
fn refused<T>(result: Result<T, impl Into<Refusal>>) -> String {
    match result {
        Ok(_) => panic!("granted"),
        Err(error) => error.into().0,
    }
}

struct Refusal(String);

impl<E: std::error::Error> From<RequestTokenError<E, oauth2::basic::BasicErrorResponse>> for Refusal {
    fn from(error: RequestTokenError<E, oauth2::basic::BasicErrorResponse>) -> Self {
        match error {
            RequestTokenError::ServerResponse(response) => Self(response.error().to_string()),
            other => panic!("no answer of the standard's form: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_are_those_of_the_standard() {
    let server = Server::start().await;
    let (name, password) = bob();
    let wrong = ResourceOwnerPassword::new("wrong password".to_owned());
    let client = confidential(&server);
    assert_eq!(refused(client.exchange_password(&name, &wrong).request_async(&http()).await), "invalid_grant");
    let admin = client.exchange_password(&name, &password).add_scope(Scope::new("admin".to_owned()));
    assert_eq!(refused(admin.request_async(&http()).await), BasicErrorResponseType::InvalidScope.to_string());
    let carol = ResourceOwnerUsername::new("carol@example.com".to_owned());
    assert_eq!(refused(client.exchange_password(&carol, &password).request_async(&http()).await), "mfa_required");

    let other = self::client(&server, "rust").set_client_secret(ClientSecret::new("wrong".to_owned()));
    assert_eq!(refused(other.exchange_password(&name, &password).request_async(&http()).await), "invalid_client");
    let public = self::client(&server, "app");
    let tokens = public.exchange_password(&name, &password).request_async(&http()).await.expect("granted");
    assert_eq!(tokens.scopes().map(Vec::len), Some(2), "said, since none was asked for");
    let foreign = client.exchange_refresh_token(tokens.refresh_token().expect("one")).request_async(&http()).await;
    assert_eq!(refused(foreign), "invalid_grant");
}
