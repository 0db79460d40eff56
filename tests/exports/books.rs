//! Workbooks, read back by another library.

use calamine::Data;
use serde_json::json;

use super::{Book, Sheet, task};
use crate::support::app;

/// The number of a day or an instant, which is a number to no program.
#[track_caller]
fn serial(cell: &Data) -> f64 {
    let Data::DateTime(at) = cell else { panic!("{cell:?} is no day") };
    at.as_f64()
}

#[tokio::test]
async fn a_workbook_has_typed_cells_under_the_names_of_the_table() {
    app(async |app| {
        let more = json!({"title": "=1+1 Өү", "due_on": "2027-03-31", "estimate_days": 12,
            "description": "два\nстроки", "plan": app.world.id("plan:national")});
        let id = task(app, more).await;
        let me = app.user("officer").await;

        let answer = me.get(&format!("/tasks.xlsx?id={id}")).await;
        let table = Sheet::get(&me, &format!("/tasks.csv?id={id}")).await;

        let book = Book::of(&answer);
        let names: Vec<_> = book.sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names, book.sheets[0].1.headers()), (vec!["tasks"], Some(table.header.clone())));
        assert_eq!(book.column("title"), [&Data::String("'=1+1 Өү".into())]);
        assert_eq!(book.column("description"), [&Data::String("два\nстроки".into())]);
        assert_eq!(book.column("estimate_days"), [&Data::Float(12.0)]);
        assert_eq!(book.column("is_demo"), [&Data::Bool(false)]);
        assert_eq!(book.column("id"), [&Data::String(id)]);
        assert_eq!(book.column("family"), [&Data::Empty]);
        // Days since 30 December 1899.
        assert!((serial(book.column("due_on")[0]) - 46_477.0).abs() < 1e-9);
        assert!((serial(book.column("created_at")[0]) - (46_347.0 + 10.0 / 24.0)).abs() < 1e-6);
        let file = "attachment; filename=\"tasks-2026-11-21.xlsx\"";
        assert_eq!(answer.headers["content-disposition"], file);
    })
    .await;
}

#[tokio::test]
async fn a_workbook_of_an_empty_list_has_its_names() {
    app(async |app| {
        let me = app.user("officer").await;

        let book = Book::of(&me.get("/tasks.xlsx?q=nothing+of+that+name&columns=id,title&labels=both").await);

        assert_eq!(book.sheets[0].1.headers(), Some(vec!["id".to_owned(), "title".to_owned()]));
        assert_eq!(book.sheets[0].1.rows().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn amounts_are_numbers_and_labels_texts() {
    app(async |app| {
        let focal_point = app.user("focal_point").await;
        let path = format!("/actions/{}", app.world.id("action:national"));
        let body = json!({"cost": {"amount": "12.50", "currency": "EUR"}});
        focal_point.edit(&path, body).await.ok(200);

        let id = app.world.id("action:national");
        let answer = focal_point.get(&format!("/actions.xlsx?id={id}&labels=labels&lang=ru")).await;

        let book = Book::of(&answer);
        assert_eq!(book.column("cost.amount"), [&Data::Float(12.5)]);
        assert_eq!(book.column("lead_agency.name"), [&Data::String("Agency MES".into())]);
        assert_eq!(book.column("shown_in"), [&Data::String("en".into())]);
    })
    .await;
}
