/** @import { FaultRule, FaultSet } from './types.d.ts' */
import { api } from './api.js';
import { byId, h } from './dom.js';

/**
 * @typedef {{label: string, rule: Partial<FaultRule>}} Choice
 * @typedef {{fault: string, title: string, about: string, choices: Choice[]}} Row
 */

const SHARES = [
  { label: '1 in 5', rule: { probability: 0.2 } },
  { label: '1 in 2', rule: { probability: 0.5 } },
  { label: 'all', rule: { probability: 1 } },
];

/** @type {Row[]} */
const ROWS = [
  {
    fault: 'webhook:delay',
    title: 'Delivery receipts late',
    about: 'Held back, still in order',
    choices: [
      { label: '2 s', rule: { kind: 'status', ms: 2000 } },
      { label: '8 s', rule: { kind: 'status', ms: 8000 } },
      { label: '1 min', rule: { kind: 'status', ms: 60_000 } },
    ],
  },
  { fault: 'webhook:duplicate', title: 'Send webhooks twice', about: 'As carriers sometimes do', choices: SHARES },
  {
    fault: 'webhook:reorder',
    title: 'Receipts out of order',
    about: 'Delivered before sent',
    choices: SHARES.map(({ label, rule }) => ({ label, rule: { ...rule, kind: 'status' } })),
  },
  { fault: 'webhook:drop', title: 'Lose webhooks', about: 'The app must notice by itself', choices: SHARES },
  {
    fault: 'webhook:bad-signature',
    title: 'Sign webhooks wrongly',
    about: 'The app must refuse them',
    choices: SHARES,
  },
  {
    fault: 'webhook:stale',
    title: 'Sign with an old time',
    about: 'Telnyx: ten minutes ago; the app must refuse it',
    choices: SHARES,
  },
  {
    fault: 'send:refuse',
    title: 'Refuse the next send',
    about: 'Landline, opted out, or invalid',
    choices: [
      { label: 'landline', rule: { code: 21614, times: 1 } },
      { label: 'opted out', rule: { code: 21610, times: 1 } },
      { label: 'invalid', rule: { code: 21211, times: 1 } },
    ],
  },
  {
    fault: 'send:undelivered',
    title: 'Do not deliver',
    about: 'Accepted, then undelivered',
    choices: [
      { label: 'unreachable', rule: { code: 30003 } },
      { label: 'unknown', rule: { code: 30005 } },
      { label: 'landline', rule: { code: 30006 } },
      { label: 'filtered', rule: { code: 30007 } },
    ],
  },
  {
    fault: 'send:no-report',
    title: 'No delivery report',
    about: 'The message stays “sent”',
    choices: SHARES.toReversed(),
  },
  {
    fault: 'send:503',
    title: 'Answer slowly, then 503',
    about: 'The message is not accepted',
    choices: [
      { label: '2 s', rule: { ms: 2000 } },
      { label: 'at once', rule: {} },
      { label: '10 s', rule: { ms: 10_000 } },
    ],
  },
  { fault: 'send:429', title: 'Rate limit reached', about: 'Answered 429, not accepted', choices: SHARES },
  {
    fault: 'send:timeout-after-accept',
    title: 'Accept, never answer',
    about: 'The text goes out all the same',
    choices: SHARES,
  },
  {
    fault: 'send:timeout-before-accept',
    title: 'Never accept, never answer',
    about: 'Looks the same to the app',
    choices: SHARES,
  },
];

/** @type {Record<string, Record<string, Partial<FaultRule>>>} */
const SCENARIOS = {
  'Busy afternoon': { 'webhook:delay': { kind: 'status', ms: 2000 }, 'webhook:duplicate': { probability: 0.2 } },
  'Bad network': {
    'webhook:duplicate': { probability: 0.05 },
    'webhook:drop': { probability: 0.05 },
    'webhook:reorder': { probability: 0.2 },
  },
  'Carrier in trouble': {
    'send:503': { probability: 0.2, ms: 2000 },
    'send:429': { probability: 0.2 },
    'send:timeout-after-accept': { probability: 0.1 },
  },
};

/** The panel that makes things go wrong, for every account. */
export class FaultPanel {
  /** @type {FaultSet} */ #set = { seed: 1, faults: {} };
  #elsewhere = 0;

  constructor() {
    this.count = h('span', { class: 'tag ochre' });
    this.note = h('p', { class: 'faults-note', hidden: true });
    this.error = h('p', { class: 'phone-error', role: 'alert', hidden: true });
    this.rows = ROWS.map((row, i) => this.#row(row, i));
    const scenarios = h(
      'select',
      {
        class: 'button grow',
        'aria-label': 'Load a scenario',
        onchange: () => {
          const wanted = SCENARIOS[scenarios.value];
          scenarios.value = '';
          if (wanted) this.#save(wanted);
        },
      },
      h('option', { value: '', text: 'Load a scenario' }),
      ...Object.keys(SCENARIOS).map((name) => h('option', { value: name, text: name })),
    );
    byId('faults').replaceChildren(
      h('header', { class: 'panel-head' }, h('h2', { id: 'faults-title', class: 'grow', text: 'Faults' }), this.count),
      h('div', { class: 'fault-rows' }, ...this.rows.map((row) => row.element), this.note),
      this.error,
      h(
        'footer',
        { class: 'panel-foot' },
        h('button', { class: 'button grow', type: 'button', text: 'Turn all off', onclick: () => this.#off() }),
        scenarios,
      ),
    );
    this.#show();
  }

  /** @param {Record<string, FaultSet>} all by account; "*" is every account */
  update(all) {
    this.#set = all['*'] ?? { seed: 1, faults: {} };
    this.#elsewhere = Object.keys(all).filter((key) => key !== '*').length;
    this.#show();
  }

  get on() {
    return Object.keys(this.#set.faults).length;
  }

  #show() {
    this.count.textContent = `${this.on} on`;
    this.count.hidden = this.on === 0;
    this.note.hidden = this.#elsewhere === 0;
    this.note.textContent = `${this.#elsewhere} account${this.#elsewhere === 1 ? ' has' : 's have'} faults of its own, set by the API.`;
    for (const row of this.rows) {
      const rule = this.#set.faults[row.fault];
      row.element.classList.toggle('on', rule !== undefined);
      row.toggle.setAttribute('aria-checked', String(rule !== undefined));
      row.select.hidden = rule === undefined;
      if (rule) row.show(rule);
    }
  }

  /**
   * @param {Row} row
   * @param {number} i
   */
  #row(row, i) {
    const select = h('select', { class: 'fault-choice', 'aria-label': `${row.title}: how`, onchange: () => apply() });
    const options = row.choices.map((choice, at) => h('option', { value: at, text: choice.label }));
    select.append(...options);
    const apply = () => this.#change(row.fault, row.choices[Number(select.value)]?.rule ?? {});
    const toggle = h('button', {
      class: 'switch',
      type: 'button',
      role: 'switch',
      'aria-checked': 'false',
      'aria-labelledby': `fault-${i}`,
      'aria-describedby': `fault-${i}-about`,
      onclick: () => {
        if (toggle.getAttribute('aria-checked') === 'true') this.#change(row.fault, null);
        else apply();
      },
    });
    const element = h(
      'div',
      { class: 'fault' },
      toggle,
      h(
        'div',
        { class: 'grow', onclick: () => toggle.click() },
        h('div', { class: 'fault-title', id: `fault-${i}`, text: row.title }),
        h('div', { class: 'fault-about', id: `fault-${i}-about`, text: row.about }),
      ),
      select,
    );
    const show = (/** @type {FaultRule} */ rule) => {
      const match = row.choices.findIndex(({ rule: its }) =>
        Object.entries(its).every(([key, value]) => rule[/** @type {keyof FaultRule} */ (key)] === value),
      );
      select.querySelector('.other')?.remove();
      if (match >= 0) select.value = String(match);
      else {
        const share = `${Math.round(rule.probability * 100)}%`;
        select.append(h('option', { class: 'other', value: 'other', text: share }));
        select.value = 'other';
      }
    };
    return { fault: row.fault, element, toggle, select, show };
  }

  /**
   * @param {string} fault
   * @param {Partial<FaultRule> | null} rule
   */
  #change(fault, rule) {
    const faults = { ...this.#set.faults };
    if (rule) faults[fault] = /** @type {FaultRule} */ (rule);
    else delete faults[fault];
    return this.#save(faults);
  }

  /** @param {Record<string, Partial<FaultRule>>} faults */
  async #save(faults) {
    this.error.hidden = true;
    try {
      this.update((await api('POST', '/faults', { seed: this.#set.seed, faults })).faults);
    } catch (error) {
      this.error.textContent = error instanceof Error ? error.message : String(error);
      this.error.hidden = false;
    }
  }

  async #off() {
    this.error.hidden = true;
    try {
      await api('DELETE', '/faults');
      this.update({});
    } catch (error) {
      this.error.textContent = error instanceof Error ? error.message : String(error);
      this.error.hidden = false;
    }
  }
}
