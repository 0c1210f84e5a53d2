/** @import { Phone } from './phone.js' */
import { api, handsetPath } from './api.js';
import { byId, h } from './dom.js';
import { formatNumber } from './format.js';

const NAMES = [
  'Dana Whitfield',
  'Marcus Bell',
  'Ruth Castellano',
  'Owen Adeyemi',
  'Lena Fischer',
  'Tomás Rivera',
  'Aiko Mori',
  'Priya Nair',
  'Jonas Berg',
  'Amara Okafor',
];
const AREAS = ['303', '512', '312', '206', '617', '404', '602', '919'];

/** A person nobody is: 555-0100 to 555-0199 are kept free for stories in every area code. @param {Set<string>} taken */
export function madeUp(taken) {
  for (let i = 0; ; i++) {
    const area = AREAS[Math.floor(Math.random() * AREAS.length)];
    const e164 = `+1${area}55501${String(Math.floor(Math.random() * 100)).padStart(2, '0')}`;
    const name = NAMES[(taken.size + i) % NAMES.length] ?? 'Somebody';
    if (!taken.has(e164) || i > 200) return { e164, name };
  }
}

/**
 * Opens a modal dialog with a form. Escape and "Cancel" close it; submitting does `submit` and closes when it succeeds.
 * @param {string} title
 * @param {Node[]} fields
 * @param {{label: string, danger?: boolean}} action
 * @param {() => Promise<unknown>} submit
 * @param {Node[]} [extra] buttons at the left of the foot
 */
function openDialog(title, fields, action, submit, extra = []) {
  const error = h('p', { class: 'phone-error', role: 'alert', hidden: true });
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-label': title, onclose: () => dialog.remove() },
    h(
      'form',
      {
        onsubmit: async (/** @type {Event} */ event) => {
          event.preventDefault();
          try {
            await submit();
            dialog.close();
          } catch (reason) {
            error.textContent = reason instanceof Error ? reason.message : String(reason);
            error.hidden = false;
          }
        },
      },
      h('h2', { text: title }),
      ...fields,
      error,
      h(
        'div',
        { class: 'dialog-foot' },
        ...extra,
        h('span', { class: 'grow' }),
        h('button', { class: 'button', type: 'button', text: 'Cancel', onclick: () => dialog.close() }),
        h('button', { class: `button ${action.danger ? 'danger' : 'primary'}`, type: 'submit', text: action.label }),
      ),
    ),
  );
  byId('dialogs').append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * @param {string} label
 * @param {Record<string, unknown>} props
 */
function field(label, props) {
  const input = h('input', { class: 'field', autocomplete: 'off', ...props });
  return { input, element: h('label', { class: 'labelled' }, h('span', { text: label }), input) };
}

/**
 * @param {Set<string>} taken numbers that have a phone already
 * @param {string[]} others numbers without a phone that were in recent texts
 * @param {(e164: string) => void} added
 */
export function addPhone(taken, others, added) {
  const suggestion = madeUp(taken);
  const number = field('Number', {
    value: formatNumber(suggestion.e164),
    inputmode: 'tel',
    required: true,
    dir: 'ltr',
  });
  const name = field('Name', { value: suggestion.name, maxlength: '80' });
  const another = h('button', {
    class: 'button',
    type: 'button',
    text: 'Make up another',
    onclick: () => {
      const next = madeUp(new Set([...taken, suggestion.e164]));
      number.input.value = formatNumber(next.e164);
      name.input.value = NAMES[Math.floor(Math.random() * NAMES.length)];
    },
  });
  const recent = others.slice(0, 8).map((e164) =>
    h('button', {
      class: 'chip',
      type: 'button',
      text: formatNumber(e164),
      onclick: () => {
        number.input.value = formatNumber(e164);
        name.input.value = '';
        name.input.focus();
      },
    }),
  );
  const fields = [number.element, name.element];
  if (recent.length > 0)
    fields.push(
      h(
        'div',
        { class: 'labelled' },
        h('span', { text: 'In recent texts' }),
        h('div', { class: 'chips flat' }, ...recent),
      ),
    );
  openDialog(
    'Add phone',
    fields,
    { label: 'Add phone' },
    async () => {
      const made = await api('PUT', handsetPath(number.input.value), { name: name.input.value });
      added(made.e164);
    },
    [another],
  );
  number.input.select();
}

/** @param {Phone} phone */
export function phoneSettings(phone) {
  const { handset } = phone;
  const name = field('Name', { value: handset.name, maxlength: '80' });
  const on = h('input', { type: 'checkbox', checked: handset.reachable });
  const remove = h('button', {
    class: 'button quiet-danger',
    type: 'button',
    text: 'Remove',
    title: 'Its texts stay; add the number again to see them',
    onclick: async () => {
      await api('DELETE', handsetPath(handset.e164));
      dialog.close();
    },
  });
  const dialog = openDialog(
    formatNumber(handset.e164),
    [
      name.element,
      h(
        'label',
        { class: 'check' },
        on,
        h(
          'span',
          {},
          h('b', { text: 'Switched on' }),
          h('span', { class: 'dim', text: 'While it is off, texts to it end undelivered (30003).' }),
        ),
      ),
    ],
    { label: 'Save' },
    () => api('PUT', handsetPath(handset.e164), { name: name.input.value, reachable: on.checked }),
    [remove],
  );
}

export function confirmReset() {
  openDialog(
    'Forget everything?',
    [
      h('p', {
        class: 'prose',
        text: 'Texts, phones, opt-outs, faults and the log are removed. Accounts and their numbers stay.',
      }),
    ],
    { label: 'Forget everything', danger: true },
    () => api('POST', '/reset'),
  );
}
