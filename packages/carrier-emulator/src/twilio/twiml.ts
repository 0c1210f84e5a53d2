/** What a TwiML answer to an incoming text asks for, in document order. */
export type TwimlVerb =
  | { verb: 'message'; body: string; media: string[]; to?: string; from?: string; statusCallback?: string }
  | { verb: 'redirect'; url: string; method: 'POST' | 'GET' };

interface Element {
  name: string;
  attributes: Record<string, string>;
  /** Text and child elements in order. */
  children: (Element | string)[];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;

/**
 * Reads a messaging TwiML document. Verbs it does not know are passed over, as Twilio does with a warning.
 * @throws Error when the document is not well-formed or its root is not Response (Twilio's 12100).
 */
export function parseTwiml(xml: string): TwimlVerb[] {
  const root = parseXml(xml.replace(/^\uFEFF/, '').trim());
  if (root.name !== 'Response') throw new Error(`the root element is ${root.name}, not Response`);
  const verbs: TwimlVerb[] = [];
  for (const child of root.children) {
    if (typeof child === 'string') continue;
    if (child.name === 'Message' || child.name === 'Sms') verbs.push(messageVerb(child));
    if (child.name === 'Redirect') {
      const method = child.attributes.method?.toUpperCase() === 'GET' ? 'GET' : 'POST';
      verbs.push({ verb: 'redirect', url: textOf(child).trim(), method });
      break;
    }
  }
  return verbs;
}

function messageVerb(element: Element): TwimlVerb {
  const nested = element.children.filter((child) => typeof child !== 'string');
  const bodies = nested.filter((child) => child.name === 'Body').map(textOf);
  return {
    verb: 'message',
    body: bodies.length > 0 ? bodies.join('') : ownText(element).trim(),
    media: nested.filter((child) => child.name === 'Media').map((child) => textOf(child).trim()),
    to: element.attributes.to,
    from: element.attributes.from,
    statusCallback: element.attributes.statusCallback,
  };
}

function parseXml(xml: string): Element {
  const top: Element = { name: '', attributes: {}, children: [] };
  const open: Element[] = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(xml);
    if (!token) throw new Error(`not well-formed at character ${at}`);
    const [, cdata, closing, name, attributes, selfClosing, text] = token;
    const parent = open.at(-1) as Element;
    if (cdata !== undefined) parent.children.push(cdata);
    else if (text !== undefined) parent.children.push(decode(text));
    else if (name !== undefined && closing) {
      if (parent.name !== name) throw new Error(`</${name}> closes ${parent.name || 'nothing'}`);
      open.pop();
    } else if (name !== undefined) {
      const element: Element = { name, attributes: readAttributes(attributes ?? ''), children: [] };
      parent.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  if (open.length > 1) throw new Error(`${open.at(-1)?.name} is not closed`);
  const roots = top.children.filter((child) => typeof child !== 'string');
  if (roots.length !== 1 || top.children.some((child) => typeof child === 'string' && child.trim() !== '')) {
    throw new Error('a document has one root element and nothing beside it');
  }
  return roots[0] as Element;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, double, single] of text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes[name as string] = decode(double ?? single ?? '');
  }
  return attributes;
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) {
      const known = ENTITIES[name];
      if (known === undefined) throw new Error(`${whole} is not known`);
      return known;
    }
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (code > 0x10ffff) throw new Error(`${whole} is not a character`);
    return String.fromCodePoint(code);
  });
}

function ownText(element: Element): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}

function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
