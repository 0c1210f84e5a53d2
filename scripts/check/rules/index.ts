import type { Rule } from '../rule.ts';
import { cycles } from './cycles.ts';
import { packageDoors, poolDoor, sendDoor, settingsDoor, webhookDoor } from './doors.ts';
import { layers } from './layers.ts';
import { licences, lockFile } from './packages.ts';
import { featuresPage, generatedFiles } from './pages.ts';
import { honestCode, pureCore, staticLogMessages, timelessQueries } from './purity.ts';
import { deadCode, formatAndLint, types } from './tools.ts';

export const RULES: readonly Rule[] = [
  formatAndLint,
  types,
  layers,
  cycles,
  packageDoors,
  poolDoor,
  sendDoor,
  webhookDoor,
  settingsDoor,
  pureCore,
  timelessQueries,
  staticLogMessages,
  honestCode,
  deadCode,
  generatedFiles,
  featuresPage,
  licences,
  lockFile,
];
