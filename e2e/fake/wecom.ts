import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The application that the server under test is set up for. */
export const APPLICATION = {
  corpId: 'wx5823bf96d3bd56c7',
  agentId: 1000002,
  secret: 'fake-wecom-secret',
  token: 'QDG6eK',
  aesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
};

/** The settings that make a server talk to the fake at `base`. */
export function wecomSettings(base: string, publicOrigin: string): Record<string, string> {
  return {
    SHELFTRACE_WECOM_CORP_ID: APPLICATION.corpId,
    SHELFTRACE_WECOM_AGENT_ID: String(APPLICATION.agentId),
    SHELFTRACE_WECOM_SECRET: APPLICATION.secret,
    SHELFTRACE_WECOM_TOKEN: APPLICATION.token,
    SHELFTRACE_WECOM_AES_KEY: APPLICATION.aesKey,
    SHELFTRACE_WECOM_BASE: base,
    SHELFTRACE_PUBLIC_ORIGIN: publicOrigin,
  };
}

/** What goes wrong with the next call. */
export type Fault = { code: number } | 'html' | 'disconnect' | 'silence';

interface Button {
  type?: number;
  text: string;
  key?: string;
  url?: string;
}

/** A card as a member has it on their phone. */
export interface Card {
  readonly taskId: string;
  readonly title: string;
  readonly facts: ReadonlyArray<{ keyname: string; value: string }>;
  readonly buttons: readonly Button[];
  readonly reasons: ReadonlyArray<{ id: string; text: string }>;
  readonly responseCode: string;
  /** What the buttons have been replaced with; undefined as long as they are there. */
  replaced?: string;
}

/** How a press of a button reaches the server. */
export interface Press {
  /** The reason chosen. */
  reason?: string;
  /** WeCom sends a callback up to three times. */
  copies?: number;
  /** Somebody else's signature. */
  forged?: boolean;
  /** The same callback with time stamp and nonce swapped: its signature holds. */
  swapped?: boolean;
  /** When it was pressed, in seconds; now by default. */
  at?: number;
}

/** A WeCom that behaves like the real one, for one application. */
export class FakeWeCom {
  /** What each member was shown, the oldest first. */
  readonly cards = new Map<string, Card[]>();
  /** Texts, such as digests. */
  readonly texts = new Map<string, string[]>();
  /** What robots' groups were shown. */
  readonly groups = new Map<string, unknown[]>();
  tokens = 0;
  calls = 0;
  /** Messages beyond 30 a minute to a member: WeCom says nothing and shows nothing. */
  dropped = 0;
  /** How long a token holds, in seconds. */
  tokenLasts = 7200;
  /** Members that WeCom does not know. */
  readonly unknown = new Set<string>();
  #token = '';
  #tokenUntil = 0;
  #faults: Fault[] = [];
  #sent = new Map<string, number[]>();
  #seen = new Map<string, number>();
  #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeWeCom> {
    const fake = new FakeWeCom();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Lets the next calls fail, one after the other. */
  failNext(...faults: Fault[]): void {
    this.#faults.push(...faults);
  }

  /** The token is not known any more. */
  revoke(): void {
    this.#token = '';
  }

  /** The member's newest card. */
  newest(userid: string): Card | undefined {
    return this.cards.get(userid)?.at(-1);
  }

  /** The member presses the button with this text; returns the server's answers, one a copy. */
  async press(origin: string, userid: string, card: Card, text: string, how: Press = {}): Promise<number[]> {
    const key = card.buttons.find((button) => button.text === text)?.key;
    if (key === undefined) throw new Error(`the card has no button ${text}`);
    const xml = clickXml(userid, card, key, how.at ?? Math.floor(Date.now() / 1000), how.reason);
    const answers: number[] = [];
    for (let copy = 0; copy < (how.copies ?? 1); copy += 1) answers.push(await post(origin, xml, how));
    return answers;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.base);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const reply = (value: unknown) => response.end(JSON.stringify(value));
    if (url.pathname === '/cgi-bin/gettoken') return void reply(this.#newToken(url.searchParams));
    this.calls += 1;
    const fault = this.#faults.shift();
    if (fault === 'silence') return;
    if (fault === 'disconnect') return void request.socket.destroy();
    if (fault === 'html') return void response.end('<html>sign in to the network</html>');
    if (fault !== undefined) return void reply(failed(fault.code));
    if (url.pathname === '/cgi-bin/webhook/send') return void reply(this.#robot(url.searchParams.get('key') ?? '', body));
    const given = url.searchParams.get('access_token');
    if (this.#token === '' || given !== this.#token) return void reply(failed(40014));
    if (Date.now() >= this.#tokenUntil) return void reply(failed(42001));
    if (url.pathname === '/cgi-bin/message/send') return void reply(this.#send(body));
    if (url.pathname === '/cgi-bin/message/update_template_card') return void reply(this.#update(body));
    response.writeHead(404).end();
  }

  #newToken(params: URLSearchParams): unknown {
    if (params.get('corpid') !== APPLICATION.corpId || params.get('corpsecret') !== APPLICATION.secret) {
      return failed(40001);
    }
    this.tokens += 1;
    this.#token = randomBytes(16).toString('hex');
    this.#tokenUntil = Date.now() + this.tokenLasts * 1000;
    return { errcode: 0, errmsg: 'ok', access_token: this.#token, expires_in: this.tokenLasts };
  }

  #send(body: any): unknown {
    const to = String(body.touser);
    const responseCode = randomBytes(8).toString('hex');
    const taken = { errcode: 0, errmsg: 'ok', invaliduser: '', msgid: responseCode, response_code: responseCode };
    if (this.unknown.has(to)) return { ...taken, invaliduser: to, response_code: undefined };
    if (this.#isTooMany(to)) return taken;
    if (this.#isRepeated(body)) return taken;
    if (body.msgtype === 'text') {
      this.texts.set(to, [...(this.texts.get(to) ?? []), String(body.text.content)]);
      return taken;
    }
    const shown = body.template_card;
    const card: Card = {
      taskId: shown.task_id,
      title: shown.main_title.title,
      facts: shown.horizontal_content_list,
      buttons: shown.button_list,
      reasons: shown.button_selection?.option_list ?? [],
      responseCode,
    };
    this.cards.set(to, [...(this.cards.get(to) ?? []), card]);
    return taken;
  }

  #isTooMany(to: string): boolean {
    const now = Date.now();
    const recent = (this.#sent.get(to) ?? []).filter((at) => now - at < 60_000);
    this.#sent.set(to, [...recent, now]);
    if (recent.length < 30) return false;
    this.dropped += 1;
    return true;
  }

  /** With `enable_duplicate_check`, the same body within the interval is shown once. */
  #isRepeated(body: { enable_duplicate_check?: number; duplicate_check_interval?: number }): boolean {
    if (body.enable_duplicate_check !== 1) return false;
    const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    const before = this.#seen.get(hash);
    this.#seen.set(hash, Date.now());
    return before !== undefined && Date.now() - before < (body.duplicate_check_interval ?? 1800) * 1000;
  }

  #update(body: { response_code: string; userids: string[]; button?: { replace_name: string } }): unknown {
    const cards = body.userids.flatMap((userid) => this.cards.get(userid) ?? []);
    const card = cards.find((one) => one.responseCode === body.response_code);
    if (card === undefined || card.replaced !== undefined) return failed(42045);
    card.replaced = body.button?.replace_name ?? '';
    return { errcode: 0, errmsg: 'ok' };
  }

  #robot(key: string, body: unknown): unknown {
    if (key === '') return failed(93000);
    this.groups.set(key, [...(this.groups.get(key) ?? []), body]);
    return { errcode: 0, errmsg: 'ok' };
  }
}

function failed(code: number): unknown {
  return { errcode: code, errmsg: `error ${code}` };
}

function clickXml(userid: string, card: Card, key: string, at: number, reason: string | undefined): string {
  const data = (text: string) => `<![CDATA[${text}]]>`;
  const chosen =
    reason === undefined
      ? ''
      : `<SelectedItems><SelectedItem><QuestionKey>${data('reason')}</QuestionKey><OptionIds>` +
        `<OptionId>${data(reason)}</OptionId></OptionIds></SelectedItem></SelectedItems>`;
  return (
    `<xml><ToUserName>${data(APPLICATION.corpId)}</ToUserName><FromUserName>${data(userid)}</FromUserName>` +
    `<CreateTime>${at}</CreateTime><MsgType>${data('event')}</MsgType><Event>${data('template_card_event')}</Event>` +
    `<EventKey>${data(key)}</EventKey><TaskId>${data(card.taskId)}</TaskId>` +
    `<CardType>${data('button_interaction')}</CardType><ResponseCode>${data(card.responseCode)}</ResponseCode>` +
    `<AgentID>${APPLICATION.agentId}</AgentID>${chosen}</xml>`
  );
}

async function post(origin: string, xml: string, how: Press): Promise<number> {
  const encrypted = seal(xml);
  const timestamp = String(Math.floor(Date.now() / 1000));
  // Ten digits, so that it could pass for a time stamp when swapped.
  const nonce = String(1_000_000_000 + randomBytes(4).readUInt32BE() % 1_000_000_000);
  const parts = [APPLICATION.token, timestamp, nonce, encrypted].sort();
  const signature = how.forged ? '0'.repeat(40) : createHash('sha1').update(parts.join('')).digest('hex');
  const [first, second] = how.swapped ? [nonce, timestamp] : [timestamp, nonce];
  const query = new URLSearchParams({ msg_signature: signature, timestamp: first, nonce: second });
  const body = `<xml><ToUserName><![CDATA[${APPLICATION.corpId}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;
  const answer = await fetch(`${origin}/api/v1/wecom/callback?${query}`, { method: 'POST', body });
  return answer.status;
}

/** WXBizMsgCrypt: 16 random bytes, the length, the text, the receiver, padded to a multiple of 32. */
function seal(text: string): string {
  const key = Buffer.from(`${APPLICATION.aesKey}=`, 'base64');
  const content = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const plain = Buffer.concat([randomBytes(16), length, content, Buffer.from(APPLICATION.corpId)]);
  const pad = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])), cipher.final()]).toString('base64');
}
