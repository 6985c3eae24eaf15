//! The attendance fees as a file for the payroll.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::scheduler::{compute_fees, fees_csv, read_hall};
use crate::web::oops::Oops;
use crate::web::visitor::Insider;

/// `GET /council/sessions/{slug}/chamber/fees.csv`.
pub(super) async fn download(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    let name = format!("attachment; filename=\"{slug}.csv\"");
    let csv = insider
        .read(move |view, caller| {
            let hall = read_hall(view, caller, &slug)?;
            Ok(fees_csv(&compute_fees(view, caller, hall.session.id)?))
        })
        .await?;
    let mut response = csv.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = HeaderValue::from_str(&name).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
