//! The accuracy report.

use super::messages;

messages! {
    accuracy_title: "账实准确率" / "Accuracy of the book";
    accuracy_sub_chain: "每家门店最近一次盘点，八种公开的算法并列" / "Each store’s newest stocktake by all eight published measures";
    accuracy_sub_store(store): "{store} 的每一次盘点，八种公开的算法并列" / "Every stocktake of {store} by all eight published measures";
    accuracy_none_title: "还没有盘完的盘点" / "No finished stocktake yet";
    accuracy_none_text: "盘点结束后，这里会有它的准确率。" / "Once counting is over, its accuracy shows here.";
    accuracy_csv: "下载 CSV" / "Download CSV";
    accuracy_all_stores: "所有门店" / "All stores";
    accuracy_why: "“95% 准确”可以是任何意思：行业里有八种不同的算法（ECR Retail Loss，2026）。这里全部列出，比较时请用同一种。"
        / "“95 % accurate” can mean almost anything: eight measures are in use (ECR Retail Loss, 2026). Here are all of them; compare like with like.";
    accuracy_records: "行数" / "Records";
    accuracy_until: "盘到" / "Counted until";
    measure_signed: "有正负的误差" / "Signed error";
    measure_signed_text: "Σ（实盘 − 账面）÷ Σ 账面。多的会抵掉少的。" / "Σ (counted − expected) ÷ Σ expected. Too much hides too little.";
    measure_shrink: "损耗" / "Shrink";
    measure_shrink_text: "少掉的净金额（售价）÷ 账面金额。" / "Net money missing at shelf price ÷ money booked.";
    measure_binary: "错的行" / "Wrong records";
    measure_binary_text: "不是一件不差的行 ÷ 全部行。" / "Records not exactly right ÷ all.";
    measure_range_share: "超出 ±5%" / "Beyond ±5 %";
    measure_range_share_text: "差超过账面 5% 的行 ÷ 全部行。" / "Records off by more than 5 % of the book ÷ all.";
    measure_range_units: "超出 ±2 件" / "Beyond ±2 pieces";
    measure_range_units_text: "差超过 2 件的行 ÷ 全部行。" / "Records off by more than 2 pieces ÷ all.";
    measure_absolute: "绝对误差" / "Absolute error";
    measure_absolute_text: "Σ |实盘 − 账面| ÷ Σ 账面。" / "Σ |counted − expected| ÷ Σ expected.";
    measure_mape: "MAPE" / "MAPE";
    measure_mape_text: "|实盘 − 账面| ÷ 实盘 的平均。实盘为 0 的行不算。" / "Mean of |counted − expected| ÷ counted; records with nothing found are left out.";
    measure_smape: "sMAPE" / "sMAPE";
    measure_smape_text: "|实盘 − 账面| ÷ 两者平均 的平均，0 到 200%。" / "Mean of |counted − expected| ÷ their mean, 0 to 200 %.";
    measures_explained: "八种算法" / "The eight measures";
    drift_title: "盘完以后变差得多快" / "How fast it drifts";
    drift_text: "再次盘点时，距上一次多久、有多少行已经不对。" / "Records counted again: how long after the count before, and how many were wrong by then.";
    drift_none: "同一行盘过两次以后才有。" / "Known once the same lines have been counted twice.";
    drift_from_to(from, to): "{from}–{to} 天后" / "After {from}–{to} days";
    drift_from(from): "{from} 天以上" / "After {from} days or more";
    drift_share: "错的行" / "Wrong";
    drift_n(n): "{n} 行" / "{n} records";
    accuracy_table: "准确率" / "Accuracy";
    accuracy_days_since(n): "{n} 天前" / "{n} days ago";
    accuracy_age: "距今" / "Age";
}
