import type { OpenApiDocument, OpenApiOperation } from './open-api.ts';

/** The API reference as one page of plain HTML, without scripts: it works under the strictest content policy. */
export function renderReference(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = (document.tags ?? []).filter(({ name }) =>
    operations.some(({ operation }) => tagOf(operation) === name),
  );
  const known = new Set(tags.map(({ name }) => name));
  if (operations.some(({ operation }) => !known.has(tagOf(operation)))) tags.push({ name: OTHER });

  const groups = tags.map((tag) => ({
    ...tag,
    entries: operations.filter(({ operation }) =>
      tag.name === OTHER ? !known.has(tagOf(operation)) : tagOf(operation) === tag.name,
    ),
  }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.info.title)}</title>
<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/api/docs.css">
</head>
<body>
<nav aria-label="Operations">
<p class="brand">Patchline</p>
${groups.map((group) => `<h2>${escapeHtml(group.name)}</h2>\n<ul>${group.entries.map(navItem).join('')}</ul>`).join('\n')}
</nav>
<main>
<h1>${escapeHtml(document.info.title)} <small>${escapeHtml(document.info.version)}</small></h1>
<p>${prose(document.info.description ?? '')}</p>
<p>The same as <a href="/api/openapi.json">OpenAPI ${escapeHtml(document.openapi)} document</a>, for client generators.</p>
${groups.map(renderGroup).join('\n')}
</main>
</body>
</html>
`;
}

const OTHER = 'Other';

interface Entry {
  path: string;
  method: string;
  operation: OpenApiOperation;
}

const tagOf = (operation: OpenApiOperation) => operation.tags?.[0] ?? OTHER;
const anchor = ({ method, path }: Entry) => `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`;

function navItem(entry: Entry): string {
  return `<li><a href="#${anchor(entry)}"><b class="${entry.method}">${entry.method}</b> ${escapeHtml(shortPath(entry.path))}</a></li>`;
}

const shortPath = (path: string) => path.replace(/^\/api\/v1/, '');

function renderGroup(group: { name: string; description?: string; entries: Entry[] }): string {
  return `<section><h2>${escapeHtml(group.name)}</h2>${group.description ? `<p>${prose(group.description)}</p>` : ''}
${group.entries.map(renderOperation).join('\n')}</section>`;
}

function renderOperation(entry: Entry): string {
  const { operation, method, path } = entry;
  const parameters = operation.parameters ?? [];
  return `<article id="${anchor(entry)}">
<h3><b class="${method}">${method}</b> <code>${escapeHtml(path)}</code></h3>
${operation.summary ? `<p class="summary">${prose(operation.summary)}</p>` : ''}
${operation.description ? `<p>${prose(operation.description)}</p>` : ''}
${parameters.length === 0 ? '' : renderParameters(parameters)}
${Object.entries(operation.requestBody?.content ?? {})
  .map(([type, { schema }]) => `<h4>Body <small>${escapeHtml(type)}</small></h4>${renderSchema(schema)}`)
  .join('\n')}
<h4>Answers</h4>
${Object.entries(operation.responses).map(renderResponse).join('\n')}
</article>`;
}

function renderParameters(parameters: NonNullable<OpenApiOperation['parameters']>): string {
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(place)}${required ? ', required' : ''}</td><td>${escapeHtml(typeOf(schema))}</td><td>${prose(description ?? (schema as Schema | undefined)?.description ?? '')}</td></tr>`,
  );
  return `<h4>Parameters</h4><table><tr><th>Name</th><th>In</th><th>Type</th><th>Meaning</th></tr>${rows.join('')}</table>`;
}

function renderResponse([status, response]: [string, OpenApiOperation['responses'][string]]): string {
  const schema = Object.values(response.content ?? {})[0]?.schema;
  const described = response.description && response.description !== 'Default Response' ? response.description : '';
  const body = schema === undefined || status >= '400' ? '' : renderSchema(schema);
  return `<div class="answer"><b class="s${status[0]}">${escapeHtml(status)}</b> ${prose(described)}${body}</div>`;
}

interface Schema {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  minLength?: number;
  maxLength?: number;
}

/** The fields of an object, one below another, with those of objects inside it indented. */
function renderSchema(schema: unknown): string {
  const object = objectIn(schema as Schema);
  if (object === null) return `<p class="type">${escapeHtml(typeOf(schema))}</p>`;
  const rows = Object.entries(object.properties ?? {}).map(([name, field]) => {
    const required = object.required?.includes(name) === true;
    const inner = objectIn(field);
    return `<li><code>${escapeHtml(name)}</code> <span class="type">${escapeHtml(typeOf(field))}${required ? '' : ', optional'}</span> ${prose(field.description ?? '')}${inner === null ? '' : renderSchema(inner)}</li>`;
  });
  return `<ul class="fields">${rows.join('')}</ul>`;
}

function objectIn(schema: Schema | undefined): Schema | null {
  if (schema === undefined) return null;
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return objectIn(schema.items);
  for (const variant of schema.anyOf ?? schema.oneOf ?? []) {
    const object = objectIn(variant);
    if (object !== null) return object;
  }
  return null;
}

function typeOf(schema: unknown): string {
  const { type, format, enum: values, const: only, items, anyOf, oneOf, maxLength } = (schema ?? {}) as Schema;
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (only !== undefined) return JSON.stringify(only);
  const variants = anyOf ?? oneOf;
  if (variants !== undefined) return variants.map(typeOf).join(' | ');
  if (type === 'array') return `list of ${typeOf(items)}`;
  const base = [type ?? 'anything'].flat().join(' | ');
  return [base, format && `(${format})`, maxLength !== undefined && `up to ${maxLength} characters`]
    .filter(Boolean)
    .join(' ');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Our descriptions use two marks of Markdown: `code` and blank lines. */
function prose(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll('\n\n', '<br>');
}

export const REFERENCE_CSS = `:root { color-scheme: light dark; --line: light-dark(#dfe3e8, #30363d); --dim: light-dark(#5b6570, #9aa4af); --ground: light-dark(#fff, #14181d); --sunken: light-dark(#f5f7f9, #0e1115); --accent: light-dark(#0b6e4f, #4cc79a); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 300px minmax(0, 1fr); font: 15px/1.55 Inter, system-ui, sans-serif; background: var(--ground); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 20px; background: var(--sunken); border-right: 1px solid var(--line); font-size: 13px; }
nav .brand { font-weight: 650; font-size: 16px; margin: 0 0 16px; }
nav h2 { font-size: 12px; color: var(--dim); margin: 18px 0 4px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 3px 0; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
main { padding: 28px 40px 80px; max-width: 900px; }
h1 small { color: var(--dim); font-weight: 400; font-size: 16px; }
section > h2 { margin-top: 48px; }
article { border: 1px solid var(--line); border-radius: 10px; padding: 4px 20px 16px; margin: 16px 0; }
h3 b, nav b { text-transform: uppercase; font-size: 11px; letter-spacing: .02em; color: var(--accent); }
h3 code { font-size: 15px; overflow-wrap: anywhere; }
h4 { margin: 16px 0 4px; font-size: 13px; }
h4 small, .type { color: var(--dim); font-weight: 400; }
code { font: 13px ui-monospace, monospace; }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); }
ul.fields { list-style: none; margin: 4px 0; padding-left: 14px; border-left: 2px solid var(--line); font-size: 14px; }
.answer { margin: 8px 0; font-size: 14px; }
.summary { font-weight: 550; }
.s2 { color: var(--accent); } .s4 { color: light-dark(#a15c00, #e0a458); } .s5 { color: light-dark(#b3261e, #f28b82); }
@media (max-width: 800px) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; } main { padding: 16px; } }
`;
