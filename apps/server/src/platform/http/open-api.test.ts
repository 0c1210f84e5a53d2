import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiDocument } from '../../http-api.ts';
import { createTestServer, type TestServer } from '../../test-server.ts';
import type { OpenApiDocument } from './open-api.ts';

let server: TestServer;
let document: OpenApiDocument;
beforeAll(async () => {
  server = await createTestServer();
  document = await openApiDocument();
});
afterAll(() => server.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  );

test('the document that is served is the one that is checked in, and describes every route under /api/v1', async () => {
  const served = await server.app.inject({ url: '/api/openapi.json' });
  expect(served.json()).toEqual(JSON.parse(JSON.stringify(document)));
  expect(document.openapi).toBe('3.1.0');
  expect(operations().length).toBeGreaterThan(20);
  expect(Object.keys(document.paths).every((path) => path.startsWith('/api/v1/'))).toBe(true);
});

test('every operation says what it does, who may call it, what it answers, and names its path parameters', () => {
  const tags = new Set(document.tags?.map(({ name }) => name));
  for (const { name, path, operation } of operations()) {
    expect([name, operation.summary]).toEqual([name, expect.stringMatching(/\w/)]);
    expect([name, tags.has(operation.tags?.[0] ?? '')]).toEqual([name, true]);
    expect([name, operation.security]).toEqual([name, expect.any(Array)]);
    expect([name, Object.keys(operation.responses).some((status) => status.startsWith('2'))]).toEqual([name, true]);
    const named = (operation.parameters ?? [])
      .filter(({ in: place }) => place === 'path')
      .map((parameter) => parameter.name);
    expect([name, named]).toEqual([name, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])]);
  }
});

test('references inside the document lead somewhere', () => {
  const text = JSON.stringify(document);
  for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let at: unknown = document;
    for (const step of pointer.split('/')) at = (at as Record<string, unknown> | undefined)?.[step];
    expect([pointer, typeof at]).toEqual([pointer, 'object']);
  }
});

test('the reference page names every operation and works without scripts or foreign servers', async () => {
  const page = await server.app.inject({ url: '/api/docs' });
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  for (const path of Object.keys(document.paths)) expect(page.body).toContain(path);
  expect(page.body).not.toMatch(/<script|style=|https?:\/\/|undefined|\[object/);
  expect((await server.app.inject({ url: '/api/docs.css' })).headers['content-type']).toContain('text/css');
});
