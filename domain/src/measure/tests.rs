use super::*;
use crate::id::SkuCode;
use crate::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use crate::signal::{DayMoves, Effect, EffectKind, Signals};
use proptest::prelude::*;

const CHINA: ZoneOffset = ZoneOffset(480);
const NOON: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

fn effect(days_ago: i64, kind: EffectKind) -> Effect {
    Effect { sku: SkuCode::parse("1").expect("valid"), at: NOON.plus_ms(-days_ago * DAY_MS), kind }
}

fn sold(days_ago: i64, units: Units) -> Effect {
    let moves = DayMoves { sold_units: units, net_units: -units, ..DayMoves::default() };
    effect(days_ago, EffectKind::Moved(moves))
}

fn received(days_ago: i64, units: Units) -> Effect {
    let moves = DayMoves { received_units: units, net_units: units, ..DayMoves::default() };
    effect(days_ago, EffectKind::Moved(moves))
}

fn line(effects: &[Effect]) -> Signals {
    let mut signals = Signals::default();
    effects.iter().for_each(|effect| signals.take(effect, CHINA));
    signals
}

fn read(signals: &Signals, days_ago: i64, measure: Measure) -> Option<Figure> {
    let day = Day::at(NOON, CHINA).plus_days(-days_ago);
    Reading { signals, around: Around::default(), day }.figure(measure)
}

#[test]
fn codes_are_what_rules_are_stored_with() {
    for measure in Measure::ALL {
        assert_eq!(serde_json::to_value(measure).expect("text"), measure.code());
        assert_eq!(Measure::from_code(measure.code()), Some(measure));
    }
}

#[test]
fn figures_compare_by_worth_and_are_rounded_only_to_be_shown() {
    assert!(Figure::ratio(301, 10) > Figure::whole(30));
    assert_eq!(Figure::ratio(60, 2), Figure::whole(30));
    assert_eq!(Figure::whole(40).percent(150), Figure::whole(60));
    assert_eq!([Figure::ratio(1, 3), Figure::ratio(-1, 20), Figure::ratio(1, 40)].map(Figure::tenths), [3, -1, 0]);
    assert!(serde_json::from_str::<Figure>("[1,0]").is_err());
}

#[test]
fn growth_needs_numbers() {
    let percent = |now, before| growth(now, before).map(Figure::tenths);
    assert_eq!(percent(2, 1), None, "+100 % of one piece");
    assert_eq!(percent(4, 0), None, "by chance once in 16");
    assert_eq!(percent(5, 0), Some(4_000), "by chance once in 32; measured against one piece");
    assert_eq!(percent(6, 1), None);
    assert_eq!(percent(7, 1), Some(6_000));
    assert_eq!(percent(13, 10), None, "+30 % of ten pieces");
    assert_eq!(percent(30, 15), Some(1_000));
    assert_eq!(percent(104, 80), Some(300));
    assert_eq!(percent(1_005, 1_000), Some(5), "known to be small");
    assert_eq!(percent(0, 20), Some(-1_000));
    assert_eq!(percent(0, 0), None);
    assert_eq!(percent(Units::MAX, 0).map(|tenths| tenths > 0), Some(true));
}

#[test]
fn spans_are_full_days_before_today() {
    let known = line(&[received(30, 500), sold(0, 7), sold(1, 10), sold(3, 20), sold(4, 5), sold(6, 5), sold(28, 2)]);
    let whole = |measure| read(&known, 0, measure).expect("known");
    assert_eq!(whole(Measure::OnHand), Figure::whole(451));
    assert_eq!(whole(Measure::SoldToday), Figure::whole(7));
    assert_eq!(whole(Measure::Sold1d), Figure::whole(10));
    assert_eq!(whole(Measure::Sold3d), Figure::whole(30));
    assert_eq!(whole(Measure::Sold28d), Figure::whole(42));
    assert_eq!(whole(Measure::Growth3d), Figure::whole(200));
    assert_eq!(whole(Measure::DaysOfCover), Figure::ratio(451 * 28, 42));
    assert_eq!(whole(Measure::SellThrough28d), Figure::ratio(4_200, 42 + 451));
    assert_eq!(whole(Measure::DaysSinceReceived), Figure::whole(30));
    assert_eq!(read(&known, 2, Measure::OnHand), Some(Figure::whole(468)), "as it was at the end of that day");
    assert_eq!(read(&known, 2, Measure::DaysSinceMoved), Some(Figure::whole(1)));
}

#[test]
fn what_nobody_can_know_is_unknown() {
    let young = line(&[received(5, 50), sold(1, 9)]);
    assert_eq!(read(&young, 0, Measure::Sold3d), Some(Figure::whole(9)));
    for unknown in [Measure::Sold7d, Measure::Growth3d, Measure::DaysOfCover, Measure::SafetyStock] {
        assert_eq!(read(&young, 0, unknown), None, "{unknown:?}");
    }
    assert_eq!(read(&young, 0, Measure::DaysSinceCounted), Some(Figure::whole(5)), "never counted, since it came");
    let idle = line(&[received(60, 50)]);
    assert_eq!(read(&idle, 0, Measure::Sold28d), Some(Figure::whole(0)), "nothing sold is known too");
    assert_eq!(read(&idle, 0, Measure::DaysOfCover), None, "what never sells covers no number of days");
}

#[test]
fn footfall_is_measured_against_the_usual() {
    let around = Around {
        visitors: Some(150),
        usual_visitors: Some(Figure::ratio(400, 4)),
        n_receipts: Some(30),
        ..Around::default()
    };
    let reading = Reading { signals: &Signals::default(), around, day: Day::at(NOON, CHINA) };
    assert_eq!(reading.figure(Measure::FootfallIndex), Some(Figure::whole(150)));
    assert_eq!(reading.figure(Measure::Conversion), Some(Figure::whole(20)));
}

proptest! {
    #[test]
    fn from_enough_pieces_on_growth_of_30_percent_is_beyond_chance(before in 0i64..2_000, more in 0i64..2_000) {
        let now = before + before * 3 / 10 + 1 + more;
        if now + before >= GROWTH_UNITS_SURE {
            let beyond = i128::from(now - before - 1);
            prop_assert!(beyond * beyond * 1_000_000 > 2_706_025 * i128::from(now + before));
        }
    }

    /// What is kept of each day is what adding up single movements gives, in whatever order they arrive.
    #[test]
    fn measures_are_those_computed_from_scratch(
        (told, shuffled) in prop::collection::vec((0i64..200, 1i64..30, 0u8..3), 1..60)
            .prop_flat_map(|story| (Just(story.clone()), Just(story).prop_shuffle())),
        days_ago in 0i64..90,
    ) {
        let effects = |story: &[(i64, i64, u8)]| -> Vec<Effect> {
            let one = |(ago, units, kind): &(i64, i64, u8)| match kind {
                0 => received(*ago, *units),
                1 => sold(*ago, *units),
                _ => effect(*ago, EffectKind::Counted),
            };
            story.iter().map(one).collect()
        };
        let signals = line(&effects(&told));
        prop_assert_eq!(&signals, &line(&effects(&shuffled)));

        let moved: Vec<_> = told.iter().filter(|(_, _, kind)| *kind < 2).collect();
        let sold_in = |from: i64, to: i64| -> i64 {
            moved.iter().filter(|(ago, _, kind)| *kind == 1 && (from..=to).contains(ago)).map(|(_, units, _)| units).sum()
        };
        let on_hand: i64 = moved
            .iter()
            .filter(|(ago, _, _)| *ago >= days_ago)
            .map(|(_, units, kind)| if *kind == 0 { *units } else { -units })
            .sum();
        let latest = moved.iter().map(|(ago, _, _)| *ago).min();
        let is_kept = latest.is_none_or(|latest| days_ago < latest + crate::signal::DAYS_KEPT - 28);
        if is_kept {
            prop_assert_eq!(read(&signals, days_ago, Measure::OnHand), Some(Figure::whole(on_hand)));
            let oldest = moved.iter().map(|(ago, _, _)| *ago).max();
            for (measure, n) in [(Measure::Sold1d, 1), (Measure::Sold3d, 3), (Measure::Sold7d, 7), (Measure::Sold28d, 28)] {
                let is_known = oldest.is_some_and(|oldest| oldest >= days_ago + n);
                let expected = is_known.then(|| Figure::whole(sold_in(days_ago + 1, days_ago + n)));
                prop_assert_eq!(read(&signals, days_ago, measure), expected);
            }
        }
    }
}

#[test]
fn days_without_stock_say_nothing_of_demand() {
    use crate::demand::SalesDay::{Open, OutOfStock};
    let signals = line(&[received(5, 3), sold(4, 3), received(1, 6), sold(0, 2)]);
    let today = Day::at(NOON, CHINA);
    assert_eq!(signals.sales_days(today.plus_days(-1), 90), [Open(0), Open(3), OutOfStock, OutOfStock, Open(0)]);
    assert_eq!(signals.sales_days(today, 2), [Open(0), Open(2)]);
}
