use super::*;

#[test]
fn every_entrance_is_declared_once() {
    for (index, one) in TABLE.iter().enumerate() {
        let again = TABLE[..index].iter().any(|other| other.method == one.method && other.path == one.path);
        assert!(!again, "{} {}", one.method, one.path);
    }
}

#[test]
fn what_is_not_declared_is_refused() {
    assert_eq!(policy_of(&Method::DELETE, "/api/v1/events"), None);
    assert_eq!(policy_of(&Method::GET, "/api/v1/nothing"), None);
    assert_eq!(policy_of(&Method::HEAD, "/api/v1/me"), Some(Policy::SignedIn));
    assert_eq!(undeclared([(Method::GET, "/new-page")]), ["GET /new-page"]);
}

#[test]
fn stores_in_the_path_are_where_the_guard_looks() {
    for entrance in TABLE.iter().filter(|e| matches!(e.policy, Policy::May(_, On::StoreInPath))) {
        assert_eq!(store_in_path(entrance.path, entrance.path), Some("{store}"), "{}", entrance.path);
        assert!(!entrance.path.contains("{*"), "{}", entrance.path);
    }
    assert_eq!(store_in_path("/print/shelves/{store}", "/print/shelves/S001"), Some("S001"));
}
