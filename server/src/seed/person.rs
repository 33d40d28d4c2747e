//! Makes the chain's staff.

use super::place::{DemoStore, REGIONS};
use super::random::Random;
use domain::id::{PersonId, RegionCode};
use domain::master::Region;
use domain::policy::{Role, Scope};
use std::collections::BTreeMap;

/// The password of every demo account.
pub const DEMO_PASSWORD: &str = "shelftrace-demo";

/// Someone with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// As shown.
    pub name: String,
    pub role: Role,
    pub scope: Scope,
}

const FAMILY_NAMES: [(&str, &str); 24] = [
    ("李", "li"),
    ("王", "wang"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("赵", "zhao"),
    ("黄", "huang"),
    ("周", "zhou"),
    ("吴", "wu"),
    ("徐", "xu"),
    ("孙", "sun"),
    ("胡", "hu"),
    ("朱", "zhu"),
    ("高", "gao"),
    ("林", "lin"),
    ("何", "he"),
    ("郭", "guo"),
    ("马", "ma"),
    ("罗", "luo"),
    ("梁", "liang"),
    ("宋", "song"),
    ("郑", "zheng"),
    ("谢", "xie"),
];

const GIVEN_NAMES: [(&str, &str); 36] = [
    ("敏", "min"),
    ("静", "jing"),
    ("磊", "lei"),
    ("洋", "yang"),
    ("艳", "yan"),
    ("勇", "yong"),
    ("杰", "jie"),
    ("涛", "tao"),
    ("霞", "xia"),
    ("平", "ping"),
    ("桂英", "guiying"),
    ("秀兰", "xiulan"),
    ("志强", "zhiqiang"),
    ("建国", "jianguo"),
    ("婷婷", "tingting"),
    ("雪梅", "xuemei"),
    ("晓燕", "xiaoyan"),
    ("思远", "siyuan"),
    ("子轩", "zixuan"),
    ("雨桐", "yutong"),
    ("佳怡", "jiayi"),
    ("浩然", "haoran"),
    ("欣怡", "xinyi"),
    ("文博", "wenbo"),
    ("嘉豪", "jiahao"),
    ("若曦", "ruoxi"),
    ("明月", "mingyue"),
    ("海燕", "haiyan"),
    ("春花", "chunhua"),
    ("家俊", "jiajun"),
    ("梓涵", "zihan"),
    ("俊杰", "junjie"),
    ("丽华", "lihua"),
    ("国栋", "guodong"),
    ("彩云", "caiyun"),
    ("小龙", "xiaolong"),
];

/// Two clerks and a manager in every store (one clerk in each twelfth), a manager for every region, headquarters and
/// an auditor: 40 people at twelve stores. The first store's clerk is always `lina`, its manager `wangwei`.
pub fn people(stores: &[DemoStore], regions: &[Region], seed: u64) -> Vec<DemoPerson> {
    let mut staff = Staff { people: Vec::new(), logins: BTreeMap::new(), random: Random::new(seed, "people") };
    staff.add(Some(("陈静", "hq")), Role::Headquarters, Scope::Chain);
    staff.add(Some(("周方", "auditor")), Role::Auditor, Scope::Chain);
    for (at, region) in regions.iter().enumerate() {
        staff.add_regional(REGIONS[at].2, region.code.clone());
    }
    for (at, store) in stores.iter().enumerate() {
        let scope = || Scope::Store(store.store.code.clone());
        let known = |name| (at == 0).then_some(name);
        staff.add(known(("王伟", "wangwei")), Role::StoreManager, scope());
        staff.add(known(("李娜", "lina")), Role::Clerk, scope());
        if (at + 1) % 12 != 0 {
            staff.add(None, Role::Clerk, scope());
        }
    }
    staff.people
}

struct Staff {
    people: Vec<DemoPerson>,
    logins: BTreeMap<String, u32>,
    random: Random,
}

impl Staff {
    fn add(&mut self, known: Option<(&str, &str)>, role: Role, scope: Scope) {
        let (name, login) = match known {
            Some((name, login)) => (name.to_owned(), login.to_owned()),
            None => self.draw_name(),
        };
        self.push(name, login, role, scope);
    }

    fn add_regional(&mut self, login: &str, region: RegionCode) {
        let (name, _) = self.draw_name();
        self.push(name, login.to_owned(), Role::RegionalManager, Scope::Region(region));
    }

    fn push(&mut self, name: String, login: String, role: Role, scope: Scope) {
        let id = PersonId::parse(&format!("P{:04}", self.people.len() + 1)).expect("a letter and digits");
        // The second Zhang Min signs in as zhangmin2.
        let n_so_far = self.logins.entry(login.clone()).or_default();
        *n_so_far += 1;
        let login = if *n_so_far == 1 { login } else { format!("{login}{n_so_far}") };
        self.people.push(DemoPerson { id, login, name, role, scope });
    }

    fn draw_name(&mut self) -> (String, String) {
        let (family, family_latin) = FAMILY_NAMES[self.random.index(FAMILY_NAMES.len())];
        let (given, given_latin) = GIVEN_NAMES[self.random.index(GIVEN_NAMES.len())];
        (format!("{family}{given}"), format!("{family_latin}{given_latin}"))
    }
}
