//! What somebody may mean who types a few letters.

use super::index::{subjects_like, tails};
use super::page::title;
use super::posting::tail_id;
use crate::store::{Database, Directory, Masters, StoreError};
use domain::id::{ShelfCode, StoreCode};
use domain::master::Product;
use domain::trace::{Subject, SubjectKind, Suggestion};

/// Suggestions of one kind.
const SUGGESTIONS: usize = 5;
/// Longest text that is looked for, in characters.
const TYPED_MAX: usize = 64;
/// Names that fit and that are looked up in one store, or in each of several.
const NAMES_MAX: usize = 200;
const NAMES_ACROSS_MAX: usize = 10;

/// What somebody may mean who types `typed`: items and shelves of the master data, and whatever occurs in the store's
/// ledger.
///
/// # Errors
/// When the database fails.
pub async fn suggestions(
    database: &Database,
    directory: &Directory,
    store: &StoreCode,
    typed: &str,
) -> Result<Vec<Suggestion>, StoreError> {
    let Some(typed) = Typed::of(typed) else { return Ok(Vec::new()) };
    let masters = directory.masters();
    let mut found = products(&masters, &typed);
    if let Some(master) = masters.store(store) {
        let is_like = |code: &ShelfCode| code.as_str().starts_with(&typed.upper);
        for shelf in master.shelves.iter().filter(|shelf| is_like(&shelf.code)).take(SUGGESTIONS) {
            found.extend(suggestion(SubjectKind::Shelf, shelf.code.as_str(), shelf.code.to_string()));
        }
    }
    found.extend(people(database, directory, std::slice::from_ref(store), &typed, NAMES_MAX).await?);
    for (kind, prefix) in [
        (SubjectKind::Document, typed.text),
        (SubjectKind::Stocktake, &*typed.upper),
        (SubjectKind::Device, &*typed.upper),
    ] {
        for (_, subject, _) in subjects_like(database, store, kind, prefix, SUGGESTIONS as i64).await? {
            found.extend(suggestion(kind, &subject.key, subject.key.clone()));
        }
    }
    Ok(found)
}

/// What means the same in every store: items, and people who have left a trace in one of these.
///
/// # Errors
/// When the database fails.
pub async fn suggestions_across(
    database: &Database,
    directory: &Directory,
    stores: &[StoreCode],
    typed: &str,
) -> Result<Vec<Suggestion>, StoreError> {
    let Some(typed) = Typed::of(typed) else { return Ok(Vec::new()) };
    let mut found = products(&directory.masters(), &typed);
    found.extend(people(database, directory, stores, &typed, NAMES_ACROSS_MAX).await?);
    Ok(found)
}

/// What was typed, as codes and as names are written.
struct Typed<'a> {
    text: &'a str,
    upper: String,
    lower: String,
}

impl<'a> Typed<'a> {
    fn of(typed: &'a str) -> Option<Self> {
        let text = typed.trim();
        let is_one = !text.is_empty() && text.chars().count() <= TYPED_MAX;
        is_one.then(|| Self { text, upper: text.to_uppercase(), lower: text.to_lowercase() })
    }
}

fn suggestion(kind: SubjectKind, key: &str, label: String) -> Option<Suggestion> {
    Some(Suggestion { subject: Subject::parse(kind.code(), key)?, label })
}

fn products(masters: &Masters, typed: &Typed<'_>) -> Vec<Suggestion> {
    let is_gtin = |product: &Product| {
        typed.text.len() >= 6 && product.barcodes.iter().any(|barcode| barcode.gtin.to_string().contains(typed.text))
    };
    let is_like = |product: &&Product| {
        product.sku.as_str().starts_with(&typed.upper)
            || product.name.to_lowercase().contains(&typed.lower)
            || is_gtin(product)
    };
    let like = masters.products().values().filter(is_like).take(SUGGESTIONS);
    like.filter_map(|product| {
        suggestion(SubjectKind::Product, product.sku.as_str(), format!("{} {}", product.name, product.sku))
    })
    .collect()
}

/// Of people only those who have left a trace there: whoever looks must not learn who else works for the chain.
async fn people(
    database: &Database,
    directory: &Directory,
    stores: &[StoreCode],
    typed: &Typed<'_>,
    n_max: usize,
) -> Result<Vec<Suggestion>, StoreError> {
    let (masters, people) = (directory.masters(), directory.people());
    let named: Vec<Subject> = people
        .iter()
        .filter(|(id, name)| name.to_lowercase().contains(&typed.lower) || id.as_str().starts_with(&typed.upper))
        .filter_map(|(id, _)| Subject::parse(SubjectKind::Person.code(), id.as_str()))
        .take(n_max)
        .collect();
    let wanted = stores.iter().flat_map(|store| named.iter().map(move |subject| tail_id(store, subject)));
    let mut here: Vec<Subject> =
        tails(database, wanted.collect()).await?.into_iter().map(|(_, subject, _)| subject).collect();
    here.sort();
    here.dedup();
    let here = here.into_iter().take(SUGGESTIONS);
    Ok(here.map(|subject| Suggestion { label: title(&masters, &people, &subject), subject }).collect())
}
