use super::*;
use crate::instant::{MINUTE_MS, Timestamp, ZoneOffset};
use crate::measure::{Figure, Measure, Unit};
use proptest::prelude::*;
use std::collections::BTreeMap;

const CHINA: ZoneOffset = ZoneOffset(480);
/// 2026-11-22 12:00 in China.
const NOON: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
const HOUR_MS: i64 = 60 * MINUTE_MS;

type Known = BTreeMap<Measure, Figure>;
/// A measure with another figure, or with none.
type Change = (Measure, Option<i64>);

fn known(figures: &[(Measure, i64)]) -> Known {
    figures.iter().map(|(measure, value)| (*measure, Figure::whole(*value))).collect()
}

fn value(measure: Measure, is: Is, value: i64) -> Condition {
    Condition::Compare(Compare { measure, is, than: Bound::Value(value) })
}

fn share(measure: Measure, is: Is, percent: u32, of: Measure) -> Condition {
    Condition::Compare(Compare { measure, is, than: Bound::Share { percent, of } })
}

fn rules() -> BTreeMap<String, Rule> {
    let owner = PersonId::parse("P1").expect("valid");
    shipped(&owner).into_iter().map(|rule| (rule.code.to_string(), rule)).collect()
}

fn rule(when: Condition) -> Rule {
    Rule { when, ..rules().remove("NEGATIVE-STOCK").expect("shipped") }
}

fn inbox() -> BTreeSet<String> {
    ["inbox".to_owned()].into()
}

fn mistakes(rule: &Rule) -> Vec<(String, MistakeKind)> {
    check(rule, &inbox()).into_iter().map(|mistake| (mistake.at, mistake.kind)).collect()
}

fn condition() -> impl Strategy<Value = Condition> {
    let measure = || prop::sample::select(Measure::ALL.to_vec());
    let is = || prop::sample::select(Is::ALL.to_vec());
    let leaf = prop_oneof![
        (measure(), is(), -3i64..9).prop_map(|(measure, is, bound)| value(measure, is, bound)),
        (measure(), is(), 1u32..300, measure()).prop_map(|(measure, is, percent, of)| share(measure, is, percent, of)),
    ];
    leaf.prop_recursive(4, 24, 4, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(part.clone(), 0..4).prop_map(Condition::Any),
            part.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

fn figures() -> impl Strategy<Value = Known> {
    let one = (prop::sample::select(Measure::ALL.to_vec()), -3i64..9);
    prop::collection::vec(one, 0..30).prop_map(|figures| known(&figures))
}

proptest! {
    #[test]
    fn logic_with_the_unknown_keeps_its_laws(a in condition(), b in condition(), figures in figures()) {
        let not = |part: &Condition| Condition::Not(Box::new(part.clone()));
        let all = |parts: [&Condition; 2]| Condition::All(parts.map(Clone::clone).to_vec());
        let any = |parts: [&Condition; 2]| Condition::Any(parts.map(Clone::clone).to_vec());
        let judge = |condition: &Condition| condition.judge(&figures);
        prop_assert_eq!(judge(&not(&not(&a))), judge(&a));
        prop_assert_eq!(judge(&not(&all([&a, &b]))), judge(&any([&not(&a), &not(&b)])), "De Morgan");
        prop_assert_eq!(judge(&all([&a, &b])), judge(&all([&b, &a])));
        prop_assert_eq!(judge(&all([&a, &any([&a, &b])])), judge(&a), "absorption");
        prop_assert_eq!(judge(&all([&a, &a])), judge(&a));
    }

    /// To learn more never turns what was known into something else.
    #[test]
    fn what_is_known_stays_so_when_more_is_known(condition in condition(), figures in figures(), more in figures()) {
        let before = condition.judge(&figures);
        let mut all = more;
        all.extend(figures);
        if before != Truth::Unknown {
            prop_assert_eq!(condition.judge(&all), before);
        }
    }

    /// The reasons alone, nothing else being known, make the condition true.
    #[test]
    fn reasons_are_enough(condition in condition(), figures in figures()) {
        let reasons = condition.reasons(&figures);
        if condition.judge(&figures) == Truth::True {
            let named: BTreeSet<Measure> = reasons.iter().flat_map(|reason| reason.compare.measures()).collect();
            let only: Known = figures.into_iter().filter(|(measure, _)| named.contains(measure)).collect();
            prop_assert_eq!(condition.judge(&only), Truth::True);
        } else {
            prop_assert!(reasons.is_empty());
        }
    }

    #[test]
    fn rules_survive_their_json(when in condition()) {
        let rule = rule(when);
        let json = serde_json::to_string(&rule).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Rule>(&json).expect("what was written is read"), rule);
    }

    /// What is said to be never or always true is so, whatever the figures.
    #[test]
    fn contradictions_and_tautologies_are_real(
        (is, other) in (prop::sample::select(Is::ALL.to_vec()), prop::sample::select(Is::ALL.to_vec())),
        (x, y) in (0i64..6, 0i64..6),
        measure in prop::sample::select(vec![Measure::OnHand, Measure::DaysOfCover]),
    ) {
        let parts = vec![value(measure, is, x), value(measure, other, y)];
        let quarters = (-40i64..40).filter(|n| !measure.is_whole() || n % 4 == 0);
        let truths: BTreeSet<(Truth, Truth)> = quarters
            .map(|n| {
                let figures = BTreeMap::from([(measure, Figure::ratio(n, 4))]);
                (Condition::All(parts.clone()).judge(&figures), Condition::Any(parts.clone()).judge(&figures))
            })
            .collect();
        let is_found = |when: Condition, wanted: fn(&MistakeKind) -> bool| {
            check(&rule(when), &inbox()).iter().any(|mistake| wanted(&mistake.kind))
        };
        let contradicts = is_found(Condition::All(parts.clone()), |kind| matches!(kind, MistakeKind::Contradiction { .. }));
        let covers = is_found(Condition::Any(parts.clone()), |kind| matches!(kind, MistakeKind::Tautology { .. }));
        prop_assert_eq!(contradicts, truths.iter().all(|(all, _)| *all == Truth::False));
        prop_assert_eq!(covers, truths.iter().all(|(_, any)| *any == Truth::True));
    }
}

#[test]
fn rules_are_stored_as_people_would_write_them() {
    let json = serde_json::to_string(&rules()["LOW-AND-RISING"]).expect("plain data");
    assert_eq!(
        json,
        concat!(
            r#"{"code":"LOW-AND-RISING","version":1,"#,
            r#""name":{"zh":"低于安全库存且销量上升","en":"Below safety stock and selling faster"},"#,
            r#""owner":"P1","state":"active","when":{"all":["#,
            r#"{"compare":{"measure":"available","is":"below","than":{"share":{"percent":100,"of":"safety_stock"}}}},"#,
            r#"{"compare":{"measure":"growth_3d","is":"above","than":{"value":30}}}]},"#,
            r#""reach":{"places":"chain","goods":"all"},"severity":"high","advice":"replenish","#,
            r#""tell":[{"role":"regional_manager","channels":["inbox"]}],"#,
            r#""quiet":{"from_min":1320,"to_min":420},"again_after_h":24}"#
        )
    );
    assert!(serde_json::from_str::<Rule>(&json.replace("\"below\"", "\"lower\"")).is_err());
    assert!(serde_json::from_str::<Rule>(&json.replace("\"measure\"", "\"meassure\"")).is_err());
}

/// Each case: the rule, figures that make it fire, and changes of one figure each that do not.
fn cases() -> Vec<(&'static str, Known, Vec<Change>)> {
    use Measure::*;
    vec![
        (
            "LOW-AND-RISING",
            known(&[(Available, 9), (SafetyStock, 10), (Growth3d, 31)]),
            vec![(Available, Some(10)), (Growth3d, Some(30)), (Growth3d, None), (SafetyStock, None)],
        ),
        (
            "OUT-STOCK-NEARBY",
            known(&[(OnHand, 0), (Sold28d, 3), (StockNearby, 1), (InTransit, 0)]),
            vec![
                (OnHand, Some(1)),
                (Sold28d, Some(0)),
                (StockNearby, Some(0)),
                (StockNearby, None),
                (InTransit, Some(6)),
                (InTransit, None),
            ],
        ),
        (
            "SLOW-MOVER",
            known(&[(OnHand, 40), (DaysSinceReceived, 61), (Sold28d, 5), (DaysOfCover, 224)]),
            vec![(OnHand, Some(0)), (DaysSinceReceived, Some(60)), (DaysOfCover, Some(90)), (DaysOfCover, None)],
        ),
        (
            "SLOW-MOVER",
            known(&[(OnHand, 1), (DaysSinceReceived, 61), (Sold28d, 0)]),
            vec![(Sold28d, Some(1)), (Sold28d, None)],
        ),
        (
            "EXPIRING-SOON",
            known(&[(OnHand, 9), (DaysToBestBefore, 7), (Sold28d, 10), (DaysOfCover, 25)]),
            vec![(OnHand, Some(0)), (DaysToBestBefore, Some(8)), (DaysToBestBefore, None), (DaysOfCover, Some(7))],
        ),
        ("EXPIRING-SOON", known(&[(OnHand, 9), (DaysToBestBefore, -1)]), vec![(DaysToBestBefore, Some(0))]),
        ("NEGATIVE-STOCK", known(&[(OnHand, -1)]), vec![(OnHand, Some(0)), (OnHand, None)]),
        (
            "COUNT-OVERDUE",
            known(&[(OnHand, 1), (DaysSinceCounted, 91)]),
            vec![(OnHand, Some(0)), (DaysSinceCounted, Some(90))],
        ),
    ]
}

#[test]
fn shipped_rules_fire_and_near_misses_do_not() {
    let rules = rules();
    let mut fired = BTreeSet::new();
    for (code, figures, misses) in cases() {
        let when = &rules[code].when;
        assert_eq!(when.judge(&figures), Truth::True, "{code}");
        fired.insert(code);
        for (measure, changed) in misses {
            let mut missed = figures.clone();
            match changed {
                Some(value) => missed.insert(measure, Figure::whole(value)),
                None => missed.remove(&measure),
            };
            assert_ne!(when.judge(&missed), Truth::True, "{code} with {measure:?} {changed:?}");
        }
    }
    assert_eq!(fired.len(), rules.len(), "each shipped rule is tried");
}

#[test]
fn shipped_rules_have_no_mistakes() {
    for (code, rule) in rules() {
        assert_eq!(check(&rule, &inbox()), [], "{code}");
    }
}

#[test]
fn a_firing_says_why_with_the_figures() {
    let (_, figures, _) = cases().remove(0);
    let reasons = rules()["LOW-AND-RISING"].when.reasons(&figures);
    let figures: Vec<_> = reasons.iter().map(|reason| (reason.compare.measure, reason.figure, reason.bound)).collect();
    assert_eq!(
        figures,
        [
            (Measure::Available, Figure::whole(9), Figure::whole(10)),
            (Measure::Growth3d, Figure::whole(31), Figure::whole(30)),
        ]
    );
    let out = known(&[(Measure::OnHand, 0), (Measure::Sold28d, 3), (Measure::StockNearby, 1), (Measure::InTransit, 0)]);
    let reasons = rules()["OUT-STOCK-NEARBY"].when.reasons(&out);
    assert_eq!(reasons.iter().map(|reason| reason.holds).collect::<Vec<_>>(), [true, true, true, false]);
}

#[test]
fn mistakes_are_pointed_at() {
    use Measure::*;
    let at = |when: Condition| mistakes(&rule(when));
    let one = |at: &str, kind: MistakeKind| vec![(at.to_owned(), kind)];
    assert_eq!(at(Condition::Any(Vec::new())), one("/when/any", MistakeKind::EmptyGroup));
    assert_eq!(
        at(Condition::All(vec![
            value(OnHand, Is::Below, 5),
            Condition::Not(Box::new(share(OnHand, Is::Below, 100, DaysOfCover)))
        ])),
        one("/when/all/1/not/compare/than/share/of", MistakeKind::Units { left: Unit::Pieces, right: Unit::Days })
    );
    assert_eq!(
        at(share(OnHand, Is::Below, 0, OnHand)),
        [
            ("/when/compare/than/share/of".to_owned(), MistakeKind::WithItself),
            ("/when/compare/than/share/percent".to_owned(), MistakeKind::Share { percent: 0 }),
        ]
    );
    assert_eq!(at(value(Sold7d, Is::Below, 0)), one("/when/compare/than/value", MistakeKind::NeverTrue));
    assert_eq!(at(value(SellThrough28d, Is::AtMost, 100)), one("/when/compare/than/value", MistakeKind::AlwaysTrue));
    assert_eq!(
        at(value(OnHand, Is::Below, i64::MIN)),
        one("/when/compare/than/value", MistakeKind::Value { value: i64::MIN })
    );
    assert_eq!(at(value(DaysOfCover, Is::Equal, 3)), one("/when/compare/is", MistakeKind::EqualRatio));
    assert_eq!(at(value(Visitors, Is::Above, 3)), one("/when", MistakeKind::OnlyStore));
    assert_eq!(
        at(Condition::All(vec![value(OnHand, Is::Above, 4), value(Sold7d, Is::Above, 1), value(OnHand, Is::Below, 5)])),
        one("/when/all/2", MistakeKind::Contradiction { with: "/when/all/0".into() })
    );
    assert_eq!(
        at(Condition::All(vec![value(DaysOfCover, Is::Above, 4), value(DaysOfCover, Is::Below, 5)])),
        [],
        "four and a half days"
    );
    assert_eq!(
        at(Condition::Any(vec![
            share(OnHand, Is::Below, 100, SafetyStock),
            share(OnHand, Is::AtLeast, 100, SafetyStock)
        ])),
        one("/when/any/1", MistakeKind::Tautology { with: "/when/any/0".into() })
    );
    let deep = (0..7).fold(value(OnHand, Is::Below, 1), |inner, _| Condition::Not(Box::new(inner)));
    assert_eq!(at(deep), one("/when/not/not/not/not/not/not", MistakeKind::TooDeep));
    let many = Condition::All((0..21).map(|n| value(OnHand, Is::Below, n)).collect());
    assert_eq!(at(many), one("/when", MistakeKind::TooMany { n: 21 }));
}

#[test]
fn mistakes_around_the_condition_are_pointed_at() {
    let mut wrong = rule(value(Measure::OnHand, Is::Below, 0));
    wrong.name.en = " ".into();
    wrong.version = 0;
    wrong.reach = Reach { places: Places::Regions(BTreeSet::new()), goods: Goods::Products(BTreeSet::new()) };
    wrong.tell.push(Telling { channels: ["fax".to_owned()].into(), ..wrong.tell[0].clone() });
    wrong.tell.push(Telling { role: Role::Auditor, channels: BTreeSet::new() });
    wrong.quiet = Some(QuietHours { from_min: 1_440, to_min: 0 });
    wrong.again_after_h = 0;
    assert_eq!(
        mistakes(&wrong),
        [
            ("/name/en", MistakeKind::Name),
            ("/version", MistakeKind::Version),
            ("/reach/places/regions", MistakeKind::NothingChosen),
            ("/reach/goods/products", MistakeKind::NothingChosen),
            ("/tell/1/role", MistakeKind::ToldTwice),
            ("/tell/1/channels", MistakeKind::UnknownChannel { channel: "fax".into() }),
            ("/tell/2/channels", MistakeKind::NoChannel),
            ("/quiet", MistakeKind::QuietHours),
            ("/again_after_h", MistakeKind::Again),
        ]
        .map(|(at, kind)| (at.to_owned(), kind))
    );
    wrong.tell.clear();
    assert!(mistakes(&wrong).contains(&("/tell".to_owned(), MistakeKind::NobodyTold)));
}

#[test]
fn a_rule_fires_once_until_it_may_again() {
    let rule = rule(value(Measure::OnHand, Is::Below, 0));
    let mut watch = Watch::default();
    let mut step = |hours: i64, truth| watch.step(&rule, truth, NOON.plus_ms(hours * HOUR_MS));
    assert_eq!(step(0, Truth::Unknown), None);
    assert_eq!(step(1, Truth::True), Some(Step::Raised));
    assert_eq!(step(2, Truth::True), None);
    assert_eq!(step(3, Truth::Unknown), None, "what nobody knows ends no warning");
    assert_eq!(step(25, Truth::True), Some(Step::Again), "a day later");
    assert_eq!(step(26, Truth::False), Some(Step::Cleared));
    assert_eq!(step(27, Truth::False), None);
    assert_eq!(step(28, Truth::True), None, "up and down around the bound");
    assert_eq!(step(49, Truth::True), Some(Step::Raised));
}

#[test]
fn quiet_hours_postpone_the_telling() {
    let told = |quiet: (u16, u16), minutes: i64| {
        let quiet = QuietHours { from_min: quiet.0, to_min: quiet.1 };
        quiet.tell_at(NOON.plus_ms(minutes * MINUTE_MS), CHINA).since(NOON) / MINUTE_MS
    };
    let night = (22 * 60, 7 * 60);
    assert_eq!(told(night, 0), 0);
    assert_eq!(told(night, 10 * 60 - 1), 10 * 60 - 1);
    assert_eq!(told(night, 10 * 60), 19 * 60, "at 22:00, told at 7:00");
    assert_eq!(told(night, 13 * 60), 19 * 60, "at 1:00, told the same morning");
    assert_eq!(told(night, 19 * 60), 19 * 60);
    assert_eq!(told((11 * 60, 13 * 60), 30), 60);
}

#[test]
fn a_rule_looks_where_it_reaches() {
    let mut rule = rule(value(Measure::OnHand, Is::Below, 0));
    let (store, region) = (StoreCode::parse("S001").expect("valid"), RegionCode::parse("R1").expect("valid"));
    let (sku, category) = (SkuCode::parse("1").expect("valid"), CategoryCode::parse("C1").expect("valid"));
    let line = Line { store: &store, region: &region, sku: &sku, category: &category };
    let figures = known(&[(Measure::OnHand, -1)]);
    assert_eq!(rule.judge(line, &figures), Some(Truth::True));
    let other = RegionCode::parse("R2").expect("valid");
    for (places, goods, reaches) in [
        (Places::Regions([region.clone(), other.clone()].into()), Goods::All, true),
        (Places::Regions([other].into()), Goods::All, false),
        (Places::Stores([store.clone()].into()), Goods::Categories([category.clone()].into()), true),
        (Places::Chain, Goods::Products([sku.clone()].into()), true),
        (Places::Chain, Goods::Products([SkuCode::parse("2").expect("valid")].into()), false),
    ] {
        rule.reach = Reach { places, goods };
        assert_eq!(rule.judge(line, &figures).is_some(), reaches, "{:?}", rule.reach);
    }
    rule.reach = Reach::default();
    rule.state = RuleState::Paused;
    assert_eq!(rule.judge(line, &figures), None);
}
