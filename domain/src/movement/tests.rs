use super::*;

fn sku(text: &str) -> SkuCode {
    SkuCode::parse(text).expect("valid code")
}

#[test]
fn balanced_legs_pass_and_others_are_named() {
    let mut legs = carry(&sku("1"), 5, Place::Supplier, Place::BackRoom).to_vec();
    assert_eq!(check_legs(&legs), Ok(()));
    legs[0].units = -4;
    assert_eq!(check_legs(&legs), Err(MovementError::Unbalanced { sku: sku("1"), sum: 1 }));
    legs[0].units = 0;
    assert!(matches!(check_legs(&legs), Err(MovementError::Units { units: 0, .. })));
    legs[0].units = i64::MIN;
    assert!(matches!(check_legs(&legs), Err(MovementError::Units { .. })));
    assert_eq!(check_legs(&[]), Err(MovementError::Empty));
}

#[test]
fn each_kind_has_its_places() {
    let movement = |kind, from, to| Movement::new(kind, carry(&sku("1"), 5, from, to).to_vec());
    let fits = |kind, from, to| check_movement(&movement(kind, from, to)).is_ok();
    assert!(fits(MovementKind::Receipt, Place::Supplier, Place::BackRoom));
    assert!(!fits(MovementKind::Receipt, Place::CountVariance, Place::BackRoom), "goods come from somewhere");
    assert!(fits(MovementKind::CustomerReturn, Place::Customer, Place::Shrinkage));
    assert!(!fits(MovementKind::WriteOff, Place::BackRoom, Place::Customer), "a sale is no write-off");
    assert!(!fits(MovementKind::WriteOff, Place::Supplier, Place::Shrinkage));
    assert!(fits(MovementKind::Adjustment, Place::BackRoom, Place::CountVariance));
    assert!(fits(MovementKind::Adjustment, Place::CountVariance, Place::BackRoom));
}
