/**
 * The floor: a process that does for a text only what cannot be left out. It verifies the signature, inserts as many rows
 * as the product does in one commit, and broadcasts a frame of the same size to the same clients over bare `ws`.
 *
 *   node bench/inbound/floor-server.ts DATABASE_URL AUTH_TOKEN FRAME_BYTES ROWS
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { WebSocketServer } from 'ws';

const [databaseUrl = '', authToken = '', frameBytes = '1000', rows = '8'] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query('create schema if not exists floor');
await pool.query(
  'create table if not exists floor.texts (id bigint generated always as identity primary key, sender text, body text, raw bytea)',
);
const insert = `insert into floor.texts (sender, body, raw) select $1, $2, $3 from generate_series(1, ${Number(rows)}) returning id`;
const padding = 'x'.repeat(Math.max(0, Number(frameBytes) - 60));

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const raw = Buffer.concat(chunks);
    const params = Object.fromEntries(new URLSearchParams(raw.toString()));
    const url = `http://${request.headers.host}${request.url}`;
    if (!validateRequest(authToken, String(request.headers['x-twilio-signature']), url, params)) {
      response.writeHead(403).end();
      return;
    }
    const inserted = await pool.query({ name: 'insert', text: insert, values: [params.From, params.Body, raw] });
    const frame = JSON.stringify({ id: inserted.rows[0].id, padding });
    for (const client of sockets.clients) client.send(frame);
    response.writeHead(204).end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
