import type { Registry, Version } from './action.js';

/** The versions that the package speaks, newest first: the order of preference. */
export const versions = ['2.1', '2.0.1', '1.6'] as const satisfies readonly Version[];

/** The actions of a version by its name, for tools; programs import the version that they speak. */
export function loadVersion(version: Version): Promise<Registry> {
  switch (version) {
    case '1.6':
      return import('./v16/index.js');
    case '2.0.1':
      return import('./v201/index.js');
    case '2.1':
      return import('./v21/index.js');
  }
}
