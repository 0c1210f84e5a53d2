import { format } from 'node:util';
import { compileFunction } from 'node:vm';
import { currentCall } from './call.ts';

/**
 * Runs the bundled functions with names of the host shadowed by parameters: queries and mutations
 * get a frozen clock, a seeded random generator and no way to do I/O; actions get the real ones.
 * A guard-rail for the developer's own code, not a wall against hostile code.
 */

/** System calls as the client library expects them on the global `Convex`. */
export interface ConvexGlobal {
  syscall(op: string, args: string): string;
  asyncSyscall(op: string, args: string): string | Promise<string>;
  jsSyscall(op: string): never;
}

/** A result of a system call that is not to be parsed: see `shadowJson`. */
export class Parsed {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** `JSON` whose `parse` lets a `Parsed` through as the object it holds. */
const shadowJson = Object.freeze({
  parse: (text: unknown, reviver?: (key: string, value: unknown) => unknown) =>
    text instanceof Parsed ? text.value : JSON.parse(text as string, reviver),
  stringify: JSON.stringify,
  [Symbol.toStringTag]: 'JSON',
});

const FORBIDDEN = [
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'MessageChannel',
  'Worker',
];

/** Host names that no function sees. */
const HIDDEN = [
  'Buffer',
  'global',
  '__filename',
  '__dirname',
  'navigator',
  'WebAssembly',
  'localStorage',
  'sessionStorage',
];

/** Global names of the language and of the web platform that are the same everywhere. */
const SHARED = [
  'Object Function Array Number Boolean String Symbol BigInt Promise RegExp Map Set WeakMap WeakSet WeakRef Proxy Reflect',
  'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer SharedArrayBuffer',
  'DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array',
  'BigInt64Array BigUint64Array Atomics Intl Iterator FinalizationRegistry parseInt parseFloat isNaN isFinite NaN Infinity',
  'encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape URL URLSearchParams TextEncoder TextDecoder',
  'atob btoa structuredClone queueMicrotask Headers Request Response FormData Blob File AbortController AbortSignal',
  'Event EventTarget DOMException ReadableStream WritableStream TransformStream CompressionStream DecompressionStream',
]
  .join(' ')
  .split(' ');

function frozenDate(): DateConstructor {
  const now = () => currentCall.getStore()?.now ?? Date.now();
  return new Proxy(Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length ? args : [now()], newTarget),
    apply: () => new Date(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}

function seededMath(): Math {
  const math = Object.create(Math) as Math;
  for (const name of Object.getOwnPropertyNames(Math)) {
    Object.defineProperty(math, name, Object.getOwnPropertyDescriptor(Math, name) as PropertyDescriptor);
  }
  Object.defineProperty(math, 'random', { value: () => currentCall.getStore()?.random.next() ?? Math.random() });
  return math;
}

function seededCrypto(): object {
  return {
    subtle: crypto.subtle,
    randomUUID: () => currentCall.getStore()?.random.uuid() ?? crypto.randomUUID(),
    getRandomValues: (array: NodeJS.TypedArray<ArrayBuffer>) => {
      const call = currentCall.getStore();
      if (!call) return crypto.getRandomValues(array);
      call.random.fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return array;
    },
  };
}

function capturedConsole(print: (level: string, text: string) => void): object {
  const write =
    (level: string) =>
    (...args: unknown[]) => {
      const text = format(...args);
      currentCall.getStore()?.logLines.push(`[${level.toUpperCase()}] ${text}`);
      print(level, text);
    };
  const silent = () => undefined;
  return {
    log: write('log'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
    trace: write('debug'),
    time: silent,
    timeEnd: silent,
    timeLog: silent,
    group: silent,
    groupEnd: silent,
  };
}

/** What the two environments need from outside. */
export interface SandboxOptions {
  readonly env: Record<string, string>;
  readonly convex: ConvexGlobal;
  readonly print: (level: string, text: string) => void;
}

/** The names that a function of that environment sees. */
function scope(deterministic: boolean, options: SandboxOptions): Record<string, unknown> {
  const names: Record<string, unknown> = {};
  for (const name of HIDDEN) names[name] = undefined;
  if (deterministic) {
    for (const name of FORBIDDEN) {
      names[name] = () => {
        throw new Error(`Can't use ${name}() in queries and mutations. Please consider using an action.`);
      };
    }
    names.performance = { now: () => currentCall.getStore()?.now ?? Date.now() };
  }
  names.Date = deterministic ? frozenDate() : Date;
  names.Math = deterministic ? seededMath() : Math;
  names.crypto = deterministic ? seededCrypto() : crypto;
  names.JSON = deterministic ? shadowJson : JSON;
  names.console = capturedConsole(options.print);
  names.process = Object.freeze({ env: Object.freeze({ ...options.env }) });
  names.Convex = options.convex;
  names.require = (name: string) => {
    throw new Error(`require("${name}") is not available to Convex functions.`);
  };
  const visible: Record<string, unknown> = {};
  const host = globalThis as unknown as Record<string, unknown>;
  for (const name of SHARED) visible[name] = host[name];
  if (!deterministic) for (const name of FORBIDDEN) visible[name] = host[name];
  Object.assign(visible, names);
  visible.globalThis = visible;
  names.globalThis = visible;
  return names;
}

/** Runs a CommonJS bundle in one of the two environments and returns its exports. */
export function runBundle(code: string, deterministic: boolean, options: SandboxOptions): Record<string, unknown> {
  const names = scope(deterministic, options);
  const module = { exports: {} as Record<string, unknown> };
  const parameters = [...Object.keys(names), 'module', 'exports'];
  const run = compileFunction(code, parameters, { filename: 'convex-functions.js' });
  run(...Object.values(names), module, module.exports);
  return module.exports;
}
