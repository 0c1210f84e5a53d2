import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Executor } from './functions/executor.ts';
import type { LiveQueries } from './live/live-queries.ts';
import { Cursor } from './tree.ts';
import { AFTER_PREFIX } from './values/key.ts';

type Pages = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

const SHOWN_DOCUMENTS = 50;
const SHOWN_QUERIES = 200;
const SHOWN_FUNCTIONS = 100;

/** Tables, their newest documents, open queries and functions, slowest first. */
function inspect(executor: Executor, lives: LiveQueries): object {
  const { engine } = executor;
  const { trees, ts } = engine.published;
  const tables = [...engine.catalog.tables.values()].map((table) => {
    const tree = trees[table.byId.slot + 1];
    const cursor = new Cursor(tree, '', AFTER_PREFIX, true);
    const newest: object[] = [];
    while (newest.length < SHOWN_DOCUMENTS && cursor.next()) newest.push(cursor.value.raw);
    return { name: table.name, documents: tree?.size ?? 0, indexes: table.indexes.map((index) => index.name), newest };
  });
  const queries = [...lives.all()]
    .map(({ path, argsText, runs, lastRunMs, subscribers, failure }) => ({
      path,
      args: argsText,
      subscribers: subscribers.size,
      runs,
      lastRunMs,
      failure,
    }))
    .sort((a, b) => b.lastRunMs - a.lastRunMs)
    .slice(0, SHOWN_QUERIES);
  return {
    ts: String(ts),
    tables,
    queries,
    functions: executor.profile.slowest(SHOWN_FUNCTIONS),
    metrics: engine.metrics,
  };
}

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>convex-embedded</title>
<style>body{font:14px system-ui;margin:2rem}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}
pre{max-height:20rem;overflow:auto;background:#f6f6f6;padding:8px}</style>
<h1>convex-embedded</h1><p>Read-only, and only with <code>--dev</code>. Reload for newer figures.</p><main></main>
<script>
const main = document.querySelector('main');
const put = (tag, text, into = main) => { const e = document.createElement(tag); e.textContent = text; into.append(e); return e; };
const rows = (head, list) => { const t = put('table', ''); const h = put('tr', '', t); for (const x of head) put('th', x, h);
  for (const item of list) { const r = put('tr', '', t); for (const x of head) put('td', String(item[x] ?? ''), r); } };
fetch('/inspector.json').then((r) => r.json()).then((d) => {
  put('h2', 'Live queries, slowest first'); rows(['path', 'args', 'subscribers', 'runs', 'lastRunMs', 'failure'], d.queries);
  put('h2', 'Functions, slowest first'); rows(['path', 'runs', 'errors', 'meanMs', 'slowestMs'], d.functions);
  put('h2', 'Tables');
  for (const t of d.tables) { const x = put('details', ''); put('summary', t.name + ': ' + t.documents + ' documents; indexes ' + t.indexes.join(', '), x);
    put('pre', JSON.stringify(t.newest, null, 2), x); }
  put('h2', 'Figures'); put('pre', JSON.stringify(d.metrics, null, 2));
});
</script></html>`;

/** Pages for operators: metrics always, the inspector in development. */
export function operatorPages(executor: Executor, lives: LiveQueries, dev: boolean): Pages {
  const { engine } = executor;
  const pages: Record<string, { type: string; body: () => string }> = {
    '/metrics': { type: 'text/plain; version=0.0.4', body: () => engine.metrics.toPrometheus() },
    '/metrics.json': { type: 'application/json', body: () => JSON.stringify(engine.metrics) },
  };
  if (dev) {
    pages['/inspector'] = { type: 'text/html; charset=utf-8', body: () => PAGE };
    pages['/inspector.json'] = { type: 'application/json', body: () => JSON.stringify(inspect(executor, lives)) };
  }
  return (path, _request, response) => {
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!page) return false;
    response.writeHead(200, { 'content-type': page.type, 'cache-control': 'no-store' });
    response.end(page.body());
    return true;
  };
}
