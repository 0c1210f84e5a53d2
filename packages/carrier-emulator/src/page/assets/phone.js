/** @import { HandsetView, MessageView, NumberView } from './types.d.ts' */
import { api, handsetPath } from './api.js';
import { h, icon } from './dom.js';
import { clockTime, dayOnly, formatNumber } from './format.js';

const CHIPS = ['STOP', 'START', 'HELP', 'Yes'];
const SHOWN = 200;
/** What carriers take, in bytes. */
const LARGEST_PICTURE = 5 * 1024 * 1024;
const CARRIERS = { twilio: 'Twilio', telnyx: 'Telnyx' };

/** One pretend phone: its texts and a line to write the next. */
export class Phone {
  /** @type {HandsetView} */ handset;
  /** @type {Map<string, MessageView>} */ #messages = new Map();
  /** @type {NumberView[]} */ #numbers = [];
  /** @type {string} number the next text goes to */ #to = '';
  /** @type {File | null} picture that goes with the next text */ #picture = null;
  #unread = 0;

  /**
   * @param {HandsetView} handset
   * @param {{settings: (phone: Phone) => void, news: () => void}} actions
   */
  constructor(handset, actions) {
    this.handset = handset;
    this.actions = actions;
    this.name = h('h2', { class: 'phone-name' });
    this.line = h('p', { class: 'phone-line' });
    this.flags = h('span', { class: 'phone-flags' });
    this.screen = h('div', { class: 'screen', role: 'log', 'aria-live': 'polite', tabindex: '0' });
    this.error = h('p', { class: 'phone-error', role: 'alert', hidden: true });
    this.select = h('select', {
      class: 'to',
      'aria-label': 'Number to text',
      onchange: () => this.#choose(this.select.value),
    });
    this.input = h('textarea', {
      class: 'text-line',
      rows: '1',
      maxlength: '1600',
      dir: 'auto',
      enterkeyhint: 'send',
      autocomplete: 'off',
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#sendLine();
      },
    });
    this.send = h('button', { class: 'send', type: 'submit', title: 'Send', 'aria-label': 'Send' }, icon('send'));
    this.file = h('input', {
      type: 'file',
      accept: 'image/png,image/jpeg,image/gif,image/webp',
      hidden: true,
      onchange: () => this.#attach(this.file.files?.[0] ?? null),
    });
    this.attach = h(
      'button',
      {
        class: 'icon-button attach',
        type: 'button',
        title: 'Add a picture',
        'aria-label': 'Add a picture',
        onclick: () => this.file.click(),
      },
      icon('picture'),
    );
    this.attached = h('p', { class: 'attached', hidden: true });
    this.chips = h(
      'div',
      { class: 'chips' },
      ...CHIPS.map((word) =>
        h('button', { class: 'chip', type: 'button', text: word, onclick: () => this.#text(word) }),
      ),
      this.select,
    );
    const form = h(
      'form',
      {
        class: 'compose',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          this.#sendLine();
        },
      },
      this.input,
      this.file,
      this.attach,
      this.send,
    );
    this.element = h(
      'article',
      { class: 'phone' },
      h(
        'header',
        { class: 'phone-head' },
        h('div', { class: 'grow' }, this.name, this.line),
        this.flags,
        h(
          'button',
          {
            class: 'icon-button',
            type: 'button',
            title: 'Phone settings',
            'aria-label': 'Phone settings',
            onclick: () => actions.settings(this),
          },
          icon('dots'),
        ),
      ),
      this.screen,
      this.error,
      this.chips,
      this.attached,
      form,
    );
    this.update(handset);
  }

  get title() {
    return this.handset.name || formatNumber(this.handset.e164);
  }

  get unread() {
    return this.#unread;
  }

  /** @param {HandsetView} handset */
  update(handset) {
    this.handset = handset;
    const number = formatNumber(handset.e164);
    this.name.textContent = this.title;
    this.line.textContent = [handset.name ? number : '', 'mobile', handset.place].filter(Boolean).join(', ');
    this.element.setAttribute('aria-label', `Pretend phone ${this.title}`);
    this.screen.setAttribute('aria-label', `Texts of ${this.title}`);
    const flags = [];
    if (!handset.reachable)
      flags.push(h('span', { class: 'tag ochre', text: 'Off', title: 'Texts to it end undelivered' }));
    if (handset.optedOut.length > 0) {
      const numbers = handset.optedOut.map(formatNumber).join(', ');
      flags.push(h('span', { class: 'tag ochre', text: 'Opted out', title: `Texts from ${numbers} are refused` }));
    }
    this.flags.replaceChildren(...flags);
  }

  /** @param {NumberView[]} numbers */
  setNumbers(numbers) {
    this.#numbers = numbers;
    const option = (/** @type {NumberView} */ { e164, friendlyName }) =>
      h('option', { value: e164, title: friendlyName, text: formatNumber(e164) });
    const groups = Object.entries(Object.groupBy(numbers, (number) => CARRIERS[number.carrier]));
    // The carrier is worth saying only where there are two.
    const options =
      groups.length < 2
        ? numbers.map(option)
        : groups.map(([label, own]) => h('optgroup', { label }, ...(own ?? []).map(option)));
    this.select.replaceChildren(...options);
    const last = [...this.#messages.values()].sort(byTime).at(-1);
    const known = numbers.some((number) => number.e164 === this.#to);
    const partner = last ? this.#partner(last) : undefined;
    const wanted = known ? this.#to : numbers.find((number) => number.e164 === partner)?.e164;
    this.#choose(wanted ?? numbers[0]?.e164 ?? '');
    this.select.hidden = numbers.length < 2;
    this.input.disabled = numbers.length === 0;
    this.send.disabled = numbers.length === 0;
    this.attach.disabled = numbers.length === 0;
    for (const chip of this.chips.querySelectorAll('button')) chip.disabled = numbers.length === 0;
  }

  /** @param {MessageView[]} messages */
  setMessages(messages) {
    this.#messages = new Map(messages.map((message) => [message.sid, message]));
    this.#render();
  }

  /** A new or changed message. @param {MessageView} message */
  upsert(message) {
    if (!message.arrived) return;
    const isNew = !this.#messages.has(message.sid);
    this.#messages.set(message.sid, message);
    if (isNew && message.direction !== 'inbound') {
      if (this.#numbers.some((number) => number.e164 === message.from)) this.#choose(message.from);
      if (!this.element.checkVisibility()) this.#unread++;
    }
    this.#render();
    if (isNew) this.actions.news();
  }

  markRead() {
    this.#unread = 0;
    this.screen.scrollTop = this.screen.scrollHeight;
  }

  focus() {
    this.input.focus();
  }

  /** @param {MessageView} message */
  #partner(message) {
    return message.direction === 'inbound' ? message.to : message.from;
  }

  /** @param {string} e164 */
  #choose(e164) {
    this.#to = e164;
    this.select.value = e164;
    const hint = e164 ? `Text ${formatNumber(e164)}` : 'No number to text yet';
    this.input.placeholder = hint;
    this.input.setAttribute('aria-label', `${hint} as ${this.title}`);
  }

  #sendLine() {
    const text = this.input.value;
    if ((text.trim() === '' && !this.#picture) || this.send.disabled) return;
    const picture = this.#picture;
    this.input.value = '';
    this.#attach(null);
    this.#text(text, picture);
  }

  /** Puts a picture to the next text, or takes it away. @param {File | null} picture */
  #attach(picture) {
    this.error.hidden = true;
    this.file.value = '';
    if (picture && picture.size > LARGEST_PICTURE) {
      this.error.textContent = `${picture.name} is too large: carriers take pictures up to 5 MB.`;
      this.error.hidden = false;
      return;
    }
    this.#picture = picture;
    const atEnd = this.#atEnd();
    this.attached.hidden = picture === null;
    if (atEnd) this.screen.scrollTop = this.screen.scrollHeight;
    if (!picture) return;
    const remove = h(
      'button',
      {
        class: 'icon-button',
        type: 'button',
        title: 'Take the picture away',
        'aria-label': 'Take the picture away',
        onclick: () => this.#attach(null),
      },
      icon('cross'),
    );
    const size = `${Math.max(1, Math.round(picture.size / 1024)).toLocaleString('en-US')} kB`;
    this.attached.replaceChildren(
      icon('picture'),
      h('span', { class: 'grow', text: `${picture.name}, ${size}` }),
      remove,
    );
    if (atEnd) this.screen.scrollTop = this.screen.scrollHeight;
    this.input.focus();
  }

  /**
   * @param {string} body
   * @param {File | null} [picture]
   */
  async #text(body, picture = null) {
    this.error.hidden = true;
    try {
      const media = picture ? [{ contentType: picture.type || 'image/jpeg', data: await base64(picture) }] : [];
      const sent = await api('POST', `${handsetPath(this.handset.e164)}/messages`, { to: this.#to, body, media });
      // The events may have told more of it by now than this answer does.
      if (!this.#messages.has(sent.sid)) this.upsert(sent);
      this.screen.scrollTop = this.screen.scrollHeight;
    } catch (error) {
      if (this.input.value === '') this.input.value = body;
      if (picture && !this.#picture) this.#attach(picture);
      this.error.textContent = `Not sent: ${error instanceof Error ? error.message : error}`;
      this.error.hidden = false;
    }
  }

  #atEnd() {
    return this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight < 40;
  }

  #render() {
    const atEnd = this.#atEnd();
    const shown = [...this.#messages.values()].sort(byTime).slice(-SHOWN);
    if (shown.length === 0) {
      this.screen.replaceChildren(
        h(
          'p',
          { class: 'phone-empty' },
          h('b', { text: 'No texts yet' }),
          h('span', { text: 'Write the first one below.' }),
        ),
      );
      return;
    }
    let day = dayOnly(Date.now());
    const nodes = [];
    for (const message of shown) {
      const its = dayOnly(message.at);
      if (its !== day) nodes.push(h('p', { class: 'day', text: its }));
      day = its;
      nodes.push(bubble(message));
    }
    this.screen.replaceChildren(...nodes);
    if (atEnd) this.screen.scrollTop = this.screen.scrollHeight;
  }
}

/**
 * @param {MessageView} a
 * @param {MessageView} b
 */
function byTime(a, b) {
  return a.at - b.at || a.n - b.n;
}

/** @param {MessageView} message */
function bubble(message) {
  const mine = message.direction === 'inbound';
  const state = mine ? taken(message) : reported(message);
  const foot = mine
    ? `${clockTime(message.at)}, ${state.words}`
    : `${formatNumber(message.from)}, ${clockTime(message.at)}, ${state.words}`;
  const body = message.body || (message.media.length > 0 ? '' : ' ');
  return h(
    'div',
    { class: `bubble ${mine ? 'mine' : 'theirs'}`, 'data-sid': message.sid },
    body && h('span', { class: 'words', dir: 'auto', text: body }),
    ...message.media.map(attachment),
    h('span', { class: `foot${state.bad ? ' bad' : ''}`, text: foot }),
  );
}

/** A picture, or what else it is. @param {MessageView['media'][number]} media */
function attachment({ url, contentType, view }) {
  const words = () => h('span', { class: 'words media', text: `${contentType}: ${url}` });
  if (!contentType.startsWith('image/')) return words();
  const picture = h('img', {
    class: 'picture',
    src: view,
    alt: 'Picture',
    title: url,
    onerror: () => picture.replaceWith(words()),
    // Its height is known only now: stay at the end where the phone was.
    onload: () => {
      const screen = picture.closest('.screen');
      if (screen && screen.scrollHeight - screen.scrollTop - screen.clientHeight < picture.offsetHeight + 60) {
        screen.scrollTop = screen.scrollHeight;
      }
    },
  });
  return picture;
}

/** @param {File} file */
async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** Where a text of the app's is, and whether the app took the report. @param {MessageView} message */
function reported({ status, webhook }) {
  if (!webhook || webhook.state === 'none') return { words: status, bad: false };
  if (webhook.state === 'taken') return { words: `${status}, report taken`, bad: false };
  if (webhook.state === 'pending') return { words: `${status}, report not yet taken`, bad: webhook.tries > 0 };
  return { words: `${status}, report not taken: ${webhook.status ?? 'no answer'}`, bad: true };
}

/** What became of a text sent from here. @param {MessageView} message */
function taken({ webhook }) {
  if (!webhook || webhook.state === 'none') return { words: 'the number has no webhook', bad: true };
  if (webhook.state === 'taken') return { words: `taken in ${webhook.tookMs ?? 0} ms`, bad: false };
  const why = webhook.status === null ? 'no answer' : String(webhook.status);
  if (webhook.state === 'pending') {
    return webhook.tries > 0
      ? { words: `${why}, trying again`, bad: true }
      : { words: 'waiting for the app', bad: false };
  }
  if (webhook.tries === 0) return { words: 'not taken: webhook dropped on purpose', bad: true };
  return { words: `not taken: ${why}${webhook.tries > 1 ? `, ${webhook.tries} tries` : ''}`, bad: true };
}
