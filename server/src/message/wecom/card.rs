//! Messages as WeCom shows them. Lengths are those that its documentation advises; more is cut off by its app.

use crate::message::channel::{Content, clipped, digest_text};
use crate::route::open;
use domain::message::preference::ChannelKind;
use domain::message::{Act, Answer, Message, REASONS_MAX};
use serde_json::{Value, json};

/// Within so many seconds the same content is the same message; WeCom takes up to four hours.
const SAME_WITHIN_S: u32 = 1800;
/// What a text may have at most, in bytes.
const TEXT_BYTES_MAX: usize = 2048;
/// Facts on a card.
pub(in crate::message) const N_FACTS_MAX: usize = 6;
/// People that a robot mentions at once.
const N_MENTIONED_MAX: usize = 20;

/// The body that sends this to a user: a card with buttons, or a text.
#[must_use]
pub fn body(content: Content<'_>, to: &str, agent_id: u32, origin: &str) -> Value {
    let mut body = json!({
        "touser": to,
        "agentid": agent_id,
        // Sent twice because the first answer was lost, it is shown once.
        "enable_duplicate_check": 1,
        "duplicate_check_interval": SAME_WITHIN_S,
    });
    let (kind, inner) = match content {
        Content::One(message) => ("template_card", buttons(message, origin)),
        Content::Digest(messages) => ("text", json!({ "content": digest_text(messages, TEXT_BYTES_MAX) })),
    };
    body["msgtype"] = json!(kind);
    body[kind] = inner;
    body
}

/// The body that shows this in a robot's group. Robots' cards have no buttons and mention nobody, so a message is a text
/// with a link: it mentions `mentioned`, by their userids.
#[must_use]
pub fn group_body(content: Content<'_>, origin: &str, mentioned: &[String]) -> Value {
    match content {
        Content::One(message) => {
            let mut text = format!("**{}**", plain(&clipped(&message.title, 60)));
            for fact in message.facts.iter().take(N_FACTS_MAX) {
                text.push_str(&format!("\n> {}：{}", plain(&fact.name), plain(&clipped(&fact.value, 60))));
            }
            let link = open::link(origin, ChannelKind::WeComGroup, message);
            text.push_str(&format!("\n[{}]({link})", plain(&message.link.text)));
            for userid in mentioned.iter().take(N_MENTIONED_MAX) {
                text.push_str(&format!("\n<@{}>", plain(userid)));
            }
            json!({ "msgtype": "markdown", "markdown": { "content": text } })
        }
        Content::Digest(messages) => {
            let text = json!({ "content": digest_text(messages, TEXT_BYTES_MAX), "mentioned_list": mentioned });
            json!({ "msgtype": "text", "text": text })
        }
    }
}

/// Without what markdown takes for marks: WeCom's knows no escapes.
pub(in crate::message) fn plain(text: &str) -> String {
    let wide = |letter| match letter {
        '<' => '＜',
        '>' => '＞',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '`' => '｀',
        '#' => '＃',
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    text.chars().map(wide).collect()
}

fn common(message: &Message, origin: &str) -> Value {
    let url = open::link(origin, ChannelKind::WeCom, message);
    let facts: Vec<Value> = message
        .facts
        .iter()
        .take(N_FACTS_MAX)
        .map(|fact| json!({ "keyname": clipped(&fact.name, 5), "value": clipped(&fact.value, 26) }))
        .collect();
    json!({
        "main_title": { "title": clipped(&message.title, 36), "desc": message.store.as_str() },
        "horizontal_content_list": facts,
        "card_action": { "type": 1, "url": url },
    })
}

fn buttons(message: &Message, origin: &str) -> Value {
    let mut card = common(message, origin);
    card["card_type"] = json!("button_interaction");
    card["task_id"] = json!(message.id.to_string());
    let mut list: Vec<Value> = Vec::new();
    for button in &message.buttons {
        let key = Answer { act: button.act, about: message.about.clone() };
        let style = if button.act == Act::Decline { 2 } else { 1 };
        list.push(json!({ "type": 0, "text": clipped(&button.text, 10), "style": style, "key": key.to_string() }));
    }
    let url = open::link(origin, ChannelKind::WeCom, message);
    list.push(json!({ "type": 1, "text": clipped(&message.link.text, 10), "style": 3, "url": url }));
    card["button_list"] = json!(list);
    let declines = message.buttons.iter().any(|button| button.act == Act::Decline);
    if let (true, Some(first)) = (declines, message.reasons.first()) {
        let options = message.reasons.iter().take(REASONS_MAX);
        let options: Vec<Value> =
            options.map(|reason| json!({ "id": reason.code, "text": clipped(&reason.text, 16) })).collect();
        card["button_selection"] =
            json!({ "question_key": "reason", "option_list": options, "selected_id": first.code });
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::channel::tests::request;

    const ORIGIN: &str = "https://stock.example";

    #[test]
    fn a_request_is_a_card_with_its_version_in_every_button() {
        let message = request(1);
        let card = &body(Content::One(&message), "wangfang", 1_000_002, ORIGIN)["template_card"];
        assert_eq!(card["card_type"], "button_interaction");
        assert_eq!(card["task_id"], message.id.to_string());
        let keys: Vec<&str> =
            card["button_list"].as_array().expect("buttons").iter().filter_map(|b| b["key"].as_str()).collect();
        assert_eq!(keys, ["confirm:transfer:TR-1:7", "decline:transfer:TR-1:7"]);
        let link = format!("https://stock.example/open/wecom/{}", message.id);
        assert_eq!(card["button_list"][2]["url"], link, "opened, and known to be");
        assert_eq!(card["card_action"]["url"], link);
        assert_eq!(card["button_selection"]["option_list"][0]["id"], "needed_here");
    }

    #[test]
    fn without_declining_there_is_no_reason_to_choose() {
        let mut message = request(1);
        message.buttons.clear();
        let card = &body(Content::One(&message), "wangfang", 1, ORIGIN)["template_card"];
        assert!(card.get("button_selection").is_none());
        assert_eq!(card["button_list"].as_array().map(Vec::len), Some(1), "it can always be opened");
    }

    #[test]
    fn too_much_is_cut_to_what_is_shown() {
        let mut message = request(1);
        message.title = "长".repeat(100);
        message.facts = vec![message.facts[0].clone(); 9];
        message.reasons = vec![message.reasons[0].clone(); 12];
        let card = &body(Content::One(&message), "wangfang", 1, ORIGIN)["template_card"];
        assert_eq!(card["main_title"]["title"].as_str().map(|title| title.chars().count()), Some(36));
        assert_eq!(card["horizontal_content_list"].as_array().map(Vec::len), Some(6));
        assert_eq!(card["button_selection"]["option_list"].as_array().map(Vec::len), Some(10));
    }

    #[test]
    fn a_group_is_shown_the_page() {
        let mut message = request(1);
        message.title = "**<@all>** [x](https://evil.example)\n# 调拨".into();
        let shown = group_body(Content::One(&message), ORIGIN, &["wangfang".into()]);
        let text = shown["markdown"]["content"].as_str().expect("markdown");
        assert!(text.contains(&format!("[查看](https://stock.example/open/wecom_group/{})", message.id)), "{text}");
        assert!(text.ends_with("\n<@wangfang>"), "{text}");
        assert!(!text.contains("<@all>") && !text.contains("](https://evil") && !text.contains("\n#"), "{text}");
        let digest = group_body(Content::Digest(&[request(1), request(2)]), ORIGIN, &["wangfang".into()]);
        assert_eq!((&digest["msgtype"], &digest["text"]["mentioned_list"]), (&json!("text"), &json!(["wangfang"])));
    }

    #[test]
    fn a_group_s_text_fits_whatever_is_in_it() {
        let mut message = request(1);
        message.title = "长".repeat(500);
        message.facts = vec![domain::message::Fact { name: "长".repeat(20), value: "长".repeat(500) }; 9];
        let mentioned = vec!["u".repeat(64); 40];
        let shown = group_body(Content::One(&message), ORIGIN, &mentioned);
        assert!(shown["markdown"]["content"].as_str().expect("markdown").len() <= 4096);
    }
}
