import { type Import, isTestOnly, type Module } from '../project.ts';
import type { Finding, SourceRule } from '../rule.ts';

/**
 * Arrows go down only (ARCHITECTURE.md). An area may import itself and what is listed; `packages` names the only packages it may use
 * (absent: any). `scripts`, `bench`, `e2e` and tests stand outside: they may use everything.
 */
type Area = { name: string; folder: string; imports: readonly string[]; packages?: readonly string[] };

const SERVER = 'apps/server/src';
const AREAS: readonly Area[] = [
  { name: 'contracts', folder: 'packages/contracts', imports: [], packages: [] },
  { name: 'domain', folder: 'packages/domain', imports: ['contracts'], packages: ['libphonenumber-js', 'luxon'] },
  { name: 'convex-embedded', folder: 'packages/convex-embedded', imports: [] },
  { name: 'carrier-emulator', folder: 'packages/carrier-emulator', imports: [] },
  { name: 'hot tier', folder: 'convex', imports: ['contracts', 'domain'], packages: ['convex'] },
  { name: 'platform', folder: `${SERVER}/platform`, imports: ['contracts', 'domain', 'hot tier types'] },
  { name: 'carriers', folder: `${SERVER}/carriers`, imports: ['platform', 'contracts', 'domain'] },
  { name: 'supervisor', folder: `${SERVER}/supervisor`, imports: ['platform', 'contracts'] },
  { name: 'web', folder: 'apps/web', imports: ['contracts', 'domain', 'hot tier types'] },
];

/** Folders of the server that are no features. */
const NOT_FEATURES = new Set(['platform', 'carriers', 'supervisor']);

function areaOf(file: string): Area | null {
  const known = AREAS.find(({ folder }) => file.startsWith(`${folder}/`));
  if (known !== undefined) return known;
  const feature = /^apps\/server\/src\/([^/]+)\//.exec(file)?.[1];
  if (feature === undefined || NOT_FEATURES.has(feature)) return null;
  return {
    name: `feature ${feature}`,
    folder: `${SERVER}/${feature}`,
    imports: ['platform', 'carriers', 'contracts', 'domain', 'features'],
  };
}

export const layers: SourceRule = {
  kind: 'source',
  name: 'layers: imports point down',
  check(project) {
    const modules = [...project.modules.values()].filter((module) => areaOf(module.path) !== null);
    return {
      read: modules.length,
      unit: 'modules',
      findings: modules.flatMap((module) => module.imports.flatMap((one) => judge(module, one))),
    };
  },
  plants: [
    plant('packages/contracts/src/planted.ts', '@patchline/domain/phone'),
    plant('packages/domain/src/planted.ts', 'node:fs'),
    plant('packages/domain/src/planted.ts', '../../../apps/server/src/platform/settings.ts'),
    plant('packages/convex-embedded/src/planted.ts', '@patchline/contracts/roles'),
    plant('packages/carrier-emulator/src/planted.ts', '@patchline/domain/phone'),
    plant('convex/planted.ts', 'luxon'),
    plant('convex/planted.ts', '../apps/server/src/platform/settings.ts'),
    plant('apps/server/src/platform/planted.ts', '../messaging/index.ts'),
    plant('apps/server/src/platform/planted.ts', '../supervisor/ports.ts'),
    plant('apps/server/src/carriers/planted.ts', '../messaging/index.ts'),
    plant('apps/server/src/supervisor/planted.ts', '../messaging/index.ts'),
    plant('apps/server/src/messaging/planted.ts', '../compliance/dnc.ts'),
    plant('apps/server/src/messaging/planted.ts', '../carriers/twilio/client.ts'),
    plant('apps/server/src/messaging/planted.ts', '../main.ts'),
    plant('apps/server/src/messaging/planted.ts', 'carrier-emulator'),
    plant('apps/web/src/planted.ts', '../../server/src/platform/settings.ts'),
    plant('apps/web/src/planted.ts', '../../../convex/locks.ts'),
    plant('apps/server/src/messaging/planted.ts', './test-planted.ts'),
  ],
};

function plant(path: string, specifier: string) {
  return { path, text: `import * as planted from '${specifier}';\nexport const used = planted;\n` };
}

function judge(module: Module, one: Import): Finding[] {
  const area = areaOf(module.path);
  if (area === null) return [];
  const found = (text: string): Finding[] => [{ file: module.path, line: one.line, text }];
  const testOnly = isTestOnly(module.path);
  if (one.package !== null) {
    const barred = area.packages !== undefined && !area.packages.includes(one.package);
    return barred && !testOnly ? found(`${area.name} must not use the package ${one.package}`) : [];
  }
  const target = one.module ?? '';
  if (testOnly) return [];
  if (isTestOnly(target)) return found(`imports ${one.specifier}, which is only for tests`);
  if (target.startsWith(`${area.folder}/`)) return [];
  if (/^convex\/_generated\//.test(target) || (one.typeOnly && target.startsWith('convex/'))) {
    return area.imports.includes('hot tier types') ? [] : found(`${area.name} must not know the hot tier's functions`);
  }

  const other = areaOf(target);
  if (other === null) return found(`${area.name} must not import ${target}`);
  if (other.name.startsWith('feature ')) {
    if (!area.imports.includes('features')) return found(`${area.name} must not import the ${other.name}`);
    return target === `${other.folder}/index.ts` ? [] : found(`uses the ${other.name} past its index.ts`);
  }
  if (!area.imports.includes(other.name)) return found(`${area.name} must not import ${other.name}`);
  const pastIndex = other.name === 'carriers' && target !== `${other.folder}/index.ts`;
  return pastIndex ? found('uses carriers past their index.ts') : [];
}
