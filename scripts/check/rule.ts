/**
 * What `npm run check` is made of. A rule looks at the project and reports what breaks it; it also brings plants, small violations that
 * it must find. A rule that misses one of its plants, or that read nothing, fails: a check that cannot fail checks nothing.
 */
import type { Project, SourceFile } from './project.ts';

export type Finding = { file: string; line?: number; text: string };
/** `read` is how many modules, packages or pages the rule looked at. */
export type Report = { read: number; unit: string; findings: Finding[] };

/** A rule about the sources, looked at in memory. */
export type SourceRule = {
  kind: 'source';
  name: string;
  check(project: Project): Report | Promise<Report>;
  /** Each is looked at alone, or added to the whole project when the rule is about how modules stand together. */
  plants: readonly SourceFile[];
  plantInto?: 'whole project';
};

/** A rule that runs a tool over a folder. `plant` writes a small project with one violation into an empty folder. */
export type ToolRule = {
  kind: 'tool';
  name: string;
  check(root: string): Promise<Report>;
  /** @returns the file in which a finding is expected. */
  plant(folder: string): string;
};

export type Rule = SourceRule | ToolRule;
