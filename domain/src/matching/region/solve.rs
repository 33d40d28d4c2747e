//! Makes a plan: a transport problem for each item, joined by the parcels that items share.
//!
//! For one item it is a flow of least cost: pieces on each route, up to each source's surplus and each store's want, the
//! sales a want brings falling with every further piece. Everything is whole numbers, and the optimum exact. What a
//! parcel costs whatever is in it joins the items; it is spread over the pieces that the route carried in the round
//! before, and the items are solved again: dynamic slope scaling (Kim and Pardalos, Operations Research Letters 24
//! (1999) 195–203). In the end a parcel that costs more than it saves is left at home.

use super::crew::{Alone, Crew, Stopped, map};
use super::sheet::{Index, Indexed, Sheet};
use super::{Fault, Item, Region, Shipment};
use crate::demand::{Distribution, nearest_units, pieces};
use crate::id::{SkuCode, StoreCode};
use crate::matching::propose::barrier;
use crate::matching::{Reason, Route, Source, Want};
use crate::movement::Units;
use ac_library::MinCostFlowGraph;
use std::collections::{BTreeMap, BTreeSet};

/// The nearest sources that a want is offered: farther ones are hardly ever worth their way.
const SOURCES_MAX: usize = 6;
/// Rounds of spreading the parcels' cost.
const N_ROUNDS: usize = 2;
/// A want's sales are told in so many steps, each as steep as its pieces are on average.
const N_STEPS: Units = 3;
/// In so many stages a plan is made, each with at most one job an item: so a crew knows how far it is.
pub const N_STAGES: usize = 1 + N_ROUNDS;

/// The lines that shall stay cannot, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the lines to keep cannot all be kept: correct the {} faults first", .0.len())]
pub struct KeptError(pub Vec<Fault>);

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SolveError {
    /// What shall stay cannot.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// The crew was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// From and to, as numbers of the region's stores.
type Parcel = (usize, usize);

/// A plan for the region that keeps the lines in `kept` as they are and adds what is worth it.
///
/// Deterministic, and never at fault by [`super::check`]. Every parcel it adds brings more than it costs.
///
/// # Errors
/// When `kept` itself is at fault.
pub fn solve(region: &Region, kept: &[Shipment]) -> Result<Vec<Shipment>, KeptError> {
    match solve_with(region, kept, &Alone) {
        Ok(plan) => Ok(plan),
        Err(SolveError::Kept(error)) => Err(error),
        Err(SolveError::Stopped(Stopped)) => unreachable!("nobody stops one who works alone"),
    }
}

/// The same plan, made by a crew.
///
/// # Errors
/// When `kept` itself is at fault, or the crew was told to stop.
pub fn solve_with(region: &Region, kept: &[Shipment], crew: &dyn Crew) -> Result<Vec<Shipment>, SolveError> {
    if !kept.is_empty() {
        let faults = super::check(region, kept);
        if !faults.is_empty() {
            return Err(KeptError(faults).into());
        }
    }
    let (index, ways) = (Index::of(region), Ways::of(region));
    let mut kept_of: BTreeMap<&SkuCode, Vec<&Shipment>> = BTreeMap::new();
    for line in kept {
        kept_of.entry(&line.sku).or_default().push(line);
    }
    // By code, because of two plans equally good the solver takes the one that it meets first.
    let items: Vec<&Indexed<'_>> = index.items().collect();
    let networks = map(crew, items.len(), |at| {
        Network::new(region, items[at], &ways, kept_of.get(&items[at].item.sku).map_or(&[], Vec::as_slice))
    })?;
    let networks: Vec<Network<'_>> = networks.into_iter().flatten().collect();

    let mut could_carry: BTreeMap<Parcel, Units> = BTreeMap::new();
    for network in &networks {
        for arc in &network.arcs {
            *could_carry.entry(arc.parcel).or_default() += network.capacity(arc);
        }
    }
    let paid: BTreeSet<Parcel> = kept.iter().filter_map(|line| ways.parcel(line)).collect();
    let way = |parcel: &Parcel| match ways.route(*parcel) {
        Some(route) if !paid.contains(parcel) => pieces(region.terms.tariff.way_minor(route)),
        _ => 0.0,
    };
    let mut slopes: BTreeMap<Parcel, f64> =
        could_carry.iter().map(|(parcel, units)| (*parcel, way(parcel) / pieces((*units).max(1)))).collect();
    let mut flows: Vec<Vec<Units>> = Vec::new();
    for round in 0..N_ROUNDS {
        flows = map(crew, networks.len(), |at| networks[at].flow(region, &slopes))?;
        if round + 1 == N_ROUNDS {
            break;
        }
        let mut carried: BTreeMap<Parcel, Units> = BTreeMap::new();
        for (network, flow) in networks.iter().zip(&flows) {
            for (arc, units) in network.arcs.iter().zip(flow) {
                *carried.entry(arc.parcel).or_default() += units;
            }
        }
        for (parcel, units) in carried {
            if units > 0 {
                slopes.insert(parcel, way(&parcel) / pieces(units));
            }
        }
    }
    let mut plan: Vec<Shipment> = kept.to_vec();
    for (network, flow) in networks.iter().zip(flows) {
        for (arc, units) in network.arcs.iter().zip(flow) {
            if units > 0 {
                let [from, to] = [arc.parcel.0, arc.parcel.1].map(|n| ways.stores[n].clone());
                plan.push(Shipment { from, to, sku: network.item.sku.clone(), units });
            }
        }
    }
    Ok(worth_their_way(region, &index, &plan, kept, crew)?)
}

/// Takes out, until nothing changes, parcels that cost more than they save: all but the lines of `kept`.
fn worth_their_way(
    region: &Region,
    index: &Index<'_>,
    plan: &[Shipment],
    kept: &[Shipment],
    crew: &dyn Crew,
) -> Result<Vec<Shipment>, Stopped> {
    let sheet = Sheet::of(region, index, plan);
    let shipments: Vec<&Shipment> = sheet.shipments().collect();
    let kept: BTreeSet<&Shipment> = kept.iter().collect();
    let may_go: Vec<bool> = shipments.iter().map(|shipment| !kept.contains(shipment)).collect();
    let mut is_there = vec![true; shipments.len()];
    let mut reasons: Vec<Option<Reason>> = vec![None; shipments.len()];
    let mut stale: Vec<usize> = (0..sheet.n_items()).collect();
    loop {
        let judged = map(crew, stale.len(), |at| sheet.reasons_of(stale[at], &|place| is_there[place]))?;
        for (place, reason) in judged.into_iter().flatten() {
            reasons[place] = Some(reason);
        }
        let mut gone = BTreeSet::new();
        for (places, way_minor) in sheet.parcels(|place| is_there[place]) {
            let brings = |place: &usize| reasons[*place].map_or(0, |reason| reason.money.total_minor());
            let total = places.iter().map(brings).fold(0, i64::saturating_add).saturating_sub(way_minor);
            if total <= 0 {
                gone.extend(places.into_iter().filter(|place| may_go[*place]));
            }
        }
        if gone.is_empty() {
            return Ok(shipments.into_iter().zip(is_there).filter(|(_, is)| *is).map(|(of, _)| of.clone()).collect());
        }
        for place in &gone {
            is_there[*place] = false;
        }
        stale = sheet.items_of(&gone);
    }
}

/// The ways between the region's stores, each worked out once.
struct Ways<'a> {
    stores: Vec<&'a StoreCode>,
    number: BTreeMap<&'a StoreCode, usize>,
    routes: Vec<Option<Route>>,
    /// For each store the others, the nearest first.
    nearest: Vec<Vec<usize>>,
}

impl<'a> Ways<'a> {
    fn of(region: &'a Region) -> Self {
        let stores: Vec<&StoreCode> = region.stores.keys().collect();
        let number = stores.iter().enumerate().map(|(n, store)| (*store, n)).collect();
        let routes: Vec<Option<Route>> =
            stores.iter().flat_map(|from| stores.iter().map(|to| region.route(from, to))).collect();
        let n = stores.len();
        let nearest_to = |to: usize| {
            let mut near: Vec<usize> = (0..n).filter(|from| *from != to && routes[from * n + to].is_some()).collect();
            near.sort_by_key(|from| (routes[from * n + to], *from));
            near
        };
        let nearest = (0..n).map(nearest_to).collect();
        Self { stores, number, routes, nearest }
    }

    fn route(&self, (from, to): Parcel) -> Option<Route> {
        self.routes[from * self.stores.len() + to]
    }

    fn parcel(&self, line: &Shipment) -> Option<Parcel> {
        self.number.get(&line.from).copied().zip(self.number.get(&line.to).copied())
    }
}

/// One item's sources, wants and the routes between them.
struct Network<'a> {
    item: &'a Item,
    /// Surplus still free, loss in minor units of a piece given, and pieces that would spoil.
    sources: Vec<(&'a Source, Units, f64, Units)>,
    /// Pieces still wanted, and what each step of them brings: (pieces, minor units a piece).
    wants: Vec<(Units, Vec<(Units, f64)>)>,
    arcs: Vec<Arc>,
}

struct Arc {
    source: usize,
    want: usize,
    parcel: Parcel,
}

impl<'a> Network<'a> {
    fn new(
        region: &Region,
        indexed: &Indexed<'a>,
        ways: &Ways<'_>,
        // Lines of this item that stay.
        kept: &[&Shipment],
    ) -> Option<Self> {
        let item = indexed.item;
        let margin = pieces(item.worth.margin_minor());
        let mut sources = Vec::new();
        let mut source_in: Vec<Option<usize>> = vec![None; ways.stores.len()];
        for (store, source) in &indexed.sources {
            let Some(number) = ways.number.get(store) else { continue };
            let given: Units = units_of(kept, |line| line.from == source.store);
            let free = source.surplus_units() - given;
            if free > 0 {
                let demand = Distribution::of(source.demand);
                let stock = source.free_units() - given;
                let lost = demand.expected_sales(stock) - demand.expected_sales(stock - free);
                source_in[*number] = Some(sources.len());
                sources.push((*source, free, lost * margin / pieces(free), (source.spoiling_units - given).max(0)));
            }
        }
        let (mut wants, mut arcs) = (Vec::new(), Vec::new());
        for (store, want) in &indexed.wants {
            let brought = units_of(kept, |line| line.to == want.to);
            let wanted = want.units - brought;
            let Some(to) = ways.number.get(store).copied() else { continue };
            if wanted <= 0 {
                continue;
            }
            let place = wants.len();
            let may_give = |from: &usize| {
                let source = source_in[*from]?;
                let route = ways.route((*from, to))?;
                barrier(want, sources[source].0, route, &region.terms).is_none().then_some((source, (*from, to)))
            };
            let near = ways.nearest[to].iter().filter_map(may_give).take(SOURCES_MAX);
            arcs.extend(near.map(|(source, parcel)| Arc { source, want: place, parcel }));
            wants.push((wanted, steps(want, brought, wanted, margin)));
        }
        (!arcs.is_empty()).then_some(Self { item, sources, wants, arcs })
    }

    fn capacity(&self, arc: &Arc) -> Units {
        self.sources[arc.source].1.min(self.wants[arc.want].0)
    }

    /// Pieces on each arc, for the given cost of a piece on each parcel's way.
    ///
    /// Edges must not cost less than nothing: what a saved write-off and a sale bring is taken off a constant which
    /// every piece pays, also by the edge that leaves it where it is.
    fn flow(&self, region: &Region, slopes: &BTreeMap<Parcel, f64>) -> Vec<Units> {
        const START: usize = 0;
        const END: usize = 1;
        let source_node = |source: usize| 2 + source;
        let want_node = |want: usize| 2 + self.sources.len() + want;
        let mut graph = MinCostFlowGraph::new(want_node(self.wants.len()));
        let piece_minor = pieces(region.terms.tariff.piece_minor);
        let arcs: Vec<usize> = self
            .arcs
            .iter()
            .map(|arc| {
                let (source, _, loss, _) = self.sources[arc.source];
                let failing = 1.0 - f64::from(source.fulfilment_permille.min(1000)) / 1000.0;
                let (wanted, steps) = &self.wants[arc.want];
                let gain = steps.iter().map(|(units, each)| pieces(*units) * each).sum::<f64>() / pieces(*wanted);
                let cost = loss + piece_minor + slopes[&arc.parcel] + failing * (gain - loss).max(0.0);
                graph.add_edge(source_node(arc.source), want_node(arc.want), self.capacity(arc), milli(cost))
            })
            .collect();
        let write_off = milli(pieces(self.item.worth.cost_minor));
        for (index, (_, free, _, spoiling)) in self.sources.iter().enumerate() {
            let spoiling = *spoiling.min(free);
            graph.add_edge(START, source_node(index), spoiling, 0);
            graph.add_edge(START, source_node(index), free - spoiling, write_off);
        }
        let best = self.wants.iter().flat_map(|(_, steps)| steps).map(|(_, each)| milli(*each)).max().unwrap_or(0);
        let mut wanted = 0;
        for (index, (units, steps)) in self.wants.iter().enumerate() {
            wanted += units;
            for (units, each) in steps {
                graph.add_edge(want_node(index), END, *units, best - milli(*each));
            }
        }
        graph.add_edge(START, END, wanted, write_off + best);
        graph.flow(START, END, wanted);
        arcs.into_iter().map(|arc| graph.get_edge(arc).flow).collect()
    }
}

fn units_of(lines: &[&Shipment], is_meant: impl Fn(&Shipment) -> bool) -> Units {
    lines.iter().filter(|line| is_meant(line)).map(|line| line.units).sum()
}

/// What further pieces bring a want, after `brought`: falling, because the first are the likeliest to sell.
fn steps(want: &Want, brought: Units, wanted: Units, margin: f64) -> Vec<(Units, f64)> {
    let demand = Distribution::of(want.demand);
    let n_steps = N_STEPS.min(wanted);
    let mut steps = Vec::new();
    let mut done = 0;
    for step in 1..=n_steps {
        let upto = wanted * step / n_steps;
        let stock = want.on_hand_units + brought;
        let sold = want.sales(&demand, stock + upto) - want.sales(&demand, stock + done);
        steps.push((upto - done, sold * margin / pieces(upto - done)));
        done = upto;
    }
    steps
}

/// A cost in thousandths of a minor unit, for the solver's whole numbers; 0 for less than nothing.
fn milli(cost_minor: f64) -> i64 {
    // Above this a piece is beyond price, and the sum over all pieces still fits.
    const MOST: f64 = 1e12;
    nearest_units(cost_minor.clamp(0.0, MOST / 1000.0) * 1000.0)
}
