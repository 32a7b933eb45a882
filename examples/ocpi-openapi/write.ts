// Writes the OpenAPI documents of all versions into a folder. `node dist/ocpi-openapi/write.js FOLDER`
import { mkdirSync, writeFileSync } from 'node:fs';
import { openApi } from '@evroam/ocpi/openapi';

const folder = process.argv[2] ?? 'openapi';
mkdirSync(folder, { recursive: true });
for (const version of ['2.1.1', '2.2', '2.2.1', '2.3.0', '2.3.0-payments'] as const) {
  const file = `${folder}/ocpi-${version}.json`;
  writeFileSync(file, `${JSON.stringify(openApi(version, { server: 'https://hub.example/ocpi' }), null, 2)}\n`);
  console.log(file);
}
