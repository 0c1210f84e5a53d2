import { TwilioError } from './errors.ts';
import type { Form } from './form.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;

export interface PageRequest {
  page: number;
  size: number;
  /** SID of the last item of the page before this one. */
  after: string | null;
}

/** Reads PageSize, Page and PageToken. A token is "PA" and the SID of the last item of the page before. */
export function readPage(query: Form): PageRequest {
  const size = Number(query.text('PageSize') ?? DEFAULT_PAGE);
  const page = Number(query.text('Page') ?? 0);
  if (!Number.isInteger(size) || size < 1) throw new TwilioError(20001, 'PageSize must be a positive number');
  if (!Number.isInteger(page) || page < 0) throw new TwilioError(20001, 'Page must not be negative');
  const token = query.text('PageToken');
  return { page, size: Math.min(size, LARGEST_PAGE), after: token ? token.replace(/^PA/, '') : null };
}

/** The page of a whole list, and the SID of its last item if there are more. */
export function listPage<T extends { sid: string }>(all: T[], { after, size }: PageRequest) {
  const from = after ? all.findIndex((item) => item.sid === after) + 1 : 0;
  const shown = all.slice(from, from + size);
  return { shown, last: from + size < all.length ? (shown.at(-1)?.sid ?? null) : null };
}

/** The envelope of Twilio's newer APIs: absolute addresses under `meta`. */
export function metaPageJson<T>(key: string, url: string, request: PageRequest, items: T[], lastSid: string | null) {
  const address = (page: number, token: string | null) =>
    `${url}?PageSize=${request.size}&Page=${page}${token ? `&PageToken=PA${token}` : ''}`;
  return {
    [key]: items,
    meta: {
      page: request.page,
      page_size: request.size,
      first_page_url: address(0, null),
      previous_page_url: request.page > 0 ? address(request.page - 1, null) : null,
      url: address(request.page, request.after),
      next_page_url: lastSid ? address(request.page + 1, lastSid) : null,
      key,
    },
  };
}

/** The envelope around a page of a list: relative addresses, as Twilio's 2010 API has them. */
export function pageJson<T>(
  key: string,
  path: string,
  query: Form,
  request: PageRequest,
  items: T[],
  lastSid: string | null,
) {
  const address = (page: number, token: string | null) => {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query.raw)) {
      if (name === 'Page' || name === 'PageToken' || name === 'PageSize') continue;
      for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, one);
    }
    parameters.set('PageSize', String(request.size));
    parameters.set('Page', String(page));
    if (token) parameters.set('PageToken', token);
    return `${path}?${parameters}`;
  };
  const start = request.page * request.size;
  return {
    first_page_uri: address(0, null),
    end: items.length > 0 ? start + items.length - 1 : start,
    next_page_uri: lastSid ? address(request.page + 1, `PA${lastSid}`) : null,
    page: request.page,
    page_size: request.size,
    previous_page_uri: request.page > 0 ? address(request.page - 1, null) : null,
    start,
    uri: address(request.page, request.after ? `PA${request.after}` : null),
    [key]: items,
  };
}
