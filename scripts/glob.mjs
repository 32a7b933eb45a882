import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files below `folder` whose names end in `ending`, as paths from `root`, sorted; nothing if the folder is missing. */
export function globSync(root, folder, ending) {
  const at = join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
