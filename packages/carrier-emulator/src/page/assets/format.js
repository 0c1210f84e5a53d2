const time = new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** @param {string} e164 */
export function formatNumber(e164) {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : e164;
}

/** "9:38". @param {number} ms */
export function clockTime(ms) {
  return time.format(ms).replace(/^0(?=\d:)/, '');
}

/** "Wed 13 May, 9:42". @param {number} ms */
export function dayAndTime(ms) {
  return `${day.format(ms).replace(',', '')}, ${clockTime(ms)}`;
}

/** "Wed 13 May". @param {number} ms */
export function dayOnly(ms) {
  return day.format(ms).replace(',', '');
}

/** "9:41:52.310". @param {number} ms */
export function preciseTime(ms) {
  const date = new Date(ms);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const thousandths = String(date.getMilliseconds()).padStart(3, '0');
  return `${date.getHours()}:${two(date.getMinutes())}:${two(date.getSeconds())}.${thousandths}`;
}

/** "2,004 ms". @param {number} ms */
export function milliseconds(ms) {
  return `${ms.toLocaleString('en-US')} ms`;
}
