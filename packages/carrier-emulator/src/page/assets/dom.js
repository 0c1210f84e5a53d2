/** Makes DOM without markup: text only ever becomes text nodes, so no message can become part of the page. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [props] class, text, on<event> handlers, booleans and attributes
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any} the element; typed loosely because the tag decides which
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'text') element.textContent = String(value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page lacks #${id}`);
  return element;
}

const PATHS = {
  mark: 'M8.5 5a4 4 0 1 0 0 8 4 4 0 0 0 0-8M23.5 19a4 4 0 1 0 0 8 4 4 0 0 0 0-8M8.5 13v4.2a6 6 0 0 0 6 6h5',
  plus: 'M12 5v14M5 12h14',
  send: 'M4.5 12.2 20 4.4l-5 15.2-3.4-6.3zM11.6 13.3 20 4.4',
  dots: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.2l2.8 1.8',
  bolt: 'M13.2 3.6 5.8 13.4h5.4l-.8 7 7.8-10.2h-5.6z',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5 18.5 12 8 18.5z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1',
  moon: 'M19.5 14.3A8 8 0 0 1 9.7 4.5a8 8 0 1 0 9.8 9.8',
  phone:
    'M8.5 3.5h7a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19V5a1.5 1.5 0 0 1 1.5-1.5M11 17.5h2',
  list: 'M5 7h14M5 12h14M5 17h9',
  picture:
    'M5.5 5h13a.5.5 0 0 1 .5.5v13a.5.5 0 0 1-.5.5h-13a.5.5 0 0 1-.5-.5v-13a.5.5 0 0 1 .5-.5M9 9h.01M5 16.5l4-4 3 3 3-3 4 4',
  cross: 'M7 7l10 10M17 7 7 17',
  chevron: 'M9 6l6 6-6 6',
};

/**
 * @param {keyof typeof PATHS} name
 * @param {string} [className]
 * @returns {SVGSVGElement}
 */
export function icon(name, className = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name} ${className}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return /** @type {SVGSVGElement} */ (svg);
}

/** Two jacks and the cord between them. */
export function mark() {
  const svg = icon('mark');
  svg.setAttribute('viewBox', '0 0 32 32');
  return svg;
}
