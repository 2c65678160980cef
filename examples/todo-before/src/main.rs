//! What a household has to do: a small axum service as many are.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[cfg(test)]
mod tests;

/// All that there is to do.
#[derive(Clone, Default)]
struct Todos(Arc<Mutex<List>>);

#[derive(Default)]
struct List {
    last_id: u64,
    items: BTreeMap<u64, Todo>,
}

impl Todos {
    fn list(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Todo {
    id: u64,
    text: String,
    author: String,
    is_done: bool,
}

#[derive(Deserialize)]
struct Filter {
    is_done: Option<bool>,
}

#[derive(Deserialize)]
struct NewTodo {
    text: String,
    author: String,
}

#[derive(Deserialize)]
struct Change {
    is_done: bool,
}

/// Why there is no answer.
#[derive(Debug)]
enum Problem {
    NoText,
    NotFound,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::NoText => (StatusCode::UNPROCESSABLE_ENTITY, "say what there is to do").into_response(),
            Self::NotFound => (StatusCode::NOT_FOUND, "no such thing to do").into_response(),
        }
    }
}

async fn list(State(todos): State<Todos>, Query(filter): Query<Filter>) -> Json<Vec<Todo>> {
    let list = todos.list();
    let wanted = list.items.values().filter(|todo| filter.is_done.is_none_or(|is_done| todo.is_done == is_done));
    Json(wanted.cloned().collect())
}

async fn show(State(todos): State<Todos>, Path(id): Path<u64>) -> Result<Json<Todo>, Problem> {
    todos.list().items.get(&id).cloned().map(Json).ok_or(Problem::NotFound)
}

async fn add(State(todos): State<Todos>, Json(new): Json<NewTodo>) -> Result<(StatusCode, Json<Todo>), Problem> {
    if new.text.trim().is_empty() {
        return Err(Problem::NoText);
    }
    let mut list = todos.list();
    list.last_id = list.last_id.saturating_add(1);
    let todo = Todo { id: list.last_id, text: new.text, author: new.author, is_done: false };
    list.items.insert(todo.id, todo.clone());
    Ok((StatusCode::CREATED, Json(todo)))
}

async fn change(
    State(todos): State<Todos>,
    Path(id): Path<u64>,
    Json(change): Json<Change>,
) -> Result<Json<Todo>, Problem> {
    let mut list = todos.list();
    let todo = list.items.get_mut(&id).ok_or(Problem::NotFound)?;
    todo.is_done = change.is_done;
    Ok(Json(todo.clone()))
}

async fn remove(State(todos): State<Todos>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    let mut list = todos.list();
    if list.items.remove(&id).is_none() {
        return Err(Problem::NotFound);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn health() -> &'static str {
    "ok"
}

async fn nothing_here(uri: Uri) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

fn app(todos: Todos) -> Router {
    Router::new()
        .route("/todos", get(list).post(add))
        .route("/todos/{id}", get(show).patch(change).delete(remove))
        .route("/health", get(health))
        .fallback(nothing_here)
        .with_state(todos)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = app(Todos::default());
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
