// Writes the OpenAPI documents of all versions into a folder.
//   node packages/ocpi/scripts/openapi.mjs [FOLDER, default ./openapi]
import { mkdirSync, writeFileSync } from 'node:fs';
import { openApi } from '@evroam/ocpi/openapi';

const folder = process.argv[2] ?? 'openapi';
mkdirSync(folder, { recursive: true });
for (const version of ['2.1.1', '2.2', '2.2.1', '2.3.0', '2.3.0-payments']) {
  const file = `${folder}/ocpi-${version}.json`;
  writeFileSync(file, `${JSON.stringify(openApi(version), null, 2)}\n`);
  console.log(file);
}
