//! Puts the routes together and serves them.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

use super::auth::lang_of;
use super::metrics::{self, RequestLabels};
use super::problem::Problem;
use super::{App, api, feeds};
use crate::booking::Refusal;
use crate::papers::Vetting;
use crate::store::Store;
use crate::texts::Said;

/// How long a connection that is being served may go on after the program was asked to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long the head of a request may take to arrive, and a connection may stay without one.
const HEAD_TIME: Duration = Duration::from_secs(20);

/// Where to serve.
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// Address and port to listen at; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where people reach the server, if not at that address: the public address in front of it.
    pub base_url: Option<String>,
    /// What files are held against that people send.
    pub vetting: Vetting,
}

/// All routes: the API, feeds, `pages`, health and metrics.
pub fn router(app: &App, pages: Router<App>) -> Router {
    let (api, openapi) = api::routes();
    let openapi = openapi.to_pretty_json().unwrap_or_default();
    Router::new()
        .merge(api)
        .route(
            "/api/v1/openapi.json",
            get(move || {
                let document = openapi.clone();
                async move { ([(header::CONTENT_TYPE, "application/json")], document) }
            }),
        )
        .route("/feeds/{file}", get(feeds::feed))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(metrics::healthz))
        // Google's fetcher reads this before a feed; what must not be indexed says so itself.
        .route(
            "/robots.txt",
            get(|| async { "User-agent: *\nAllow: /feeds/\nDisallow: /join/\nDisallow: /answer/\n" }),
        )
        .method_not_allowed_fallback(no_method)
        .merge(pages)
        .layer(middleware::from_fn_with_state(app.clone(), measure))
        .layer(CatchPanicLayer::custom(panicked(app)))
        .with_state(app.clone())
}

/// The answer when a handler panicked: a problem like any other, in the house's language.
fn panicked(app: &App) -> impl Fn(Box<dyn std::any::Any + Send>) -> Response + Clone + use<> {
    let lang = app.store.directory().house.lang();
    move |_| Problem::new(&Refusal::Internal("a handler panicked".to_owned()), lang).respond(lang)
}

async fn no_method(State(app): State<App>, request: Request) -> Response {
    let lang = lang_of(&app, request.headers());
    let said = Said::new("request.method").with("method", request.method());
    Problem::new(&Refusal::State(said), lang).respond(lang)
}

/// Counts requests by pattern of route, never by path: a path may hold a token.
async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let status = response.status().as_u16();
    let elapsed = begun.elapsed();
    tracing::debug!(method, route, status, micros = elapsed.as_micros(), "answered");
    app.metrics.seconds.observe(elapsed.as_secs_f64());
    app.metrics.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    response
}

/// Serves until the process is asked to stop (SIGINT, SIGTERM), then ends what is begun and closes the store.
/// `ready` hears the address once it is bound.
///
/// # Errors
/// The address cannot be bound.
pub fn serve(
    store: &Store,
    config: &ServeConfig,
    pages: Router<App>,
    ready: impl FnOnce(SocketAddr, &App),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let app = App::vetting(store.clone(), &base_url, config.vetting.clone());
        tokio::spawn(app.clone().follow());
        tokio::spawn(app.clone().keep_time());
        let router = router(&app, pages);
        let stop = asked_to_stop();
        ready(address, &app);
        accept(listener, router, &app, stop).await;
        let _ = tokio::task::spawn_blocking(move || app.write_used()).await;
        Ok::<_, io::Error>(())
    })?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    store.close();
    tracing::info!("stopped");
    Ok(())
}

/// Takes connections until the process is asked to stop, then ends what is begun.
async fn accept(listener: TcpListener, router: Router, app: &App, stop: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Too many open files, or a client that was gone before it was greeted.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Answers are written whole: waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
        let service = TowerToHyperService::new(router.clone());
        let connection = connections.watch(protocol.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    tracing::info!("asked to stop");
    drop(listener);
    // Event streams never end by themselves, nor does the sending of mail; whatever else is begun has its grace.
    app.stop();
    let _ = tokio::time::timeout(GRACE, async {
        tokio::join!(connections.shutdown(), app.join_beside());
    })
    .await;
}

/// Resolves when the process is asked to stop. It listens from this call on, not from when it is first polled: until
/// then a signal would end the process at once, and cut what is open.
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        match signals {
            [Ok(mut interrupt), Ok(mut terminate)] => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            [Ok(mut one), Err(_)] | [Err(_), Ok(mut one)] => {
                one.recv().await;
            }
            // Nothing listens: a signal ends the process.
            [Err(_), Err(_)] => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::ids::IdSource;

    #[test]
    fn a_panic_is_answered_as_a_problem_without_its_message() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), Clock::System, IdSource::system(), true).unwrap();
        let answer = panicked(&App::new(store, "http://localhost"))(Box::new("secret"));
        assert_eq!(answer.status().as_u16(), 500);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}
