/** @import { RequestView } from './types.d.ts' */
import { byId, h, icon } from './dom.js';
import { milliseconds, preciseTime } from './format.js';

const SHOWN = 150;
const WAYS = { 'from-app': 'from app', 'to-app': 'to app' };

/** @type {Record<string, (entry: RequestView) => boolean>} */
const FILTERS = {
  All: () => true,
  'From app': (entry) => entry.way === 'from-app',
  'To app': (entry) => entry.way === 'to-app',
  Failed: (entry) => failed(entry),
};

/** The live log of requests both ways. */
export class RequestPanel {
  /** @type {RequestView[]} newest first */ #entries = [];
  #filter = 'All';
  #held = false;
  /** @type {Set<number>} */ #open = new Set();
  #due = false;

  constructor() {
    this.note = h('span', { class: 'dim', text: '' });
    this.body = h('tbody');
    this.filters = Object.keys(FILTERS).map((name) =>
      h('button', {
        type: 'button',
        text: name,
        'aria-pressed': String(name === this.#filter),
        onclick: () => {
          this.#filter = name;
          for (const button of this.filters) button.setAttribute('aria-pressed', String(button.textContent === name));
          this.#render();
        },
      }),
    );
    this.hold = h('button', {
      class: 'button small',
      type: 'button',
      'aria-pressed': 'false',
      onclick: () => this.#toggleHold(),
    });
    this.empty = h(
      'div',
      { class: 'empty' },
      icon('list'),
      h('b', { text: 'Nothing yet' }),
      h('span', { text: 'Requests and webhooks appear here as they happen.' }),
    );
    const heads = ['Time', 'Way', 'Method', 'Path', 'Status', 'Took', 'Signed', 'What happened'];
    this.table = h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...heads.map((name) =>
            h('th', { scope: 'col', class: `c-${name.split(' ')[0]?.toLowerCase()}`, text: name }),
          ),
        ),
      ),
      this.body,
    );
    byId('requests').replaceChildren(
      h(
        'header',
        { class: 'panel-head' },
        h('h2', { id: 'requests-title', text: 'Requests' }),
        this.note,
        h('span', { class: 'grow' }),
        h('div', { class: 'segments', role: 'group', 'aria-label': 'Show' }, ...this.filters),
        this.hold,
      ),
      h('div', { class: 'table-scroll', tabindex: '0', 'aria-labelledby': 'requests-title' }, this.table, this.empty),
    );
    this.#showHold();
    this.#render();
  }

  /** @param {RequestView[]} entries newest first */
  set(entries) {
    this.#entries = entries;
    this.#open.clear();
    this.#later();
  }

  /** @param {RequestView} entry */
  add(entry) {
    if (this.#entries.some(({ id }) => id === entry.id)) return;
    this.#entries.unshift(entry);
    if (this.#entries.length > 2000) this.#entries.length = 2000;
    if (!this.#held) this.#later();
    else this.#showHold();
  }

  #later() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#render();
    });
  }

  #toggleHold() {
    this.#held = !this.#held;
    this.#showHold();
    if (!this.#held) this.#render();
  }

  #showHold() {
    this.hold.setAttribute('aria-pressed', String(this.#held));
    this.hold.replaceChildren(icon(this.#held ? 'play' : 'pause'), this.#held ? 'Go on' : 'Hold');
  }

  #render() {
    const shown = this.#entries.filter(FILTERS[this.#filter] ?? (() => true)).slice(0, SHOWN);
    this.note.textContent = shown.length === SHOWN ? `last ${SHOWN}` : '';
    this.table.hidden = shown.length === 0;
    this.empty.hidden = shown.length > 0;
    this.body.replaceChildren(...shown.flatMap((entry) => this.#rows(entry)));
  }

  /** @param {RequestView} entry */
  #rows(entry) {
    const open = this.#open.has(entry.id);
    const toggle = () => {
      if (open) this.#open.delete(entry.id);
      else this.#open.add(entry.id);
      this.#render();
      this.body.querySelector(`[data-id="${entry.id}"] button`)?.focus();
    };
    const row = h(
      'tr',
      { class: open ? 'open' : '', 'data-id': entry.id, onclick: toggle },
      h(
        'td',
        { class: 'c-time' },
        h('button', { type: 'button', 'aria-expanded': String(open), text: preciseTime(entry.at) }),
      ),
      h(
        'td',
        { class: 'c-way' },
        h('span', { class: `tag ${entry.way === 'to-app' ? 'blue' : 'accent'}`, text: WAYS[entry.way] }),
      ),
      h('td', { class: 'c-method mono', text: entry.method }),
      h('td', { class: 'c-path mono', text: entry.path, title: entry.path }),
      h('td', { class: 'c-status' }, h('span', { class: `tag ${tone(entry)}`, text: entry.status ?? 'none' })),
      h('td', { class: 'c-took', text: milliseconds(entry.tookMs) }),
      h('td', { class: `c-signed ${entry.signature}`, title: entry.signed, text: SIGNED[entry.signature] }),
      h('td', { class: 'c-what', dir: 'auto', text: entry.what }),
    );
    if (!open) return [row];
    return [row, h('tr', { class: 'detail' }, h('td', { colspan: '8' }, detail(entry)))];
  }
}

const SIGNED = { valid: 'valid', invalid: 'wrong', forged: 'forged', none: '–' };

/** @param {RequestView} entry */
function failed(entry) {
  return entry.status === null || entry.status >= 400;
}

/** @param {RequestView} entry */
function tone({ status }) {
  if (status === null || status >= 500) return 'red';
  return status >= 400 ? 'ochre' : 'green';
}

/** JSON in lines, other things as they are. @param {unknown} value */
function readable(value) {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value, null, 2);
  const text = String(value);
  if (!text.startsWith('{')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // A text that only begins like JSON.
    return text;
  }
}

/** @param {RequestView} entry */
function detail(entry) {
  /** @type {[string, string][]} */
  const facts = [['URL', entry.url]];
  if (entry.way === 'from-app') {
    facts.push(['Credentials', entry.signature === 'valid' ? 'right' : 'wrong: they are no account’s']);
  } else if (entry.signed) {
    const how = entry.signature === 'forged' ? 'made with a wrong key on purpose' : "made with the account's own key";
    facts.push(['Signature', `${entry.signed}, ${how}`]);
  }
  for (const [name, value] of Object.entries(entry.params)) facts.push([name, readable(value)]);
  facts.push(['Answer', entry.answer || '(empty)']);
  return h(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [
      h('dt', { text: name }),
      h('dd', { class: 'mono', dir: 'auto', text: value }),
    ]),
  );
}
