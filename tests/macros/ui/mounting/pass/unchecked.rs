//! Every way out says why, and is on record.
#![deny(warnings)]

use auth_axum::catalogue::Guard;
use auth_axum::{MethodRouter, Router};
use axum::routing::{MethodFilter, get};

async fn bare() {}

fn main() {
    let foreign = || axum::Router::new().route("/bare", get(bare));
    let service = || get(bare).with_state(());
    let handlers = MethodRouter::new()
        .on_service_unchecked(MethodFilter::GET, service(), "a service for GET")
        .fallback_service_unchecked(service(), "a service for the rest");
    let app: Router = Router::new()
        .route("/methods", handlers)
        .route_unchecked("/route", get(bare), "handlers")
        .route_service_unchecked("/service", service(), "a service")
        .nest_service_unchecked("/nest-service", service(), "a service with a prefix")
        .nest_unchecked("/nest", foreign(), "routes with a prefix")
        .merge_unchecked(foreign(), "routes")
        .fallback_service_unchecked(service(), "a service for unknown paths");
    let record: Vec<_> = app
        .routes()
        .iter()
        .map(|route| {
            let Guard::Unchecked(reason) = route.guard else { panic!("{route:?}") };
            (route.method, route.path.as_str(), reason)
        })
        .collect();
    assert_eq!(
        record,
        [
            ("GET", "/methods", "a service for GET"),
            ("*", "/methods", "a service for the rest"),
            ("*", "/route", "handlers"),
            ("*", "/service", "a service"),
            ("*", "/nest-service", "a service with a prefix"),
            ("*", "/nest", "routes with a prefix"),
            ("*", "*", "routes"),
            ("*", "*", "a service for unknown paths"),
        ]
    );
    let _axum: axum::Router = app.into_axum();
}
