use super::*;
use crate::id::SkuCode;
use crate::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use crate::measure::Around;
use crate::signal::{DayMoves, Effect, EffectKind, Signals};
use proptest::prelude::*;

const CHINA: ZoneOffset = ZoneOffset(480);
const NOON: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

fn line(moves: &[(i64, DayMoves)]) -> Signals {
    let mut signals = Signals::default();
    for (days_ago, moves) in moves {
        let at = NOON.plus_ms(-days_ago * DAY_MS);
        let effect = Effect { sku: SkuCode::parse("1").expect("valid"), at, kind: EffectKind::Moved(*moves) };
        signals.take(&effect, CHINA);
    }
    signals
}

fn received(units: Units) -> DayMoves {
    DayMoves { received_units: units, net_units: units, ..DayMoves::default() }
}

fn sold(units: Units) -> DayMoves {
    DayMoves { sold_units: units, net_units: -units, ..DayMoves::default() }
}

fn lost(units: Units) -> DayMoves {
    DayMoves { lost_units: units, net_units: -units, ..DayMoves::default() }
}

fn cell(signals: &Signals) -> HeatCell {
    let day = Day::at(NOON, CHINA);
    HeatCell::of_line(&Reading { signals, around: Around::default(), day }, 500)
}

fn value(layer: HeatLayer, goods: HeatCell) -> Option<f64> {
    layer.value(&Heat { goods, store: StoreHeat::default() })
}

#[test]
fn a_category_is_the_sum_of_its_lines() {
    let mut together = cell(&line(&[(40, received(100)), (10, sold(30)), (2, sold(20)), (1, lost(1))]));
    together.add(&cell(&line(&[(40, received(20)), (5, sold(20))])));
    assert_eq!((together.n_lines, together.n_out, together.on_hand_units), (2, 1, 49));
    assert_eq!(value(HeatLayer::Cover, together), Some(49.0 * 28.0 / 70.0));
    assert_eq!(value(HeatLayer::OutOfStock, together), Some(0.5));
    assert_eq!(value(HeatLayer::Shrinkage, together), Some(1.0 / 70.0));
    assert_eq!(value(HeatLayer::Growth, together), None, "20 against 20 pieces cannot be told from chance");
    together.add(&cell(&line(&[(40, received(200)), (1, sold(60)), (5, sold(20))])));
    assert_eq!(value(HeatLayer::Growth, together), Some(1.0));
}

#[test]
fn a_young_line_is_taken_for_what_it_sells_in_four_weeks() {
    assert_eq!(cell(&line(&[(14, received(100)), (3, sold(10))])).sold_28d_units, 20);
    assert_eq!(cell(&line(&[(6, received(100)), (3, sold(10))])).sold_28d_units, 0);
    assert_eq!(cell(&Signals::default()), HeatCell::default());
}

#[test]
fn today_is_compared_with_what_is_usual_by_now() {
    let today = HeatCell::of_today(15, Some(Figure::whole(10)));
    assert_eq!(value(HeatLayer::SalesNow, today), Some(0.5));
    assert_eq!(value(HeatLayer::SalesNow, HeatCell::of_today(15, None)), None);
}

#[test]
fn stores_add_up_per_store() {
    let one = StoreHeat {
        n_stores: 1,
        visitors: 90,
        usual_visitors_tenths: 1_000,
        n_receipts: 30,
        n_open_transfers: 4,
        n_overdue: 1,
    };
    let mut both = one;
    both.add(&StoreHeat { n_stores: 1, ..StoreHeat::default() });
    let heat = Heat { goods: HeatCell::default(), store: both };
    assert_eq!(HeatLayer::OpenTransfers.value(&heat), Some(2.0));
    assert_eq!(HeatLayer::Overdue.value(&heat), Some(0.5));
    assert_eq!(HeatLayer::Conversion.value(&heat), Some(1.0 / 3.0));
    assert!(HeatLayer::Footfall.value(&heat).is_some_and(|share| (share + 0.1).abs() < 1e-9));
}

#[test]
fn positions_stay_on_the_scale() {
    assert_eq!(Scale::Rising(28.0).position(14.0), 0.5);
    assert_eq!(Scale::Rising(28.0).position(-1.0), 0.0);
    assert_eq!(Scale::Diverging(0.5).position(0.0), 0.5);
    assert_eq!(Scale::Diverging(0.5).position(9.0), 1.0);
    assert!(HeatLayer::ALL.iter().all(|layer| layer.position(&Heat::default()).is_none()), "nothing has no colour");
    assert_eq!(HeatLayer::ALL.map(|layer| HeatLayer::from_code(layer.code())), HeatLayer::ALL.map(Some));
}

#[test]
fn two_hundred_thousand_cells_are_few_megabytes() {
    assert!(200_000 * size_of::<(u64, HeatCell)>() <= 16 << 20, "{}", size_of::<(u64, HeatCell)>());
}

#[test]
fn older_changes_do_not_undo_newer_ones() {
    let cell = |n_lines| HeatCell { n_lines, ..HeatCell::default() };
    let update = |version, cells: &[(u32, u32)], n_overdue: Option<u32>| HeatUpdate {
        store: StoreCode::parse("S001").expect("valid"),
        version,
        whole: n_overdue.map(|n_overdue| StoreHeat { n_overdue, ..StoreHeat::default() }),
        cells: cells.iter().map(|(column, n)| (*column, cell(*n))).collect(),
    };
    let updates = [update(1, &[(0, 10), (1, 11)], Some(1)), update(2, &[(0, 20)], None), update(3, &[(9, 1)], Some(3))];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut row = HeatRow {
            store: StoreCode::parse("S001").expect("valid"),
            region: RegionCode::parse("R1").expect("valid"),
            whole: (0, StoreHeat::default()),
            cells: vec![(0, HeatCell::default()); 2],
        };
        order.into_iter().for_each(|index: usize| row.apply(&updates[index]));
        assert_eq!(row.cells, [(2, cell(20)), (1, cell(11))]);
        assert_eq!(row.whole.1.n_overdue, 3);
        assert_eq!(row.together(|column| column == 1).goods, cell(11));
    }
}

#[test]
fn only_what_has_changed_is_told() {
    let cell = |n_lines| HeatCell { n_lines, ..HeatCell::default() };
    let row = HeatRow {
        store: StoreCode::parse("S001").expect("valid"),
        region: RegionCode::parse("R1").expect("valid"),
        whole: (4, StoreHeat { n_overdue: 2, ..StoreHeat::default() }),
        cells: vec![(3, cell(30)), (7, cell(70)), (5, cell(50))],
    };
    assert_eq!(row.since(7, 9), None);
    let told = row.since(4, 9).expect("two cells");
    assert_eq!((told.whole, &told.cells), (None, &vec![(1, cell(70)), (2, cell(50))]));
    let empty = (0, HeatCell::default());
    let mut page = HeatRow { whole: (4, row.whole.1), cells: vec![(3, cell(30)), empty, empty], ..row.clone() };
    page.apply(&told);
    assert_eq!(page.together(|_| true), row.together(|_| true));
}

proptest! {
    /// Changing lines one after the other gives what adding them up afresh gives.
    #[test]
    fn cells_changed_are_cells_added_up(
        changes in prop::collection::vec((0usize..4, 0i64..60, 1i64..50, 0u8..3), 0..40)
    ) {
        let mut lines: [Vec<(i64, DayMoves)>; 4] = Default::default();
        let mut changed = HeatCell::default();
        for (index, days_ago, units, kind) in changes {
            let before = cell(&line(&lines[index]));
            lines[index].push((days_ago, [received, sold, lost][usize::from(kind)](units)));
            changed.replace(&before, &cell(&line(&lines[index])));
        }
        let mut afresh = HeatCell::default();
        lines.iter().for_each(|moves| afresh.add(&cell(&line(moves))));
        prop_assert_eq!(changed, afresh);
    }
}

#[test]
fn a_cell_is_sent_as_its_figures_and_read_back() {
    let whole = HeatCell {
        n_lines: 1,
        n_out: 2,
        on_hand_units: 3,
        sold_28d_units: 4,
        sold_3d_units: 5,
        sold_before_units: 6,
        sold_today_units: 7,
        usual_tenths: 8,
        lost_minor: -9,
        sold_minor: 10,
    };
    let sent = serde_json::to_string(&whole).expect("plain data");
    assert_eq!(sent, "[1,2,3,4,5,6,7,8,-9,10]");
    assert_eq!(serde_json::from_str::<HeatCell>(&sent).expect("as written"), whole);
}

#[test]
fn a_day_that_is_over_is_compared_with_its_weekday_before() {
    let day = Day::at(NOON, CHINA).plus_days(-2);
    let lines =
        [line(&[(23, sold(4)), (16, sold(10)), (9, sold(20)), (2, sold(24))]), line(&[(2, sold(3)), (1, sold(99))])];
    let past = HeatCell::of_past_day(&lines, day);
    assert_eq!((past.sold_today_units, past.usual_tenths), (27, 113), "three weeks are known: 34 pieces");
    assert_eq!(HeatCell::of_past_day(&lines[1..], day), HeatCell::default(), "nothing is usual in the first week");
}

#[test]
fn two_days_differ_by_their_values() {
    let of = |on_hand_units| Heat {
        goods: HeatCell { on_hand_units, sold_28d_units: 28, ..HeatCell::default() },
        store: StoreHeat::default(),
    };
    let layer = HeatLayer::Cover;
    assert_eq!(layer.difference(&of(3), &of(10)), Some(-7.0));
    assert_eq!(layer.difference(&of(3), &Heat::default()), None);
    assert_eq!(layer.difference_scale().position(-7.0), 0.25, "half of four weeks down is the end");
}
