import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.ts';
import { atLeast, formatLine, readLine } from './log-lines.ts';
import { Terminal } from './terminal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'patchline-log-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('log files', () => {
  it('do not fill the disk: five of a size are kept, the newest lines among them', () => {
    const log = new LogFile(path.join(folder, 'server.log'), 100);
    for (let line = 1; line <= 200; line++) log.write(`line ${line}`);
    expect(readdirSync(folder).sort()).toEqual([
      'server.log',
      'server.log.1',
      'server.log.2',
      'server.log.3',
      'server.log.4',
    ]);
    for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).size).toBeLessThanOrEqual(100);
    const kept = ['server.log.1', 'server.log'].map((name) => readFileSync(path.join(folder, name), 'utf8')).join('');
    expect(kept.trim().split('\n').at(-1)).toBe('line 200');
    expect(kept.trim().split('\n').at(-2)).toBe('line 199');
  });

  it('go on where an earlier start ended, for their owner’s eyes only', () => {
    const file = path.join(folder, 'new', 'server.log');
    new LogFile(file).write('one');
    new LogFile(file).write('two');
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('log lines', () => {
  it('become one readable line, whoever wrote them', () => {
    const at = new Date(2026, 0, 1, 9, 8, 7);
    const server = readLine(
      '{"level":"warn","time":"x","msg":"A job failed","job":"send","err":{"message":"no route"}}',
    );
    expect(formatLine('server', server, at)).toBe('09:08:07 server     warn  A job failed  job=send  error=no route');
    expect(readLine('{"level":50,"message":"The log is damaged"}')).toEqual({
      level: 'error',
      text: 'The log is damaged',
    });
    expect(readLine('PANIC:  could not write')).toEqual({ level: 'error', text: 'could not write' });
    expect(readLine('{not json')).toEqual({ level: 'info', text: '{not json' });
    expect(readLine('[1,2]').level).toBe('info');
  });

  it('are compared by how severe they are', () => {
    expect(atLeast('error', 'warn')).toBe(true);
    expect(atLeast('info', 'warn')).toBe(false);
  });
});

describe('the terminal', () => {
  it('shows warnings always, the rest once everything runs, and keeps all of it in files', () => {
    const shown: string[] = [];
    const terminal = new Terminal(folder, 'info', (text) => shown.push(text));
    terminal.child('hot tier', '{"level":"info","msg":"starting"}');
    terminal.child('hot tier', '{"level":"error","msg":"broken"}');
    terminal.calm = false;
    terminal.child('hot tier', '{"level":"info","msg":"a client came"}');
    terminal.child('hot tier', '{"level":"debug","msg":"details"}');
    expect(shown.map((line) => line.slice(9))).toEqual(['hot tier   error broken', 'hot tier   info  a client came']);
    expect(
      readFileSync(path.join(folder, 'logs', 'hot-tier.log'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(4);
  });
});
