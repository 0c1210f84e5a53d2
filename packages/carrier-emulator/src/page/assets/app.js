/** @import { AccountView, HandsetView, MessageView, NumberView, RequestView } from './types.d.ts' */
import { api, handsetPath } from './api.js';
import { addPhone, confirmReset, madeUp, phoneSettings } from './dialogs.js';
import { byId, h, icon, mark } from './dom.js';
import { FaultPanel } from './faults.js';
import { dayAndTime } from './format.js';
import { Phone } from './phone.js';
import { RequestPanel } from './requests.js';

/** @type {Map<string, Phone>} by number, in the order they were made */
const phones = new Map();
/** @type {NumberView[]} */
let numbers = [];
let accounts = 0;
/** @type {string[]} */
let others = [];
/** Emulator's clock: what it said, and when it said so. */
let clock = { now: Date.now(), rate: 1, heard: Date.now() };
/** What a narrow screen shows: a phone's number, "log" or "faults". */
let view = '';
let loaded = false;

const faults = new FaultPanel();
const requests = new RequestPanel();
const strip = byId('phones');
const tabs = byId('tabs');
const clockText = h('span', { class: 'clock-text' });
const speeds = [1, 10].map((rate) =>
  h('button', {
    type: 'button',
    text: `${rate}×`,
    title: `Run the clock at ${rate} times real speed`,
    onclick: () => moveClock({ rate }),
  }),
);

buildHeader();
connect();
setInterval(showClock, 500);

function buildHeader() {
  const theme = h(
    'button',
    {
      class: 'icon-button',
      type: 'button',
      title: 'Light or dark',
      'aria-label': 'Light or dark',
      onclick: toggleTheme,
    },
    icon('sun'),
    icon('moon'),
  );
  byId('top').replaceChildren(
    mark(),
    h('h1', { text: 'Handsets' }),
    h(
      'span',
      { class: 'tag ochre pretend' },
      icon('bolt'),
      h('span', {}, 'Pretend network', h('span', { class: 'wide', text: ', no real phone is reached' })),
    ),
    h('span', { class: 'grow' }),
    h(
      'span',
      { class: 'clock wide' },
      icon('clock'),
      clockText,
      h(
        'span',
        { class: 'segments', role: 'group', 'aria-label': 'Clock' },
        ...speeds,
        h('button', {
          type: 'button',
          text: '+1 h',
          title: 'Move the clock ahead by one hour',
          onclick: () => moveClock({ advanceMs: 3_600_000 }),
        }),
      ),
    ),
    h('button', { class: 'button add wide', type: 'button', onclick: openAddPhone }, icon('plus'), 'Add phone'),
    h(
      'button',
      {
        class: 'icon-button narrow',
        type: 'button',
        title: 'Add phone',
        'aria-label': 'Add phone',
        onclick: openAddPhone,
      },
      icon('plus'),
    ),
    h('button', { class: 'button quiet wide', type: 'button', text: 'Reset', onclick: confirmReset }),
    theme,
  );
}

function toggleTheme() {
  const root = document.documentElement;
  const dark =
    getComputedStyle(root).colorScheme === 'dark' ||
    (root.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('handset-theme', root.dataset.theme);
}

function openAddPhone() {
  addPhone(new Set(phones.keys()), others, (e164) => {
    view = e164;
    load().then(() => phones.get(e164)?.focus());
  });
}

/** Follows the emulator: the whole state when connected, then what changes. */
function connect() {
  const stream = new EventSource('/emulator/api/events');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let lost;
  stream.addEventListener('open', () => {
    clearTimeout(lost);
    lost = undefined;
    byId('lost').hidden = true;
    load();
  });
  stream.addEventListener('error', () => {
    lost ??= setTimeout(() => {
      byId('lost').hidden = false;
    }, 2000);
  });
  follow(stream, 'message', showMessage);
  follow(stream, 'request', (entry) => requests.add(entry));
  stream.addEventListener('changed', (event) => {
    if (JSON.parse(event.data).what === 'reset') phones.clear();
    load();
  });
}

/** What came while the state was asked for: an answer may be older than that. @type {(() => void)[] | undefined} */
let meanwhile;

/** @param {EventSource} stream @param {string} name @param {(data: any) => void} show */
function follow(stream, name, show) {
  stream.addEventListener(name, (event) => {
    const data = JSON.parse(event.data);
    meanwhile?.push(() => show(data));
    show(data);
  });
}

/** @type {Promise<void> | undefined} */
let loading;
let again = false;

/** Asks for everything. Calls that come meanwhile wait for one more round. */
function load() {
  if (loading) again = true;
  else {
    loading = loadAll().finally(() => {
      loading = undefined;
    });
  }
  return loading;
}

async function loadAll() {
  try {
    do {
      again = false;
      await loadOnce();
    } while (again);
  } catch {
    byId('lost').hidden = false;
  }
}

async function loadOnce() {
  /** @type {(() => void)[]} */
  const came = [];
  meanwhile = came;
  const [accountList, handsetList, faultList, clockNow, log] = await Promise.all([
    api('GET', '/accounts'),
    api('GET', '/handsets'),
    api('GET', '/faults'),
    api('GET', '/clock'),
    api('GET', '/requests?limit=300'),
  ]);
  accounts = accountList.accounts.length;
  numbers = accountList.accounts.flatMap((/** @type {AccountView} */ account) =>
    account.numbers.map((number) => ({ ...number, carrier: account.carrier })),
  );
  others = handsetList.others;
  clock = { ...clockNow, heard: Date.now() };
  faults.update(faultList.faults);
  requests.set(log.requests);
  await showHandsets(handsetList.handsets);
  loaded = true;
  for (const show of came) show();
  meanwhile = undefined;
  showStrip();
  showClock();
}

/** @param {HandsetView[]} handsets */
async function showHandsets(handsets) {
  const wanted = new Set(handsets.map((handset) => handset.e164));
  for (const e164 of [...phones.keys()]) if (!wanted.has(e164)) phones.delete(e164);
  await Promise.all(
    handsets.map(async (handset) => {
      let phone = phones.get(handset.e164);
      if (!phone) {
        phone = new Phone(handset, { settings: phoneSettings, news: showTabs });
        phones.set(handset.e164, phone);
      }
      phone.update(handset);
      phone.setMessages((await api('GET', `${handsetPath(handset.e164)}/messages`)).messages);
      phone.setNumbers(numbers);
    }),
  );
}

function showStrip() {
  const ordered = [...phones.values()];
  if (!isView(view)) view = ordered[0]?.handset.e164 ?? 'add';
  // Moving an element resets its scroll position and focus: touch the strip only when its phones change.
  const wanted = ordered.map((phone) => phone.element);
  if (ordered.length < 3) wanted.push(addCard());
  strip.classList.toggle('many', ordered.length > 3);
  const before = [...strip.children];
  if (before.length !== wanted.length || before.some((element, i) => element !== wanted[i])) {
    strip.replaceChildren(...wanted);
    for (const phone of ordered) phone.markRead();
  }
  showTabs();
}

/** @type {HTMLElement | undefined} */
let card;
let cardFor = '';

/** The place of the next phone: what to do first when there is none. */
function addCard() {
  const state = `${phones.size === 0} ${numbers.length === 0} ${accounts}`;
  if (card && cardFor === state) return card;
  cardFor = state;
  const first = phones.size === 0;
  const three = async () => {
    const taken = new Set(phones.keys());
    for (let i = 0; i < 3; i++) {
      const { e164, name } = madeUp(taken);
      taken.add(e164);
      await api('PUT', handsetPath(e164), { name });
    }
  };
  card = h(
    'div',
    { class: `add-card${first ? ' first' : ''}` },
    icon('phone'),
    h('b', { text: first ? 'No phones yet' : 'Another customer' }),
    h('p', {
      text: first
        ? 'Make up a person with a phone, then text one of the app’s numbers as that person.'
        : 'As many pretend phones as you like.',
    }),
    h(
      'div',
      { class: 'row' },
      h(
        'button',
        { class: `button ${first ? 'primary' : ''}`, type: 'button', onclick: openAddPhone },
        icon('plus'),
        'Add phone',
      ),
      first && h('button', { class: 'button', type: 'button', text: 'Add three', onclick: three }),
    ),
    numbers.length === 0 &&
      h(
        'div',
        { class: 'how' },
        h('b', { text: accounts === 0 ? 'No account yet' : 'The account has no number yet' }),
        h('p', { text: 'The app’s carrier account and its numbers are made with one request:' }),
        h('pre', {
          tabindex: '0',
          text: `PUT ${location.origin}/emulator/api/accounts/AC…\n{"authToken": "…",\n "numbers": [{"e164": "+17205550110",\n  "smsUrl": "http://localhost:3000/sms"}]}`,
        }),
      ),
  );
  return card;
}

/** @param {string} name */
function isView(name) {
  return name === 'log' || name === 'faults' || phones.has(name) || (name === 'add' && phones.size === 0);
}

/** The narrow screen's tabs: one thing at a time. */
function showTabs() {
  document.body.dataset.view = phones.has(view) || view === 'add' ? 'phones' : view;
  for (const [e164, phone] of phones) phone.element.classList.toggle('current', e164 === view);
  const tab = (/** @type {string} */ name, /** @type {string} */ label, /** @type {Node | false} */ extra) =>
    h(
      'button',
      { type: 'button', 'aria-pressed': String(view === name), onclick: () => show(name) },
      h('span', { text: label }),
      extra,
    );
  tabs.replaceChildren(
    ...[...phones].map(([e164, phone]) =>
      tab(
        e164,
        phone.handset.name.split(' ')[0] || phone.title,
        phone.unread > 0 && h('span', { class: 'dot', title: `${phone.unread} new` }),
      ),
    ),
    ...(phones.size === 0 ? [tab('add', 'Phones', false)] : []),
    tab('log', 'Log', false),
    tab('faults', 'Faults', faults.on > 0 && h('span', { class: 'tag ochre', text: faults.on })),
  );
}

/** @param {string} name */
function show(name) {
  view = name;
  showTabs();
  phones.get(name)?.markRead();
  showTabs();
}

/** @param {MessageView} message */
function showMessage(message) {
  if (!loaded) return;
  phones.get(message.direction === 'inbound' ? message.from : message.to)?.upsert(message);
}

/** @param {{rate?: number, advanceMs?: number}} change */
async function moveClock(change) {
  clock = { ...(await api('POST', '/clock', change)), heard: Date.now() };
  showClock();
}

function showClock() {
  const now = clock.now + (Date.now() - clock.heard) * clock.rate;
  clockText.textContent = `Clock: ${dayAndTime(now)}`;
  for (const [i, button] of speeds.entries()) button.setAttribute('aria-pressed', String([1, 10][i] === clock.rate));
}
