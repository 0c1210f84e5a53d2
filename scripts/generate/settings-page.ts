import { SETTING_NAMES, SETTINGS, type SettingDefinition } from '../../apps/server/src/platform/settings-table.ts';

/** docs/settings.md, from the table the server itself uses. */
export function settingsPage(): string {
  const groups = Map.groupBy(SETTING_NAMES, (name) => SETTINGS[name].group);
  const sections = [...groups].map(([group, names]) => {
    const rows = names.map((name) => row(name, SETTINGS[name]));
    return `## ${group}\n\n| setting | meaning | unit | default | example |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

const HEAD = `# Settings

Made from \`apps/server/src/platform/settings-table.ts\` by \`npm run docs:generate\`.

Settings come from the environment, or from a file of \`NAME=VALUE\` lines: \`patchline.env\` in the working directory, or another one by
\`npm start -- --env-file FILE\`. The environment goes before the file. An empty value counts as absent.

A setting that is malformed stops the start with a message that names it. So does one that does not exist: in the file every unknown name,
in the environment every unknown name that begins with \`PATCHLINE_\` and every one-letter slip of a name below (\`HOT_PROT\`).
`;

function row(name: string, definition: SettingDefinition): string {
  const fallback = definition.defaultNote ?? (definition.default === undefined ? '' : `\`${definition.default}\``);
  const cells = [
    `\`${name}\``,
    `${definition.description}${definition.secret === true ? ' Secret: never logged.' : ''}`,
    definition.unit ?? '',
    fallback,
    `\`${definition.example}\``,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
