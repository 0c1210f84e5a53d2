import { ERRORS } from '@patchline/contracts/errors';

/** docs/errors.md, made from the catalogue. */
export function renderErrorsDoc(): string {
  const rows = Object.entries(ERRORS)
    .toSorted(([a, x], [b, y]) => x.status - y.status || a.localeCompare(b))
    .map(([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`);
  return `# Errors of the HTTP API

<!-- Made by npm run docs:generate from packages/contracts/src/errors.ts. Do not edit. -->

Every refusal has this form; \`details\` is there where there is more to say:

\`\`\`json
{ "error": { "code": "invalid_input", "message": "Something in the request is not valid. See details.", "details": [{ "path": "body", "message": "…" }] } }
\`\`\`

Decide by \`code\`, show \`message\`. A 5xx carries \`details.requestId\`, which stands in the server's log too (and in the
\`x-request-id\` header of every answer). Sign-in's own routes under \`/api/auth\` answer in the words of better-auth.

| Code | Status | What happened, and what to do |
|---|---|---|
${rows.join('\n')}
`;
}
