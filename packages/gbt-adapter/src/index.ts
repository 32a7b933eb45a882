// Each protocol has a door of its own: `@evroam/gbt-adapter/ykc`, `/gbt27930`, `/tcec102`, `/coordinates`. Here they are under their names.
export * as coordinates from './coordinates.js';
export * as gbt27930 from './gbt27930/index.js';
export * as tcec102 from './tcec102/index.js';
export * as ykc from './ykc/index.js';
