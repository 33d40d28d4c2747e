//! Timelines, cases, devices, audits and proofs.

use super::{Language, messages};
use crate::format;
use domain::audit::{AuditFlaw, WitnessKind};
use domain::case::{CaseList, CaseOutcome, Severity};
use domain::proof::ProofError;
use domain::trace::{EventKind, SubjectKind};

messages! {
    nav_trace: "留痕" / "Trace";
    n_overdue_cases(n): "{n} 条告警逾期" / "{n} alarms overdue";

    trace_title: "留痕" / "Trace";
    trace_sub: "每一件事：谁、何时、何地、前后多少件" / "Everything that happened: who, when, where, stock before and after";
    trace_tabs: "留痕的各部分" / "Parts of the trace";
    tab_timeline: "时间线" / "Timeline";
    tab_cases: "告警" / "Alarms";
    tab_devices: "设备" / "Devices";
    tab_audit: "审计" / "Audit";
    tab_proof: "验证证明" / "Proof";

    store_label: "门店" / "Store";
    choose_store: "选择门店" / "Choose a store";
    all_stores: "全部门店" / "All stores";
    all_stores_sub: "按时间合在一起" / "Together, in the order of time";
    all_stores_title: "先说找什么" / "Say what to look for";
    all_stores_text: "搜一样东西，或在筛选里选一种事件或告警，就能同时看全部门店。" / "Search for something, or choose an event or an alarm in the filter, to look into all stores at once.";
    by_store: "按门店看" / "Store by store";
    show: "查看" / "Show";
    search_label: "找商品、货架、人、设备、单据" / "Find a product, shelf, person, device or document";
    search_hint: "输入名称、编码或条码" / "Type a name, a code or a barcode";
    search: "搜索" / "Search";
    suggestions: "可能是" / "Perhaps";
    no_suggestions: "没有找到。试试编码的开头，或换一个词。" / "Nothing found. Try the beginning of a code, or another word.";
    filters: "筛选" / "Filter";
    filter_kind: "事件" / "Event";
    filter_flag: "告警" / "Alarm";
    filter_from: "从（入账日）" / "From (day recorded)";
    filter_until: "到（入账日）" / "To (day recorded)";
    filter_any: "全部" / "All";
    filter_apply: "应用" / "Apply";
    filter_person(person): "只看 {person}" / "Only {person}";
    filter_clear: "清除筛选" / "Clear the filter";
    all_of_store: "本店全部事件" / "Everything in this store";
    load_earlier: "更早的事件" / "Earlier events";
    loading_earlier: "正在载入更早的事件…" / "Loading earlier events…";
    trace_end: "没有更早的了" / "Nothing earlier";
    load_failed: "没载入成功，请再试一次。" / "That did not load. Try again.";
    index_behind(n): "还有 {n} 条较早的事件正在建立索引，暂时搜不到。" / "Older events still being indexed, not searched yet: {n}.";
    no_steps_title: "没有符合的事件" / "No such events";
    no_steps_text: "换个时间范围，或清除筛选。" / "Change the time range or clear the filter.";
    occurs_in: "出现在这些门店" / "It occurs in these stores";
    occurs_nowhere_title: "没有门店有它的留痕" / "No store has a trace of it";
    occurs_nowhere_text: "编码对吗？换个词搜搜看。" / "Is the code right? Search for another word.";
    n_events(n): "{n} 条事件" / "Events: {n}";

    subject_product: "商品" / "Product";
    subject_shelf: "货架" / "Shelf";
    subject_person: "人员" / "Person";
    subject_device: "设备" / "Device";
    subject_document: "单据" / "Document";
    subject_stocktake: "盘点" / "Stocktake";
    subject_photo: "照片" / "Photo";

    step_details: "详情" / "Details";
    step_person: "人员" / "Person";
    step_device_time: "设备时间" / "Device time";
    step_recorded: "入账时间" / "Recorded";
    step_reversed: "已冲销，库存恢复原样" / "Reversed: stock is as it was before";
    step_skew: "设备时钟不准，按入账时间算" / "device clock off: time of recording used";
    step_place: "位置" / "Place";
    step_device: "设备" / "Device";
    step_device_seq(n): "第 {n} 号" / "its number {n}";
    step_none: "系统生成" / "made by the ledger";
    step_document: "单据" / "Document";
    step_stocktake: "盘点" / "Stocktake";
    step_number: "账本序号" / "Number";
    step_proof: "下载证明" / "Download proof";
    step_photos: "照片" / "Photos";
    step_photo_alt(n, what): "照片 {n}：{what}" / "Photo {n}: {what}";
    step_changes: "库存变化" / "Stock";
    step_more_changes(n): "另有 {n} 行" / "Further lines: {n}";
    stock_before: "之前" / "Before";
    stock_after: "之后" / "After";
    stock_change: "变化" / "Change";
    stock_place: "位置" / "Place";
    stock_not_booked: "未入账" / "not booked";
    only_this_person: "只看此人" / "Only this person";

    place_map_label(distance): "地图：离店 {distance} m" / "Map: {distance} m from the store";
    map_store: "门店" / "Store";
    map_event: "事件" / "Event";
    map_scale(metres): "{metres} m" / "{metres} m";
    map_far: "远在图外，方向如箭头" / "far beyond the map, in the arrow's direction";

    cases_title: "告警跟进" / "Alarms";
    cases_sub: "每条告警有人负责，按时有结论" / "Each alarm has an owner and, in time, an outcome";
    cases_open: "未结" / "Open";
    cases_mine: "我负责的" / "Mine";
    cases_overdue: "逾期" / "Overdue";
    cases_closed: "已结" / "Closed";
    case_lists: "告警列表" / "Lists of alarms";
    no_cases_title: "这里没有告警" / "No alarms here";
    no_cases_text: "有情况时会列在这里。" / "They are listed here as they come up.";
    cases_more(n): "另有 {n} 条" / "{n} more";
    cases_unowned(n): "{n} 条告警逾期且没人负责" / "Alarms overdue that nobody looks into: {n}";
    case_about(person): "当事人 {person}" / "about {person}";
    case_owner(person): "负责人 {person}" / "owner {person}";
    case_no_owner: "没人负责" / "no owner";
    case_due(at): "{at} 前处理" / "due {at}";
    case_late(at): "应于 {at} 前处理" / "was due {at}";
    case_closed_by(person, at): "{person} 于 {at} 结案" / "closed by {person}, {at}";
    case_raised(at): "{at} 发现" / "raised {at}";
    case_take: "由我负责" / "I look into it";
    case_take_over: "改由我负责" / "I take it over";
    case_close: "结案" / "Close";
    case_see_event: "看事件" / "See the event";
    case_outcome_label: "结论" / "Outcome";
    case_note_label: "发现了什么" / "What was found";
    case_note_needed: "请写下发现了什么。" / "Write down what was found.";
    case_close_title: "告警结案" / "Close the alarm";
    case_cancel: "取消" / "Cancel";
    case_own: "说的是您自己，要别人来跟进" / "about yourself: somebody else follows it up";
    case_sending: "已记下，正在上传…" / "Kept, on its way…";
    case_storing_failed: "这台设备存不下记录，请换一台再试。" / "This device could not keep it. Try another one.";
    severity_low: "低" / "low";
    severity_medium: "中" / "medium";
    severity_high: "高" / "high";
    severity_of(severity): "严重程度：{severity}" / "severity: {severity}";
    outcome_explained: "有合理解释" / "explained";
    outcome_corrected: "是差错，已更正" / "a mistake, corrected";
    outcome_fraud: "舞弊" / "fraud";
    outcome_false_alarm: "误报" / "false alarm";

    devices_title: "设备" / "Devices";
    devices_sub: "最近出现、未传、缺号、版本" / "Last seen, unsent, gaps, version";
    device_column: "设备" / "Device";
    device_person: "使用人" / "Person";
    device_seen: "最近出现" / "Last seen";
    device_unsent: "未传" / "Unsent";
    device_gaps: "缺号" / "Gaps";
    device_version: "版本" / "Version";
    device_actions: "操作" / "Actions";
    device_imported: "导入的" / "imported";
    device_behind: "旧版本" / "behind";
    device_gap(first, last): "{first}–{last}" / "{first}–{last}";
    device_no_gaps: "无" / "none";
    device_bar: "停用" / "Bar";
    device_admit: "恢复" / "Let in again";
    device_barred(person, at): "{person} 于 {at} 停用" / "barred by {person}, {at}";
    device_bar_title: "停用这台设备？" / "Bar this device?";
    device_bar_text: "它不能再上传。手机里的记录不会丢，恢复后自动继续上传。"
        / "It cannot send any more. What it keeps is not lost and goes up by itself once it is let in again.";
    device_bar_confirm: "停用" / "Bar it";
    no_devices_title: "还没有设备" / "No devices yet";
    no_devices_text: "手机第一次上传后会列在这里。" / "Phones are listed once they have sent something.";
    device_timeline: "看它的留痕" / "See its trace";
    devices_all: "我能看的全部门店" / "All my stores";

    audit_title: "审计" / "Audit";
    audit_sub: "证明某店某日的账没有被改过" / "Shows that a store's day is as it was written";
    audit_day_label: "日期" / "Day";
    audit_run: "审计这一天" / "Audit this day";
    audit_untouched: "没有被改过" / "Untouched";
    audit_untouched_text(n): "重新计算了 {n} 条事件的哈希，与前后签名的链头和所有见证都相符。"
        / "The hashes of {n} events were computed anew. They fit the signed heads before and after, and every witness.";
    audit_empty: "这一天没有事件" / "Nothing was recorded that day";
    audit_flawed: "与当初写下的不符" / "Not as it was written";
    audit_events: "当日事件" / "Events of the day";
    audit_range(first, last): "第 {first}–{last} 号" / "numbers {first}–{last}";
    audit_from: "之前签名的链头" / "Signed head before";
    audit_to: "之后签名的链头" / "Signed head after";
    audit_from_beginning: "从账本开头算起" / "from the beginning of the ledger";
    audit_head(seq, by): "第 {seq} 号，{by}" / "number {seq}, {by}";
    audit_in_file: "见证文件里的链头" / "Heads in the witness file";
    audit_by_phones: "手机见证的链头" / "Heads witnessed by phones";
    audit_n_by_phones(n, n_phones): "{n} 个，来自 {n_phones} 台手机" / "{n}, of {n_phones} phones";
    audit_key: "签名公钥" / "Public key";
    witness_database: "数据库" / "kept in the database";
    witness_file: "见证文件" / "kept in the witness file";
    witness_phone: "手机" / "kept by a phone";
    flaw_missing(seq): "第 {seq} 号事件不见了" / "event {seq} is missing";
    flaw_damaged(seq): "第 {seq} 号事件读不出来，或被换成了别的" / "event {seq} cannot be read, or is another one";
    flaw_altered(seq): "第 {seq} 号事件的内容被改过" / "the content of event {seq} was altered";
    flaw_not_as_witnessed(seq, by): "第 {seq} 号或更早的事件被重写：与见证不符（{by}）"
        / "event {seq} or one before it was rewritten: it is not what was witnessed ({by})";

    proof_title: "验证证明" / "Check a proof";
    proof_sub: "在这台设备上算，不问服务器" / "Computed on this device, without the server";
    proof_file_label: "证明文件（.json）" / "Proof file (.json)";
    proof_key_label: "信任的公钥（可不填）" / "Public key you trust (may be left out)";
    proof_key_hint: "审计页上有公钥；抄在别处的更可靠。" / "The audit page shows it; a copy kept elsewhere proves more.";
    proof_holds: "证明成立" / "The proof holds";
    proof_holds_text(seq, store): "{store} 的第 {seq} 号事件与写下时一样。" / "Event {seq} of {store} stands as it was taken.";
    proof_fails: "证明不成立" / "The proof does not hold";
    proof_waiting_title: "选择一个证明文件" / "Choose a proof file";
    proof_waiting_text: "在留痕的事件详情里可以下载证明。" / "Proofs are downloaded from an event's details.";
    proof_signed_by: "签名公钥" / "Signed with key";
    proof_key_trusted: "与您信任的公钥一致" / "the key you trust";
    proof_key_compare: "请与链的公钥核对" / "compare it with the chain's";
    proof_covered(seq): "由第 {seq} 号签名链头覆盖" / "covered by the signed head at event {seq}";
    proof_unreadable: "这个文件不是证明。" / "The file is no proof.";
    proof_format: "证明的格式太新，请更新应用。" / "The proof's format is too new: update the app.";
    proof_damaged: "事件的内容已损坏。" / "The event's bytes are damaged.";
    proof_other_event: "文件里的事件不是它所说的那一条。" / "The event is another than the proof says.";
    proof_broken: "从事件到签名链头的链条断了：有内容被改过。"
        / "The chain does not lead from the event to the signed head: something was altered.";
    proof_bad_key: "公钥写错了，应为 64 位十六进制。" / "The public key is not 64 hexadecimal digits of a key.";
    proof_signature: "链头上的签名不是这个公钥签的。" / "The head does not carry this key's signature.";
    proof_other_key: "证明是用别的公钥签的，不是您信任的那个。" / "The proof was made with another key than the one you trust.";

    kind_opened: "开始盘点" / "Stocktake opened";
    kind_counted: "点数" / "Counted";
    kind_undone: "撤销点数" / "Count taken back";
    kind_submitted: "提交盘点" / "Stocktake submitted";
    kind_reversed: "冲销" / "Reversal";
    kind_approved: "批准" / "Approval";
    kind_declined: "驳回" / "Decline";
    kind_planned: "安排盘点" / "Stocktake planned";
    kind_shelf_finished: "货架盘完" / "Shelf finished";
    kind_recount_asked: "要求复盘" / "Recount asked for";
    kind_line_decided: "确定结果" / "Count decided";
    kind_stocktake_approved: "批准盘点" / "Stocktake approved";
    kind_stocktake_cancelled: "取消盘点" / "Stocktake cancelled";
    kind_variance_posted: "差异入账" / "Variance posted";
    kind_case_taken: "跟进告警" / "Alarm taken";
    kind_case_closed: "告警结案" / "Alarm closed";
    kind_sheet_keyed: "盘点单补录" / "Sheet keyed in";
}

impl Language {
    /// What a kind of event is called.
    #[must_use]
    pub fn event_kind(self, kind: EventKind) -> &'static str {
        match kind {
            EventKind::StocktakeOpened => self.kind_opened(),
            EventKind::Counted => self.kind_counted(),
            EventKind::CountUndone => self.kind_undone(),
            EventKind::StocktakeSubmitted => self.kind_submitted(),
            EventKind::Moved(kind) => self.movement(kind),
            EventKind::Reversed => self.kind_reversed(),
            EventKind::Approved => self.kind_approved(),
            EventKind::Declined => self.kind_declined(),
            EventKind::StocktakePlanned => self.kind_planned(),
            EventKind::ShelfFinished => self.kind_shelf_finished(),
            EventKind::RecountAsked => self.kind_recount_asked(),
            EventKind::LineDecided => self.kind_line_decided(),
            EventKind::StocktakeApproved => self.kind_stocktake_approved(),
            EventKind::StocktakeCancelled => self.kind_stocktake_cancelled(),
            EventKind::VariancePosted => self.kind_variance_posted(),
            EventKind::CaseTaken => self.kind_case_taken(),
            EventKind::CaseClosed => self.kind_case_closed(),
            EventKind::SheetKeyed => self.kind_sheet_keyed(),
            EventKind::Transfer(step) => self.transfer_step(step),
            EventKind::CreditDisputed => self.credit_disputed(),
            EventKind::CreditJudged => self.credit_judged(),
        }
    }

    /// What a kind of subject is called.
    #[must_use]
    pub fn subject_kind(self, kind: SubjectKind) -> &'static str {
        match kind {
            SubjectKind::Product => self.subject_product(),
            SubjectKind::Shelf => self.subject_shelf(),
            SubjectKind::Person => self.subject_person(),
            SubjectKind::Device => self.subject_device(),
            SubjectKind::Document => self.subject_document(),
            SubjectKind::Stocktake => self.subject_stocktake(),
            SubjectKind::Photo => self.subject_photo(),
            SubjectKind::Flag => self.filter_flag(),
            SubjectKind::Kind => self.filter_kind(),
            SubjectKind::Transfer => self.subject_transfer(),
        }
    }

    /// What an alarm turned out to be.
    #[must_use]
    pub fn case_outcome(self, outcome: CaseOutcome) -> &'static str {
        match outcome {
            CaseOutcome::Explained => self.outcome_explained(),
            CaseOutcome::Corrected => self.outcome_corrected(),
            CaseOutcome::Fraud => self.outcome_fraud(),
            CaseOutcome::FalseAlarm => self.outcome_false_alarm(),
        }
    }

    /// A list of cases.
    #[must_use]
    pub fn case_list(self, list: CaseList) -> &'static str {
        match list {
            CaseList::Open => self.cases_open(),
            CaseList::Mine => self.cases_mine(),
            CaseList::Overdue => self.cases_overdue(),
            CaseList::Closed => self.cases_closed(),
        }
    }

    /// How much may be behind an alarm.
    #[must_use]
    pub fn severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Low => self.severity_low(),
            Severity::Medium => self.severity_medium(),
            Severity::High => self.severity_high(),
        }
    }

    /// Who has kept a signed head.
    #[must_use]
    pub fn witness_kind(self, by: WitnessKind) -> &'static str {
        match by {
            WitnessKind::Database => self.witness_database(),
            WitnessKind::File => self.witness_file(),
            WitnessKind::Phone => self.witness_phone(),
        }
    }

    /// What an audit found.
    #[must_use]
    pub fn audit_flaw(self, flaw: &AuditFlaw) -> String {
        let number = |seq: u64| format::number(i64::try_from(seq).unwrap_or(i64::MAX));
        match flaw {
            AuditFlaw::Missing { seq } => self.flaw_missing(number(*seq)),
            AuditFlaw::Damaged { seq } => self.flaw_damaged(number(*seq)),
            AuditFlaw::Altered { seq } => self.flaw_altered(number(*seq)),
            AuditFlaw::NotAsWitnessed { seq, by } => self.flaw_not_as_witnessed(number(*seq), self.witness_kind(*by)),
        }
    }

    /// Why a proof shows nothing.
    #[must_use]
    pub fn proof_error(self, error: &ProofError) -> &'static str {
        match error {
            ProofError::Format(_) => self.proof_format(),
            ProofError::Damaged => self.proof_damaged(),
            ProofError::OtherEvent { .. } => self.proof_other_event(),
            ProofError::Broken => self.proof_broken(),
            ProofError::Key => self.proof_bad_key(),
            ProofError::Signature => self.proof_signature(),
            ProofError::OtherKey => self.proof_other_key(),
        }
    }
}
