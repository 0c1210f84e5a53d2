/**
 * What of Convex this runtime does not do, recognised in the source when functions load, so that
 * nobody learns of it from a failing call.
 */
const PATTERNS: [RegExp, string][] = [
  [/^\s*(['"])use node\1/, '"use node" actions'],
  [/\bctx\s*\.\s*storage\b/, 'file storage (ctx.storage)'],
  [/\.\s*withSearchIndex\s*\(/, 'text search (withSearchIndex)'],
  [/\.\s*searchIndex\s*\(/, 'text search (searchIndex)'],
  [/\.\s*vectorSearch\s*\(/, 'vector search (vectorSearch)'],
  [/\.\s*vectorIndex\s*\(/, 'vector search (vectorIndex)'],
  [/\bhttpAction\s*\(/, 'HTTP actions (httpAction)'],
  [/\bhttpRouter\s*\(/, 'HTTP actions (httpRouter)'],
  [/\bcomponents\s*\.\s*\w+/, 'components'],
  [/\bsignJwt\s*\(/, 'ctx.auth.signJwt'],
];

/** Source without comments; strings stay, which at worst refuses a module that quotes an API. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** One line per unsupported feature that a module uses. */
export function unsupportedInSource(file: string, source: string): string[] {
  const code = withoutComments(source);
  // Before it is bundled: the component's package may not even be installed.
  if (/(^|\/)convex\.config\.[tj]s$/.test(file) && /\.\s*use\s*\(/.test(code)) return [`${file}: components`];
  return PATTERNS.filter(([pattern]) => pattern.test(code)).map(([, feature]) => `${file}: ${feature}`);
}
