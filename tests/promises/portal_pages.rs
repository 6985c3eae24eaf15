//! The whole of what the public reads of the fictional session, saved for the validators of `tests/linked_data`.
//!
//! With `BELFORT_PORTAL=folder` every public address is written there, with an index of addresses; without, the test
//! makes sure that the set is the one that they expect.

use belfort::council::publication::Asked;
use serde_json::json;

use crate::portal_stage::{BASE, approved, crawl, publish, retitle};
use crate::session_file::{decision_id, item_id};

#[tokio::test]
async fn all_that_is_public_can_be_saved_for_the_validators() {
    let (town, _) = approved(21);
    for asked in [Asked::Agenda, Asked::DecisionList, Asked::Minutes] {
        publish(&town, asked, "").unwrap();
    }
    for n in [1, 2, 3] {
        publish(&town, Asked::Extract(decision_id(n)), "").unwrap();
    }
    publish(&town, Asked::Regulation(decision_id(2)), "").unwrap();
    retitle(&town, item_id(4), "Heraanleg van de Markt");
    publish(&town, Asked::DecisionList, "De titel van punt 4 was fout.").unwrap();
    let mut index = serde_json::Map::new();
    let folder = std::env::var_os("BELFORT_PORTAL").map(std::path::PathBuf::from);
    for (n, (path, answer)) in crawl(&town, &[]).await.into_iter().enumerate() {
        let file = format!("{n:04}");
        let about = json!({
            "file": file,
            "status": answer.status.as_u16(),
            "type": answer.header("content-type"),
            "location": answer.header("location"),
        });
        if let Some(folder) = &folder {
            std::fs::write(folder.join(&file), &answer.bytes).unwrap();
        }
        index.insert(path, about);
    }
    let good = |path: &str| index.get(path).is_some_and(|about| about["status"] == 200);
    for path in ["/ldes", "/ldes/1", "/oparl", "/oparl/bodies/stad/papers", "/bekendmakingen.json"] {
        assert!(good(path), "{path}");
    }
    if let Some(folder) = &folder {
        let index = json!({ "base": BASE, "pages": index });
        std::fs::write(folder.join("index.json"), index.to_string()).unwrap();
    }
}
