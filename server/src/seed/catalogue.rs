//! What the demo chain sells: categories with their kinds of goods. Names are generic or invented; likeness to a real
//! brand would be chance.

/// A category and what is sold in it.
pub struct CategorySpec {
    pub zh: &'static str,
    pub en: &'static str,
    /// Index into [`ZONES`].
    pub zone: usize,
    /// Its share of the range, relative to the others.
    pub range_weight: u32,
    /// Its share of the pieces sold, relative to the others, in an average month.
    pub sales_weight: f64,
    /// How much more (or, negative, less) is sold in July than on average; January mirrors it.
    pub summer_swing: f64,
    pub kinds: &'static [Kind],
}

/// A kind of goods.
pub struct Kind {
    pub noun: &'static str,
    pub variants: &'static [&'static str],
    pub packs: &'static [Pack],
}

/// A size it is sold in.
pub struct Pack {
    pub size: &'static str,
    /// Usual price in minor units (分).
    pub price_minor: i64,
    /// Pieces in a delivery case.
    pub case_units: i64,
}

const fn pack(size: &'static str, price_minor: i64, case_units: i64) -> Pack {
    Pack { size, price_minor, case_units }
}

const fn kind(noun: &'static str, variants: &'static [&'static str], packs: &'static [Pack]) -> Kind {
    Kind { noun, variants, packs }
}

/// Zones of a store: code, Chinese, English.
pub const ZONES: [(&str, &str, &str); 6] = [
    ("A", "饮料区", "Drinks"),
    ("B", "零食区", "Snacks"),
    ("C", "冷藏冷冻区", "Chilled and frozen"),
    ("D", "粮油调味区", "Pantry"),
    ("E", "个护区", "Personal care"),
    ("F", "家居文具区", "Home and stationery"),
];

/// Invented labels that stand before a product's name.
pub const LABELS: [&str; 16] = [
    "清屿",
    "禾畔",
    "云垄",
    "沐谷",
    "晴野里",
    "知棠",
    "拾麦",
    "溪禾",
    "朝木",
    "半亩星",
    "屿见",
    "松间里",
    "青坞",
    "月泊",
    "小满仓",
    "南山陌",
];

/// Every category, in the order of their codes C01, C02, ….
pub const CATEGORIES: &[CategorySpec] = &[
    CategorySpec {
        zh: "饮用水",
        en: "Water",
        zone: 0,
        range_weight: 3,
        sales_weight: 10.0,
        summer_swing: 0.45,
        kinds: &[
            kind(
                "矿泉水",
                &["", "天然", "低钠"],
                &[pack("380ml", 200, 24), pack("550ml", 250, 24), pack("1.5L", 450, 12)],
            ),
            kind("纯净水", &["", "母婴"], &[pack("550ml", 200, 24), pack("4.5L", 950, 4)]),
            kind("苏打水", &["原味", "柠檬味", "白桃味"], &[pack("410ml", 400, 15), pack("500ml", 450, 15)]),
            kind(
                "气泡水",
                &["青柠味", "荔枝味", "海盐味", "葡萄味"],
                &[pack("330ml", 500, 24), pack("480ml", 550, 15)],
            ),
        ],
    },
    CategorySpec {
        zh: "果汁汽水",
        en: "Juice and soda",
        zone: 0,
        range_weight: 6,
        sales_weight: 9.0,
        summer_swing: 0.4,
        kinds: &[
            kind(
                "汽水",
                &["橙味", "荔枝味", "海盐味", "菠萝味", "沙示味"],
                &[pack("330ml", 300, 24), pack("500ml", 400, 24)],
            ),
            kind(
                "果汁饮料",
                &["蜜桃", "芒果", "山楂", "百香果", "西柚"],
                &[pack("450ml", 450, 15), pack("1L", 850, 12)],
            ),
            kind("NFC果汁", &["橙", "苹果", "蓝莓", "番茄"], &[pack("280ml", 990, 12), pack("1L", 2_690, 6)]),
            kind("椰子水", &["", "香水椰"], &[pack("330ml", 790, 12), pack("1L", 1_690, 6)]),
            kind("酸梅汤", &["", "桂花"], &[pack("350ml", 450, 15), pack("960ml", 890, 8)]),
        ],
    },
    CategorySpec {
        zh: "茶饮咖啡",
        en: "Tea and coffee",
        zone: 0,
        range_weight: 6,
        sales_weight: 8.0,
        summer_swing: 0.2,
        kinds: &[
            kind("乌龙茶", &["无糖", "低糖", "蜜桃"], &[pack("500ml", 500, 15), pack("900ml", 750, 12)]),
            kind("茉莉花茶", &["无糖", "蜂蜜"], &[pack("500ml", 450, 15), pack("1L", 700, 12)]),
            kind("柠檬红茶", &["", "冰爽"], &[pack("250ml", 250, 24), pack("500ml", 400, 15)]),
            kind("拿铁咖啡", &["经典", "燕麦", "生椰"], &[pack("268ml", 690, 15), pack("300ml", 850, 12)]),
            kind("美式咖啡", &["", "冷萃"], &[pack("268ml", 650, 15), pack("500ml", 990, 12)]),
            kind("奶茶", &["锡兰", "抹茶", "黑糖"], &[pack("350ml", 590, 15), pack("500ml", 690, 15)]),
        ],
    },
    CategorySpec {
        zh: "酒类",
        en: "Beer, wine and spirits",
        zone: 0,
        range_weight: 5,
        sales_weight: 4.0,
        summer_swing: 0.25,
        kinds: &[
            kind(
                "啤酒",
                &["小麦白", "精酿", "原浆", "黑"],
                &[pack("330ml", 690, 24), pack("500ml", 890, 12), pack("500ml×6", 4_900, 2)],
            ),
            kind("米酒", &["桂花", "糯米"], &[pack("300ml", 1_280, 12), pack("500ml", 1_980, 12)]),
            kind("黄酒", &["三年陈", "五年陈"], &[pack("500ml", 1_680, 12)]),
            kind("干红葡萄酒", &["", "半甜型"], &[pack("187ml", 2_900, 12), pack("750ml", 8_800, 6)]),
            kind("梅酒", &["", "乌龙"], &[pack("330ml", 2_580, 12), pack("720ml", 6_800, 6)]),
        ],
    },
    CategorySpec {
        zh: "膨化薯片",
        en: "Crisps",
        zone: 1,
        range_weight: 5,
        sales_weight: 7.0,
        summer_swing: 0.1,
        kinds: &[
            kind(
                "薯片",
                &["原味", "番茄味", "黄瓜味", "烧烤味", "海苔味"],
                &[pack("40g", 390, 30), pack("70g", 690, 22), pack("135g", 1_190, 12)],
            ),
            kind("虾条", &["原味", "香辣味"], &[pack("60g", 490, 20), pack("120g", 890, 12)]),
            kind("玉米片", &["芝士味", "甜辣味"], &[pack("68g", 790, 16)]),
            kind("爆米花", &["焦糖", "奶油", "海盐"], &[pack("70g", 650, 18), pack("150g", 1_290, 12)]),
            kind("雪米饼", &["", "芝士"], &[pack("84g", 590, 20), pack("258g", 1_390, 10)]),
        ],
    },
    CategorySpec {
        zh: "饼干糕点",
        en: "Biscuits and cakes",
        zone: 1,
        range_weight: 6,
        sales_weight: 6.0,
        summer_swing: -0.1,
        kinds: &[
            kind("苏打饼干", &["海盐", "香葱", "芝麻"], &[pack("100g", 490, 24), pack("400g", 1_490, 8)]),
            kind("夹心饼干", &["草莓味", "巧克力味", "香草味"], &[pack("97g", 550, 24), pack("349g", 1_590, 8)]),
            kind("曲奇", &["黄油", "抹茶", "燕麦"], &[pack("90g", 890, 18), pack("210g", 1_890, 8)]),
            kind("蛋黄酥", &["红豆", "莲蓉"], &[pack("55g", 690, 20), pack("330g", 3_280, 6)]),
            kind("手撕面包", &["原味", "紫薯", "椰蓉"], &[pack("100g", 590, 16), pack("400g", 1_690, 6)]),
            kind("桃酥", &["", "核桃"], &[pack("300g", 1_290, 10)]),
        ],
    },
    CategorySpec {
        zh: "糖果巧克力",
        en: "Sweets and chocolate",
        zone: 1,
        range_weight: 5,
        sales_weight: 5.0,
        summer_swing: -0.25,
        kinds: &[
            kind("软糖", &["葡萄味", "水蜜桃味", "酸乐"], &[pack("52g", 690, 24), pack("90g", 990, 20)]),
            kind("薄荷糖", &["", "西瓜", "柠檬"], &[pack("21g", 890, 36), pack("40g", 1_290, 24)]),
            kind("牛轧糖", &["花生", "蔓越莓"], &[pack("108g", 1_290, 16), pack("250g", 2_580, 10)]),
            kind("黑巧克力", &["70%", "85%", "海盐"], &[pack("40g", 990, 24), pack("100g", 1_890, 12)]),
            kind("牛奶巧克力", &["榛仁", "脆米", ""], &[pack("43g", 790, 24), pack("160g", 2_280, 10)]),
            kind("口香糖", &["薄荷味", "蓝莓味"], &[pack("32g", 690, 36), pack("64g", 1_290, 20)]),
        ],
    },
    CategorySpec {
        zh: "坚果蜜饯",
        en: "Nuts and dried fruit",
        zone: 1,
        range_weight: 5,
        sales_weight: 4.0,
        summer_swing: -0.2,
        kinds: &[
            kind("瓜子", &["原味", "焦糖味", "山核桃味"], &[pack("108g", 690, 24), pack("308g", 1_590, 12)]),
            kind("腰果", &["盐焗", "炭烧"], &[pack("100g", 1_890, 16), pack("250g", 3_990, 10)]),
            kind("巴旦木", &["奶香", "原味"], &[pack("120g", 1_990, 16)]),
            kind("每日坚果", &["经典", "益生菌"], &[pack("25g", 590, 30), pack("25g×7", 3_690, 8)]),
            kind("话梅", &["", "九制"], &[pack("60g", 690, 24), pack("158g", 1_490, 12)]),
            kind("芒果干", &["", "冻干"], &[pack("50g", 990, 20), pack("116g", 1_690, 12)]),
        ],
    },
    CategorySpec {
        zh: "乳品",
        en: "Dairy",
        zone: 2,
        range_weight: 6,
        sales_weight: 10.0,
        summer_swing: 0.05,
        kinds: &[
            kind(
                "鲜牛奶",
                &["", "高钙", "低脂"],
                &[pack("250ml", 490, 20), pack("450ml", 790, 12), pack("950ml", 1_590, 8)],
            ),
            kind(
                "酸奶",
                &["原味", "黄桃", "蓝莓", "无糖"],
                &[pack("100g", 390, 24), pack("200g", 690, 15), pack("450g", 1_390, 8)],
            ),
            kind("纯牛奶", &["", "有机"], &[pack("200ml", 390, 24), pack("250ml×12", 5_990, 2)]),
            kind("奶酪棒", &["原味", "混合水果味"], &[pack("100g", 1_590, 12)]),
            kind("豆奶", &["原味", "黑芝麻", "燕麦"], &[pack("250ml", 390, 24), pack("1L", 1_190, 12)]),
        ],
    },
    CategorySpec {
        zh: "冷藏熟食",
        en: "Chilled food",
        zone: 2,
        range_weight: 4,
        sales_weight: 6.0,
        summer_swing: 0.0,
        kinds: &[
            kind("三明治", &["金枪鱼", "火腿鸡蛋", "牛油果"], &[pack("130g", 990, 10), pack("180g", 1_290, 8)]),
            kind("饭团", &["鲑鱼", "照烧鸡", "梅子"], &[pack("110g", 690, 12), pack("140g", 850, 12)]),
            kind("鸡胸肉", &["黑椒", "奥尔良", "原味"], &[pack("100g", 890, 20), pack("200g", 1_590, 12)]),
            kind("豆腐", &["嫩", "老", "内酯"], &[pack("350g", 290, 15), pack("400g", 390, 12)]),
            kind("卤蛋", &["五香", "溏心"], &[pack("70g", 450, 20), pack("200g", 1_090, 12)]),
        ],
    },
    CategorySpec {
        zh: "冰品冷冻",
        en: "Ice cream and frozen",
        zone: 2,
        range_weight: 5,
        sales_weight: 4.0,
        summer_swing: 0.7,
        kinds: &[
            kind("雪糕", &["绿豆", "牛乳", "巧克力脆皮", "抹茶"], &[pack("65g", 450, 30), pack("75g×5", 1_980, 8)]),
            kind("冰淇淋", &["香草", "海盐荔枝", "芒果"], &[pack("85g", 990, 20), pack("270g", 2_690, 8)]),
            kind("水饺", &["猪肉白菜", "三鲜", "玉米猪肉"], &[pack("500g", 1_990, 12), pack("1kg", 3_490, 8)]),
            kind("汤圆", &["黑芝麻", "花生"], &[pack("320g", 1_290, 12), pack("500g", 1_890, 10)]),
            kind("手抓饼", &["原味", "葱香"], &[pack("450g", 1_390, 12), pack("900g", 2_390, 8)]),
        ],
    },
    CategorySpec {
        zh: "方便速食",
        en: "Instant food",
        zone: 3,
        range_weight: 5,
        sales_weight: 7.0,
        summer_swing: -0.2,
        kinds: &[
            kind(
                "方便面",
                &["红烧牛肉", "老坛酸菜", "番茄鸡蛋", "藤椒"],
                &[pack("105g", 450, 24), pack("110g×5", 1_590, 6)],
            ),
            kind("自热米饭", &["咖喱鸡", "鱼香肉丝", "煲仔"], &[pack("245g", 1_590, 12), pack("380g", 2_190, 8)]),
            kind("螺蛳粉", &["经典", "番茄"], &[pack("300g", 1_290, 20)]),
            kind("酸辣粉", &["", "麻酱"], &[pack("130g", 690, 12), pack("158g", 850, 12)]),
            kind("拌面", &["葱油", "炸酱", "热干"], &[pack("115g", 790, 20), pack("345g", 2_080, 8)]),
        ],
    },
    CategorySpec {
        zh: "米面粮油",
        en: "Rice, noodles and oil",
        zone: 3,
        range_weight: 5,
        sales_weight: 3.0,
        summer_swing: -0.05,
        kinds: &[
            kind(
                "大米",
                &["长粒香", "稻花香", "丝苗"],
                &[pack("1kg", 1_290, 12), pack("2.5kg", 2_690, 6), pack("5kg", 4_990, 4)],
            ),
            kind("挂面", &["鸡蛋", "荞麦", "龙须"], &[pack("400g", 590, 20), pack("900g", 1_190, 12)]),
            kind("菜籽油", &["", "压榨"], &[pack("900ml", 1_890, 12), pack("5L", 7_990, 4)]),
            kind("花生油", &["", "古法"], &[pack("900ml", 2_690, 12), pack("5L", 12_900, 4)]),
            kind("小米", &["黄", "有机"], &[pack("500g", 990, 16), pack("1kg", 1_790, 10)]),
        ],
    },
    CategorySpec {
        zh: "调味酱料",
        en: "Seasonings and sauces",
        zone: 3,
        range_weight: 6,
        sales_weight: 3.0,
        summer_swing: -0.1,
        kinds: &[
            kind("生抽", &["", "薄盐", "特级"], &[pack("500ml", 890, 12), pack("1.28L", 1_690, 6)]),
            kind("陈醋", &["", "五年"], &[pack("420ml", 690, 20), pack("800ml", 1_290, 12)]),
            kind("蚝油", &["", "零添加"], &[pack("260g", 690, 20), pack("700g", 1_290, 12)]),
            kind("辣椒酱", &["蒜蓉", "香菇", "豆豉"], &[pack("210g", 990, 24), pack("280g", 1_290, 20)]),
            kind("火锅底料", &["牛油", "番茄", "菌汤"], &[pack("150g", 890, 30), pack("320g", 1_590, 20)]),
            kind("食盐", &["加碘", "低钠"], &[pack("320g", 300, 50), pack("400g", 350, 50)]),
        ],
    },
    CategorySpec {
        zh: "冲调罐头",
        en: "Drinks powders and tins",
        zone: 3,
        range_weight: 4,
        sales_weight: 2.5,
        summer_swing: -0.3,
        kinds: &[
            kind("燕麦片", &["即食", "水果", "奶香"], &[pack("400g", 1_590, 12), pack("1kg", 2_990, 6)]),
            kind("藕粉", &["桂花", "坚果"], &[pack("30g×7", 2_390, 12), pack("350g", 2_190, 10)]),
            kind("速溶咖啡", &["三合一", "纯黑"], &[pack("15g×10", 1_990, 20), pack("2g×30", 3_990, 12)]),
            kind("黄桃罐头", &["", "少糖"], &[pack("256g", 790, 12), pack("425g", 1_090, 12)]),
            kind("午餐肉", &["经典", "低盐"], &[pack("198g", 1_290, 24), pack("340g", 1_890, 24)]),
            kind("鱼罐头", &["豆豉鲮", "茄汁沙丁"], &[pack("184g", 1_590, 24), pack("227g", 1_890, 24)]),
        ],
    },
    CategorySpec {
        zh: "洗护沐浴",
        en: "Hair and body",
        zone: 4,
        range_weight: 5,
        sales_weight: 2.0,
        summer_swing: 0.1,
        kinds: &[
            kind(
                "洗发水",
                &["去屑", "柔顺", "控油"],
                &[pack("200ml", 1_990, 12), pack("500ml", 3_990, 12), pack("750ml", 4_990, 6)],
            ),
            kind("护发素", &["修护", "丝滑"], &[pack("200ml", 1_890, 12), pack("500ml", 3_690, 12)]),
            kind("沐浴露", &["樱花", "海盐", "燕麦"], &[pack("300ml", 1_790, 12), pack("750ml", 3_490, 8)]),
            kind("香皂", &["薄荷", "玫瑰", "硫磺"], &[pack("108g", 490, 48), pack("115g×3", 1_290, 16)]),
            kind("洗手液", &["芦荟", "抑菌"], &[pack("300ml", 1_190, 16), pack("500ml", 1_690, 12)]),
        ],
    },
    CategorySpec {
        zh: "口腔护肤",
        en: "Oral and skin care",
        zone: 4,
        range_weight: 5,
        sales_weight: 2.0,
        summer_swing: -0.1,
        kinds: &[
            kind(
                "牙膏",
                &["薄荷", "茶香", "防蛀", "海盐"],
                &[pack("90g", 1_090, 36), pack("120g", 1_590, 36), pack("180g", 1_990, 24)],
            ),
            kind("牙刷", &["软毛", "细毛", "儿童"], &[pack("1支", 790, 48), pack("2支", 1_290, 36)]),
            kind("漱口水", &["清新薄荷", "蜜桃"], &[pack("250ml", 1_690, 12), pack("500ml", 2_690, 12)]),
            kind("护手霜", &["橄榄", "玫瑰", "无香"], &[pack("30g", 990, 36), pack("80g", 1_690, 24)]),
            kind("润唇膏", &["蜂蜜", "薄荷"], &[pack("4g", 1_290, 48)]),
            kind("防晒霜", &["清爽", "儿童"], &[pack("50ml", 4_990, 24)]),
        ],
    },
    CategorySpec {
        zh: "纸品卫生",
        en: "Paper and hygiene",
        zone: 4,
        range_weight: 5,
        sales_weight: 4.0,
        summer_swing: 0.0,
        kinds: &[
            kind(
                "抽纸",
                &["原木", "竹浆", "无香"],
                &[pack("3包", 1_190, 12), pack("6包", 1_990, 8), pack("18包", 4_990, 2)],
            ),
            kind("手帕纸", &["", "印花"], &[pack("10包", 890, 20), pack("18包", 1_390, 12)]),
            kind("卷纸", &["", "加厚"], &[pack("10卷", 1_990, 6), pack("27卷", 4_290, 2)]),
            kind("湿巾", &["婴儿", "酒精", "洁厕"], &[pack("10片", 390, 48), pack("80片", 1_290, 24)]),
            kind("卫生巾", &["日用", "夜用", "安睡裤"], &[pack("8片", 990, 36), pack("10片", 1_490, 24)]),
            kind("口罩", &["", "儿童"], &[pack("10只", 790, 50), pack("50只", 2_490, 20)]),
        ],
    },
    CategorySpec {
        zh: "家居清洁",
        en: "Household cleaning",
        zone: 5,
        range_weight: 5,
        sales_weight: 2.0,
        summer_swing: 0.05,
        kinds: &[
            kind(
                "洗衣液",
                &["薰衣草", "除菌", "婴儿"],
                &[pack("500g", 1_290, 12), pack("1kg", 1_990, 10), pack("3kg", 4_490, 4)],
            ),
            kind("洗洁精", &["柠檬", "茶籽"], &[pack("500g", 790, 20), pack("1.1kg", 1_390, 12)]),
            kind("洁厕液", &["松木", "柠檬"], &[pack("500g", 990, 20)]),
            kind("垃圾袋", &["平口", "抽绳"], &[pack("30只", 790, 40), pack("90只", 1_690, 20)]),
            kind("保鲜袋", &["小号", "中号", "大号"], &[pack("100只", 890, 40)]),
            kind("百洁布", &["", "加厚"], &[pack("2片", 490, 60), pack("5片", 990, 40)]),
        ],
    },
    CategorySpec {
        zh: "文具杂货",
        en: "Stationery and sundries",
        zone: 5,
        range_weight: 4,
        sales_weight: 1.5,
        summer_swing: 0.1,
        kinds: &[
            kind(
                "中性笔",
                &["黑色", "蓝色", "红色"],
                &[pack("1支", 250, 144), pack("3支", 650, 48), pack("12支", 1_990, 20)],
            ),
            kind("笔记本", &["A5", "B5", "线圈"], &[pack("60页", 690, 60), pack("100页", 1_090, 40)]),
            kind("碱性电池", &["5号", "7号"], &[pack("2粒", 890, 60), pack("4粒", 1_590, 40), pack("8粒", 2_690, 20)]),
            kind("数据线", &["Type-C", "快充"], &[pack("1m", 1_990, 40), pack("2m", 2_590, 40)]),
            kind("雨伞", &["晴雨", "长柄"], &[pack("1把", 3_990, 20)]),
            kind("胶带", &["透明", "封箱"], &[pack("1卷", 390, 72), pack("3卷", 890, 36)]),
        ],
    },
];
