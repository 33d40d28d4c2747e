//! Makes the chain's regions, stores and shelves.

use super::catalogue::{CATEGORIES, ZONES};
use super::product::{Range, zones};
use super::random::Random;
use domain::geo::Coordinates;
use domain::id::{RegionCode, ShelfCode, StoreCode};
use domain::instant::ZoneOffset;
use domain::master::{Name, Region, Shelf, Store, Zone};

/// Regions in the order they are opened: Chinese, English, the regional manager's login.
pub const REGIONS: [(&str, &str, &str); 7] = [
    ("华东", "East China", "east"),
    ("华北", "North China", "north"),
    ("华南", "South China", "south"),
    ("华中", "Central China", "central"),
    ("西南", "Southwest China", "southwest"),
    ("东北", "Northeast China", "northeast"),
    ("西北", "Northwest China", "northwest"),
];

/// The first twelve stores: region, Chinese, English, latitude and longitude in ten-thousandths of a degree.
const FIRST_STORES: [(usize, &str, &str, i32, i32); 12] = [
    (0, "上海静安寺店", "Shanghai Jing'an Temple", 312_235, 1_214_450),
    (0, "上海五角场店", "Shanghai Wujiaochang", 313_017, 1_215_138),
    (0, "杭州湖滨店", "Hangzhou Hubin", 302_560, 1_201_640),
    (0, "南京新街口店", "Nanjing Xinjiekou", 320_415, 1_187_840),
    (1, "北京中关村店", "Beijing Zhongguancun", 399_835, 1_163_150),
    (1, "北京望京店", "Beijing Wangjing", 399_960, 1_164_700),
    (1, "天津滨江道店", "Tianjin Binjiang Road", 391_205, 1_171_930),
    (1, "济南泉城路店", "Jinan Quancheng Road", 366_665, 1_170_220),
    (2, "广州天河店", "Guangzhou Tianhe", 231_325, 1_133_220),
    (2, "深圳南山店", "Shenzhen Nanshan", 225_330, 1_139_300),
    (2, "佛山祖庙店", "Foshan Zumiao", 230_290, 1_131_120),
    (2, "海口骑楼店", "Haikou Qilou", 200_460, 1_103_480),
];

/// Cities that further stores open in, with their middle.
const CITIES: [(usize, &str, &str, i32, i32); 28] = [
    (3, "武汉", "Wuhan", 305_930, 1_143_050),
    (4, "成都", "Chengdu", 306_570, 1_040_660),
    (0, "苏州", "Suzhou", 312_990, 1_205_850),
    (5, "沈阳", "Shenyang", 418_050, 1_234_310),
    (1, "石家庄", "Shijiazhuang", 380_420, 1_145_140),
    (6, "西安", "Xi'an", 343_410, 1_089_400),
    (2, "东莞", "Dongguan", 230_210, 1_137_510),
    (3, "长沙", "Changsha", 281_960, 1_129_770),
    (4, "重庆", "Chongqing", 295_630, 1_065_510),
    (0, "宁波", "Ningbo", 298_680, 1_215_440),
    (5, "大连", "Dalian", 389_140, 1_216_150),
    (1, "太原", "Taiyuan", 378_700, 1_125_490),
    (6, "兰州", "Lanzhou", 360_610, 1_038_340),
    (2, "珠海", "Zhuhai", 222_710, 1_135_770),
    (3, "郑州", "Zhengzhou", 347_470, 1_136_250),
    (4, "昆明", "Kunming", 250_380, 1_027_180),
    (0, "合肥", "Hefei", 318_200, 1_172_270),
    (5, "长春", "Changchun", 438_170, 1_253_240),
    (1, "青岛", "Qingdao", 360_670, 1_203_830),
    (6, "银川", "Yinchuan", 384_870, 1_062_310),
    (2, "南宁", "Nanning", 228_170, 1_083_660),
    (3, "南昌", "Nanchang", 286_820, 1_158_580),
    (4, "贵阳", "Guiyang", 266_470, 1_066_300),
    (0, "无锡", "Wuxi", 314_910, 1_203_120),
    (5, "哈尔滨", "Harbin", 458_040, 1_265_350),
    (1, "唐山", "Tangshan", 396_310, 1_181_800),
    (6, "西宁", "Xining", 366_170, 1_017_780),
    (2, "中山", "Zhongshan", 225_170, 1_133_930),
];

/// Streets that are found in most cities.
const STREETS: [(&str, &str); 36] = [
    ("人民路", "Renmin Road"),
    ("中山路", "Zhongshan Road"),
    ("解放路", "Jiefang Road"),
    ("建设路", "Jianshe Road"),
    ("新华路", "Xinhua Road"),
    ("和平路", "Heping Road"),
    ("文化路", "Wenhua Road"),
    ("胜利路", "Shengli Road"),
    ("友谊路", "Youyi Road"),
    ("东风路", "Dongfeng Road"),
    ("青年路", "Qingnian Road"),
    ("长江路", "Changjiang Road"),
    ("黄河路", "Huanghe Road"),
    ("光明路", "Guangming Road"),
    ("幸福路", "Xingfu Road"),
    ("学府路", "Xuefu Road"),
    ("科技路", "Keji Road"),
    ("站前街", "Station Street"),
    ("滨河路", "Riverside Road"),
    ("公园路", "Park Road"),
    ("体育路", "Sports Road"),
    ("花园路", "Garden Road"),
    ("朝阳路", "Chaoyang Road"),
    ("湖滨路", "Lakeside Road"),
    ("民生路", "Minsheng Road"),
    ("工业路", "Industry Road"),
    ("商业街", "Market Street"),
    ("步行街", "Promenade"),
    ("府前街", "Fuqian Street"),
    ("南大街", "South Street"),
    ("北大街", "North Street"),
    ("东大街", "East Street"),
    ("西大街", "West Street"),
    ("万象城", "Wanxiang Mall"),
    ("大学城", "University Town"),
    ("高铁站", "Railway Station"),
];

/// Opening hours that stores choose from, in minutes after midnight.
const HOURS: [(u16, u16); 4] = [(420, 1_380), (450, 1_350), (390, 1_410), (480, 1_320)];
const CHINA: ZoneOffset = ZoneOffset(480);
const GEOFENCE_RADIUS_M: u32 = 150;
/// Most items on one shelf.
const ITEMS_PER_SHELF_MAX: usize = 30;

/// A store with its floor.
#[derive(Debug, Clone)]
pub struct DemoStore {
    pub store: Store,
    pub zones: Vec<Zone>,
    pub shelves: Vec<Shelf>,
    /// The category of each shelf, in the same order: an index into the chain's categories.
    pub shelf_categories: Vec<usize>,
}

/// How many regions a chain of this size has.
fn n_regions(n_stores: usize) -> usize {
    if n_stores <= FIRST_STORES.len() { 3 } else { REGIONS.len() }
}

pub fn regions(n_stores: usize) -> Vec<Region> {
    let region =
        |at: usize| Region { code: region_code(at), name: Name { zh: REGIONS[at].0.into(), en: REGIONS[at].1.into() } };
    (0..n_regions(n_stores)).map(region).collect()
}

fn region_code(at: usize) -> RegionCode {
    RegionCode::parse(&format!("R{}", at + 1)).expect("a letter and a digit")
}

pub fn stores(n_stores: usize, range: &Range, seed: u64) -> Vec<DemoStore> {
    let by_category = by_category(range);
    (0..n_stores)
        .map(|at| {
            let mut random = Random::new(seed, &format!("store {at}"));
            let store = store(at, &mut random);
            let (shelves, shelf_categories) = floor(range, &by_category, &mut random);
            DemoStore { store, zones: zones(), shelves, shelf_categories }
        })
        .collect()
}

fn store(at: usize, random: &mut Random) -> Store {
    let code = StoreCode::parse(&format!("S{:03}", at + 1)).expect("a letter and digits");
    let (region, name, at) = match FIRST_STORES.get(at) {
        Some(&(region, zh, en, latitude_e4, longitude_e4)) => {
            (region, Name { zh: zh.into(), en: en.into() }, point(latitude_e4, longitude_e4))
        }
        None => further_store(at - FIRST_STORES.len(), random),
    };
    let (opens_min, closes_min) = HOURS[random.index(HOURS.len())];
    Store {
        code,
        name,
        region: region_code(region),
        at,
        geofence_radius_m: GEOFENCE_RADIUS_M,
        zone_offset: CHINA,
        opens_min,
        closes_min,
    }
}

/// Walks through the cities, then through their streets, then numbers the branches.
fn further_store(number: usize, random: &mut Random) -> (usize, Name, Coordinates) {
    let (region, city_zh, city_en, latitude_e4, longitude_e4) = CITIES[number % CITIES.len()];
    let street = number / CITIES.len();
    let (street_zh, street_en) = STREETS[street % STREETS.len()];
    let branch = match street / STREETS.len() {
        0 => String::new(),
        n => (n + 1).to_string(),
    };
    let name = Name {
        zh: format!("{city_zh}{street_zh}{branch}店"),
        en: format!("{city_en} {street_en} {branch}").trim_end().to_owned(),
    };
    // Within some eight kilometres of the city's middle.
    let mut near = |middle: i32| middle + i32::try_from(random.whole(-700, 700)).expect("small");
    let (latitude_e4, longitude_e4) = (near(latitude_e4), near(longitude_e4));
    (region, name, point(latitude_e4, longitude_e4))
}

fn point(latitude_e4: i32, longitude_e4: i32) -> Coordinates {
    Coordinates { latitude_e7: latitude_e4 * 1_000, longitude_e7: longitude_e4 * 1_000 }
}

fn by_category(range: &Range) -> Vec<Vec<usize>> {
    let mut by_category = vec![Vec::new(); CATEGORIES.len()];
    for (product, traits) in range.traits.iter().enumerate() {
        by_category[traits.category].push(product);
    }
    by_category
}

/// Chooses what the store carries and spreads it over shelves, zone by zone and category by category.
fn floor(range: &Range, by_category: &[Vec<usize>], random: &mut Random) -> (Vec<Shelf>, Vec<usize>) {
    let carried_share = random.between(0.36, 0.55);
    let mut shelves = Vec::new();
    let mut shelf_categories = Vec::new();
    let mut n_in_zone = [0; ZONES.len()];
    for (category, products) in by_category.iter().enumerate() {
        let mut carried = products.clone();
        random.shuffle(&mut carried);
        let n_carried = ((products.len() as f64 * carried_share * random.between(0.85, 1.15)).round() as usize)
            .clamp(products.len().min(3), products.len());
        carried.truncate(n_carried);
        carried.sort_unstable();
        let n_shelves = carried.len().div_ceil(ITEMS_PER_SHELF_MAX);
        if n_shelves == 0 {
            continue;
        }
        // Even shelves rather than full ones and a rest.
        for items in carried.chunks(carried.len().div_ceil(n_shelves)) {
            let zone = CATEGORIES[category].zone;
            n_in_zone[zone] += 1;
            let code = format!("{}-{:02}", ZONES[zone].0, n_in_zone[zone]);
            shelves.push(Shelf {
                code: ShelfCode::parse(&code).expect("a letter, a dash and digits"),
                items: items.iter().map(|&product| range.products[product].sku.clone()).collect(),
            });
            shelf_categories.push(category);
        }
    }
    (shelves, shelf_categories)
}
