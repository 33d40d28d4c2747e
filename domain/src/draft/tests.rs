use super::*;
use crate::id::StoreCode;
use crate::master::{OrderLine, PurchaseOrder};
use crate::movement::check_movement;

fn sku(text: &str) -> SkuCode {
    SkuCode::parse(text).expect("valid code")
}

fn key(text: &str) -> DraftKey {
    (sku(text), None)
}

fn shelf(text: &str) -> ShelfCode {
    ShelfCode::parse(text).expect("valid code")
}

fn draft(kind: MovementKind, lines: &[(&str, Units)]) -> Draft {
    let mut draft = Draft::new(kind);
    for (sku_text, units) in lines {
        draft.add(&sku(sku_text), None, *units, Some(&shelf("A-01"))).expect("few pieces");
    }
    draft
}

fn sale(lines: &[(&str, Units, Units, i64)]) -> SaleFound {
    let lines = lines.iter().map(|(text, sold_units, returned_units, paid_minor)| SoldLine {
        sku: sku(text),
        sold_units: *sold_units,
        returned_units: *returned_units,
        paid_minor: *paid_minor,
    });
    SaleFound { sale: EventId::MIN, document: "T-1".to_owned(), sold_at: Timestamp::default(), lines: lines.collect() }
}

#[test]
fn every_kind_becomes_a_movement_of_its_kind() {
    for kind in MovementKind::ALL {
        let mut draft = draft(kind, &[("1", 3), ("2", 1), ("1", 2)]);
        draft.document = Some(" D-1 ".to_owned());
        draft.reason = kind.reasons().first().copied();
        draft.photos = vec![PhotoId::of(b"x")];
        let movements = draft.movements().expect("complete");
        assert_eq!(movements.len(), 1, "{kind:?}");
        assert_eq!(check_movement(&movements[0]), Ok(()), "{kind:?}");
        assert_eq!(movements[0].units_moved().values().sum::<Units>(), 6);
        assert_eq!(movements[0].document.as_deref(), Some("D-1"));
    }
}

#[test]
fn what_is_missing_is_asked_for_in_order() {
    assert_eq!(Draft::new(MovementKind::Receipt).missing(), [Missing::Document, Missing::Lines]);
    assert_eq!(Draft::new(MovementKind::WriteOff).missing(), [Missing::Lines, Missing::Place, Missing::Reason]);
    assert_eq!(draft(MovementKind::CustomerReturn, &[("1", 1)]).missing(), [Missing::Reason, Missing::Photo]);
    let mut moved = draft(MovementKind::Relocation, &[("1", 1)]);
    assert_eq!(moved.missing(), []);
    moved.place = moved.to.clone();
    assert_eq!(moved.missing(), [Missing::Elsewhere]);
    assert!(moved.movements().is_err());
    moved.note = "长".repeat(TEXT_MAX_CHARS + 1);
    assert_eq!(moved.missing(), [Missing::Elsewhere, Missing::ShorterText]);
}

#[test]
fn the_first_item_says_where_it_stands() {
    assert_eq!(draft(MovementKind::Sale, &[("1", 1)]).place, Some(Place::Shelf(shelf("A-01"))));
    let refill = draft(MovementKind::Relocation, &[("1", 1)]);
    assert_eq!(refill.route(), (Some(Place::BackRoom), Some(Place::Shelf(shelf("A-01")))));
    let mut unplanned = Draft::new(MovementKind::WriteOff);
    unplanned.add(&sku("9"), None, 1, None).expect("one piece");
    assert_eq!(unplanned.place, Some(Place::BackRoom));
    let mut chosen = Draft::new(MovementKind::Sale);
    chosen.place = Some(Place::BackRoom);
    chosen.add(&sku("1"), None, 1, Some(&shelf("A-01"))).expect("one piece");
    assert_eq!(chosen.place, Some(Place::BackRoom), "what was chosen stays");
}

#[test]
fn lots_are_lines_of_their_own_and_stay_with_their_pieces() {
    let lot = |day: &str| Some(Lot { best_before: Some(day.parse().expect("a day")), batch: None });
    let mut draft = draft(MovementKind::SupplierReturn, &[]);
    draft.reason = Some(Reason::Expired);
    draft.add(&sku("1"), lot("2026-12-01"), 2, None).expect("few");
    draft.add(&sku("1"), lot("2026-12-09"), 3, None).expect("few");
    draft.add(&sku("1"), lot("2026-12-01"), 1, None).expect("few");
    let movement = draft.movements().expect("complete").remove(0);
    let out: Vec<_> = movement.legs.iter().filter(|leg| leg.units < 0).map(|leg| (leg.units, &leg.lot)).collect();
    assert_eq!(out, [(-3, &lot("2026-12-01")), (-3, &lot("2026-12-09"))]);
}

#[test]
fn each_step_can_be_taken_back() {
    let mut draft = draft(MovementKind::Sale, &[("1", 2), ("2", 5)]);
    let begun = draft.lines().to_vec();
    draft.set_units(&key("1"), 0).expect("0 takes it away");
    draft.set_units(&key("2"), 9).expect("few");
    assert_eq!(draft.lines().len(), 1);
    assert_eq!((draft.undo(), draft.undo()), (Some(key("2")), Some(key("1"))));
    assert_eq!(draft.lines(), begun, "in the same order");
    assert_eq!((draft.undo(), draft.undo(), draft.undo()), (Some(key("2")), Some(key("1")), None));
    assert!(draft.lines().is_empty() && !draft.can_undo());
}

#[test]
fn no_more_moves_than_can_be() {
    let mut draft = draft(MovementKind::Sale, &[("1", UNITS_MAX)]);
    assert_eq!(draft.add(&sku("1"), None, 1, None), Err(DraftError::TooMany));
    let lot = Some(Lot { best_before: None, batch: Some("B".to_owned()) });
    assert_eq!(draft.add(&sku("1"), lot, 1, None), Err(DraftError::TooMany), "another lot is the same item");
    assert_eq!(draft.set_units(&key("1"), -1), Err(DraftError::TooMany));
    assert_eq!(draft.n_units(), UNITS_MAX);
}

#[test]
fn no_more_comes_back_than_was_sold_and_for_no_more_than_was_paid() {
    let mut back = draft(MovementKind::CustomerReturn, &[("1", 5), ("3", 1)]);
    back.take_sale(sale(&[("1", 4, 1, 990), ("2", 1, 1, 500)]));
    assert_eq!((back.units_of(&sku("1")), back.units_of(&sku("3"))), (3, 0), "cut down to the receipt");
    let add = |draft: &mut Draft, text: &str| draft.add(&sku(text), None, 1, None);
    assert_eq!(add(&mut back, "1"), Err(DraftError::MoreThanSold { left: 3 }));
    assert_eq!(add(&mut back, "2"), Err(DraftError::MoreThanSold { left: 0 }));
    assert_eq!(add(&mut back, "3"), Err(DraftError::NotSold));
    assert_eq!(back.set_price(&sku("1"), 991), Err(DraftError::Price { paid_minor: 990 }));
    assert_eq!(back.price_minor(&sku("1")), Some(990), "what was paid, unless somebody says less");
    assert_eq!(back.set_price(&sku("1"), 900), Ok(()));
    back.set_damaged(&key("1"), 1);
    back.reason = Some(Reason::Damaged);
    back.photos = vec![PhotoId::of(b"x")];
    let movement = back.movements().expect("complete").remove(0);
    let into =
        |place: &Place| -> Units { movement.legs.iter().filter(|leg| leg.place == *place).map(|leg| leg.units).sum() };
    assert_eq!((into(&Place::BackRoom), into(&Place::Shrinkage), into(&Place::Customer)), (2, 1, -3));
    assert_eq!((movement.cites, movement.prices.get(&sku("1"))), (Some(EventId::MIN), Some(&900)));
}

#[test]
fn damaged_goods_are_received_and_go_straight_back() {
    let mut receipt = draft(MovementKind::Receipt, &[("1", 12), ("2", 6)]);
    receipt.document = Some("PO-1".to_owned());
    receipt.set_damaged(&key("1"), 2);
    receipt.photos = vec![PhotoId::of(b"x")];
    let movements = receipt.movements().expect("complete");
    assert_eq!(
        movements.iter().map(|m| m.kind).collect::<Vec<_>>(),
        [MovementKind::Receipt, MovementKind::SupplierReturn]
    );
    assert_eq!(movements[0].units_moved().values().sum::<Units>(), 18, "all of it came");
    let back = &movements[1];
    assert_eq!((back.reason, back.document.as_deref()), (Some(Reason::Damaged), Some("PO-1")));
    assert_eq!(back.units_moved().into_iter().collect::<Vec<_>>(), [(&sku("1"), 2)]);
    assert_eq!(check_movement(back), Ok(()));
    assert_eq!((movements[0].photos.len(), back.photos.len()), (0, 1), "the photo shows the damage");
}

#[test]
fn over_and_short_are_told_line_by_line() {
    let order = OpenOrder {
        order: PurchaseOrder {
            number: "PO-1".to_owned(),
            store: StoreCode::parse("S001").expect("valid"),
            supplier: "厂家".to_owned(),
            due: "2026-12-01".parse().expect("a day"),
            lines: [("1", 10), ("2", 4), ("1", 2)].map(|(text, units)| OrderLine { sku: sku(text), units }).to_vec(),
        },
        received: BTreeMap::from([(sku("1"), 5)]),
    };
    let receipt = draft(MovementKind::Receipt, &[("1", 8), ("3", 1)]);
    let lines = receipt.against(&order);
    let told: Vec<_> = lines.iter().map(|line| (line.sku.as_str(), line.ordered_units, line.difference())).collect();
    assert_eq!(told, [("1", 12, 1), ("2", 4, -4), ("3", 0, 1)]);
}

#[test]
fn a_draft_survives_as_text() {
    let mut draft = draft(MovementKind::CustomerReturn, &[("1", 2)]);
    draft.take_sale(sale(&[("1", 4, 0, 990)]));
    draft.set_price(&sku("1"), 500).expect("less than paid");
    let json = serde_json::to_string(&draft).expect("plain data");
    assert_eq!(serde_json::from_str::<Draft>(&json).expect("reads back"), draft);
}
